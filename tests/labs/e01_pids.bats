# Lab E1: a limit of processes (cgroup-v2.rst "PID", pids.rst): fork fails with EAGAIN, nothing dies,
# and the host does not feel it.
load lab

# A hundred `sleep`s are wanted; ash gives up at the first fork that fails, and says why.
BOMB='sh -c "for i in \$(seq 100); do sleep 1000 & done" 2>/tmp/said; echo $? >/tmp/ended; exec sleep 1000'

@test "pids: twenty are the most, fork fails with EAGAIN, and the kernel counts it" {
  require_root
  require_controller pids
  start_container bomb --pids-limit 20 -- sh -c "$BOMB"
  local pid group
  pid=$(pid_of bomb)
  group=$(cgroup_dir "$pid" pids)
  assert_equal "$(cat "$group/pids.max")" 20
  until [ -s "/proc/$pid/root/tmp/ended" ]; do
    assert_between "$(cat "$group/pids.current")" 1 20
  done
  assert_not_equal "$(cat "/proc/$pid/root/tmp/ended")" 0
  run -0 cat "/proc/$pid/root/tmp/said"
  assert_output --partial "Resource temporarily unavailable"
  # All but the shell that gave up are still there, and no more than that.
  assert_between "$(cat "$group/pids.current")" 18 20
  assert_equal "$(wc -l <"$group/cgroup.procs")" "$(cat "$group/pids.current")"
  run -0 cat "$group/pids.events"
  assert_line --partial max
  assert_not_equal "$output" "max 0"
  run -0 true # the host still forks
  remove_container bomb
}

@test "pids: the default is 2048, -1 is none" {
  require_root
  require_controller pids
  start_container bounded
  start_container boundless --pids-limit -1
  assert_equal "$(cat "$(cgroup_dir "$(pid_of bounded)" pids)/pids.max")" 2048
  assert_equal "$(cat "$(cgroup_dir "$(pid_of boundless)" pids)/pids.max")" max
  remove_container bounded boundless
}
