# Lab E3: the processor's quota and set are measured; of the weight it is shown that it arrives (what
# it does depends on who else wants the processor).
load lab

SPIN='while :; do :; done'

# The processor time that a group has used, in microseconds.
cpu_used() { # PID
  if [ "$(cgroup_mode)" = v2 ]; then
    sed -n 's/^usage_usec //p' "$(cgroup_dir "$1" cpu)/cpu.stat"
  else
    echo $(($(cat "$(cgroup_dir "$1" cpuacct)/cpuacct.usage") / 1000))
  fi
}
now() { echo $((${EPOCHREALTIME/[.,]/})); }
# Per mille of one processor that the group of PID uses within two seconds.
share_of() { # PID
  local used time
  used=$(cpu_used "$1") time=$(now)
  sleep 2
  used=$(($(cpu_used "$1") - used)) time=$(($(now) - time))
  echo $((used * 1000 / time))
}
a_processor() { sed -n 's/^Cpus_allowed_list:[[:blank:]]*\([0-9]*\).*/\1/p' /proc/self/status; }

@test "cpu: a tenth of one pinned processor is a tenth, measured within 15 %" {
  require_root
  require_controller cpu
  require_controller cpuset
  [ -z "${ISLE_TEST_IN_VM-}" ] || skip "an emulated processor does not keep time"
  start_container spinner --cpus 0.1 --cpuset-cpus "$(a_processor)" -- sh -c "$SPIN"
  local pid share try
  pid=$(pid_of spinner)
  sleep 0.3
  # Others use this machine too: of three measures one has to be right, and none may be above.
  for try in 1 2 3; do
    share=$(share_of "$pid")
    assert_between "$share" 0 115
    [ "$share" -lt 85 ] || break
  done
  assert_between "$share" 85 115
  remove_container spinner
}

@test "cpu: quota and period arrive" {
  require_root
  require_controller cpu
  start_container half --cpus 0.5
  start_container fifth --cpu-quota 10000 --cpu-period 50000
  local half fifth
  half=$(cgroup_dir "$(pid_of half)" cpu) fifth=$(cgroup_dir "$(pid_of fifth)" cpu)
  if [ "$(cgroup_mode)" = v2 ]; then
    assert_equal "$(cat "$half/cpu.max")" "50000 100000"
    assert_equal "$(cat "$fifth/cpu.max")" "10000 50000"
  else
    assert_equal "$(cat "$half/cpu.cfs_quota_us" "$half/cpu.cfs_period_us" | tr '\n' ' ')" "50000 100000 "
    assert_equal "$(cat "$fifth/cpu.cfs_quota_us" "$fifth/cpu.cfs_period_us" | tr '\n' ' ')" "10000 50000 "
  fi
  remove_container half fifth
}

@test "cpu: processes stay on the set's processor, and together use no more than one" {
  require_root
  require_controller cpuset
  local cpu pid child
  cpu=$(a_processor)
  start_container pinned --cpuset-cpus "$cpu" --cpuset-mems 0 -- sh -c "($SPIN) & ($SPIN) & wait"
  pid=$(pid_of pinned)
  run -0 inside pinned sh -c "grep Cpus_allowed_list /proc/1/status | tr -d '\t '"
  assert_output "Cpus_allowed_list:$cpu"
  assert_equal "$(cat "$(cgroup_dir "$pid" cpuset)/cpuset.cpus")" "$cpu"
  assert_equal "$(cat "$(cgroup_dir "$pid" cpuset)/cpuset.mems")" 0
  for child in $(children_of "$pid"); do
    assert_equal "$(sed 's/.*) //' "/proc/$child/stat" | cut -d' ' -f37)" "$cpu"
  done
  [ -n "${ISLE_TEST_IN_VM-}" ] || assert_between "$(share_of "$pid")" 1 1150
  remove_container pinned
}

@test "cpu: the weight arrives, and means the same on v1 and v2" {
  require_root
  require_controller cpu
  start_container light --cpu-shares 256
  start_container usual --cpu-shares 1024
  local light usual
  light=$(cgroup_dir "$(pid_of light)" cpu) usual=$(cgroup_dir "$(pid_of usual)" cpu)
  if [ "$(cgroup_mode)" = v2 ]; then
    assert_equal "$(cat "$usual/cpu.weight")" 100
    assert_between "$(cat "$light/cpu.weight")" 20 50
  else
    assert_equal "$(cat "$usual/cpu.shares")" 1024
    assert_equal "$(cat "$light/cpu.shares")" 256
  fi
  remove_container light usual
}
