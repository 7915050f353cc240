# Lab B1: clone(2) makes a child elsewhere, unshare(2) moves the caller, but not for PID and time: there
# only children enter, and the first one of a PID namespace is its process 1.
load lab

@test "calls: unshare moves the caller for six kinds" {
  require_root
  local kind
  for kind in cgroup ipc mnt net user uts; do
    run -0 isle ns unshare --$( [ $kind = mnt ] && echo mount || echo $kind) -- readlink /proc/self/ns/$kind
    refute_output "$(ns_of self $kind)"
  done
}

@test "calls: unshare --pid leaves the caller; its first child is 1; after its end fork is ENOMEM" {
  require_root
  run -0 isle ns unshare --pid -- readlink /proc/self/ns/pid
  assert_line "$(ns_of self pid)"
  # `:` keeps the shell from becoming the last command.
  run isle ns unshare --pid -- bash -c 'sh -c "echo child \$\$"; sh -c "echo second"; :'
  assert_line "child 1"
  refute_output --partial second
  assert_output --partial "Cannot allocate memory"
  assert_output --partial "ENOMEM" # said before it happens
  # With --fork the command itself is process 1.
  run -0 isle ns unshare --pid --fork -- bash -c 'echo $$; sh -c "echo second"'
  assert_line 1
  assert_line second
}

@test "calls: isle explains ENOMEM where it forks itself" {
  require_root
  run -125 isle ns unshare --pid -- bash -c "true & wait
    exec '$ISLE_BIN_DIR/isle' ns unshare --uts --fork -- true"
  assert_output --partial ENOMEM
  assert_output --partial "it has ended"
}

@test "calls: as an ordinary user, in a user namespace of his own" {
  require_root
  run -0 run_as_user isle ns unshare -r --pid --fork --mount-proc -- sh -c 'echo $$ $(id -u); echo /proc/[0-9]*'
  assert_output $'1 0\n/proc/1'
}
