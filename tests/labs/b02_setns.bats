# Lab B2: setns(2) joins the kinds that are named, and no others.
load lab

@test "setns: the host name of a container, and nothing else of it" {
  require_root
  start_container setns-box --hostname there
  local pid
  pid=$(pid_of setns-box)
  run -0 isle ns enter --target "$pid" --uts -- hostname
  assert_output there
  run -0 isle ns enter --target setns-box --uts -- readlink /proc/self/ns/mnt /proc/self/ns/uts
  assert_output "$(ns_of self mnt)"$'\n'"$(ns_of "$pid" uts)"
  # PID: only children enter.
  run -0 isle ns enter --target setns-box --pid --no-fork -- sh -c 'readlink /proc/$$/ns/pid'
  assert_output "$(ns_of self pid)"
  run -0 isle ns enter --target setns-box --pid --mount --root -- ps
  assert_output --partial "sleep 1000"
  # A file of another kind is EINVAL, and the message says which it is.
  run -125 isle ns enter --uts="/proc/$pid/ns/ipc" -- true
  assert_output --partial EINVAL
  assert_output --partial "of the kind ipc"
  remove_container setns-box
}
