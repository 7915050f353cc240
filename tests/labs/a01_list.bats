# Lab A1: what namespaces there are, and who is in them (namespaces(7)). One namespace is one device
# and inode; where the kernel counts them (NS_GET_ID) also one number that is never used again.
load lab

@test "list: the eight kinds with flag and kernel version, each here or not" {
  run -0 isle ns kinds --format '{{.Kind}} {{.Flag}} {{.Here}}'
  local kind
  for kind in cgroup ipc mnt net pid time user uts; do
    local here=yes
    [ -e /proc/self/ns/$kind ] || here=no
    assert_output --regexp "$kind CLONE_NEW[A-Z]+ $here"
  done
}

@test "list: a container's are found by its PID, and counted" {
  require_root
  start_container list-box
  local pid kind
  pid=$(pid_of list-box)
  run -0 isle ns show "$pid" --format '{{.Name}} {{.Processes}} {{.Owner}}'
  for kind in mnt net pid uts ipc; do
    assert_line "$(ns_of "$pid" $kind) 1 $(ns_of self user)"
  done
  # The same namespace is the same inode.
  assert_line --partial "$(ns_of self user) "
  inside list-box sleep 1 &
  wait_until bash -c "'$ISLE_BIN_DIR/isle' ns show '$(ns_of "$pid" net)' --format '{{.Processes}}' 2>/dev/null | grep -q '^[23]$'"
  wait
  remove_container list-box
}

@test "list: an ordinary user sees his own, and how many he cannot read" {
  require_root
  run -0 --separate-stderr run_as_user isle ns ls --kind user --format '{{.Name}}'
  assert_line "$(ns_of self user)"
  [[ $stderr == *"could not be read"* ]]
}
