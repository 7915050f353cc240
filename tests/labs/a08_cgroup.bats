# Lab A8: a control group namespace makes the container's own group the root of what it sees
# (cgroup_namespaces(7)); the limit is the same from both sides.
load lab

# The one file of `memory` that holds the limit, on either version.
limit_file() {
  local dir
  dir=$(cgroup_dir "$1" memory)
  if [ -e "$dir/memory.max" ]; then echo "$dir/memory.max"; else echo "$dir/memory.limit_in_bytes"; fi
}

@test "cgroup: private shows /, the host shows the real path" {
  require_root
  require_controller memory
  start_container cgroup-own --memory 64m --cgroupns private
  local pid line
  pid=$(pid_of cgroup-own)
  run -0 inside cgroup-own cat /proc/1/cgroup
  for line in "${lines[@]}"; do assert_match "$line" ':/$'; done
  run -0 inside cgroup-own cat /proc/self/cgroup
  assert_line --partial ':/'
  # On the host the group is no root, and the limit is there.
  assert_not_equal "$(cgroup_dir "$pid" memory)" "$(_controller_root memory)/"
  assert_equal "$(cat "$(limit_file "$pid")")" $((64 << 20))
  assert_not_equal "$(ns_of "$pid" cgroup)" "$(ns_of self cgroup)"
  remove_container cgroup-own
}

@test "cgroup: inside, its own group is what is mounted, read-only, with the same limit" {
  require_root
  require_controller memory
  start_container cgroup-view --memory 64m --cgroupns private
  run -0 inside cgroup-view sh -c '
    cd /sys/fs/cgroup; cat memory.max memory/memory.limit_in_bytes 2>/dev/null; exit 0'
  assert_output $((64 << 20))
  run ! inside cgroup-view sh -c '
    cd /sys/fs/cgroup; for f in memory.max memory/memory.limit_in_bytes; do
      [ ! -e $f ] || echo 1073741824 >$f || exit 1; done'
  assert_output --partial "Read-only file system"
  assert_equal "$(cat "$(limit_file "$(pid_of cgroup-view)")")" $((64 << 20))
  remove_container cgroup-view
}

@test "cgroup: --cgroupns host shows the real path inside too" {
  require_root
  require_controller memory
  start_container cgroup-host --memory 64m --cgroupns host
  local pid
  pid=$(pid_of cgroup-host)
  assert_equal "$(inside cgroup-host cat /proc/1/cgroup)" "$(cat "/proc/$pid/cgroup")"
  assert_equal "$(ns_of "$pid" cgroup)" "$(ns_of self cgroup)"
  assert_equal "$(cat "$(limit_file "$pid")")" $((64 << 20))
  remove_container cgroup-host
}

@test "cgroup: the group is gone with the container" {
  require_root
  require_controller memory
  start_container cgroup-gone --memory 64m
  local dir
  dir=$(cgroup_dir "$(pid_of cgroup-gone)" memory)
  assert_exists "$dir/cgroup.procs"
  remove_container cgroup-gone
  assert_not_exists "$dir"
}
