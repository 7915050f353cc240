# Lab B4: how many namespaces a user may have in a user namespace, and how deep they nest
# (/proc/sys/user/max_*, namespaces(7)).
load lab

@test "limits: the maxima with what is in use" {
  run -0 isle ns limits --format '{{.Limit}} {{.Most}}'
  local kind
  for kind in cgroup ipc mnt net pid user uts; do
    assert_line "max_${kind}_namespaces $(cat /proc/sys/user/max_${kind}_namespaces)"
  done
  assert_line --partial max_inotify_instances
}

@test "limits: reaching one is ENOSPC, and the message names where to look" {
  require_root
  run -0 run_as_user isle ns unshare -r -- sh -c "
    echo 0 >/proc/sys/user/max_net_namespaces
    '$ISLE_BIN_DIR/isle' ns unshare --net -- true || echo status \$?" || skip "not readable for the user"
  assert_output --partial ENOSPC
  assert_output --partial "/proc/sys/user/max_"
  assert_line "status 125"
}

@test "limits: user namespaces nest 32 levels deep below the first" {
  require_root
  # Each level starts the next; the last one that could be made says how deep it is.
  export DEPTH=0 ISLE=$ISLE_BIN_DIR/isle
  run bash -c 'deeper() { echo depth $DEPTH; DEPTH=$((DEPTH + 1)) "$ISLE" ns unshare -r -- bash -c "$(declare -f deeper); deeper"; }; deeper'
  assert_failure
  assert_line "depth 32"
  refute_output --partial "depth 34"
  assert_output --partial "levels"
}
