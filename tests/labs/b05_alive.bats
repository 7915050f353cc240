# Lab B5: what keeps a namespace alive when its processes have gone (namespaces(7), "Namespace
# lifetime"). The kinds of holder that are not here are in tests/features/ns-list.bats.
load lab

setup() {
  isle_setup
  require_root
}

alive() { isle ns ls -q 2>/dev/null | grep -qx "$1"; }
gone() { ! alive "$1"; }
inode() { tr -dc 0-9 <<<"$1"; }

@test "alive: a pin keeps one without a process; unpin lets it go" {
  run -0 unshare --mount --propagation private bash -euc "
    mount -t tmpfs tmpfs /run
    isle() { '$ISLE_BIN_DIR/isle' \"\$@\"; }
    isle ns pin kept
    inode=\$(stat -c %i /run/netns/kept)
    isle ns why \$inode
    isle ns unpin kept
    isle ns ls -q 2>/dev/null | grep -c \"^\$inode\\\$\" || true" 3>&- 8>&-
  assert_output --partial "it is bind mounted at /run/netns/kept"
  assert_output --partial "to end that: isle ns enter"
  assert_line 0
}

@test "alive: an open descriptor, and its end" {
  local space
  exec 7< <(isle ns unshare --ipc -- sh -c 'readlink /proc/self/ns/ipc; exec sleep 1000')
  read -r space <&7
  local pid
  pid=$(processes_in ipc "$space" | head -1)
  exec 6<"/proc/$pid/ns/ipc"
  kill -KILL "$pid"
  wait_until is_gone "$pid"
  exec 7<&-
  alive "$(inode "$space")"
  run -0 --separate-stderr isle ns why "$space"
  assert_output --regexp "descriptor 6 of process [0-9]+ .* is open on it"
  exec 6<&-
  wait_until gone "$(inode "$space")"
}

@test "alive: an mqueue mount does not keep an IPC namespace on today's kernels" {
  printf '%s\n%s\n' 5.11 "$(uname -r)" | sort -CV || skip "this kernel is older"
  run -0 unshare --mount --propagation private bash -euc "
    isle() { '$ISLE_BIN_DIR/isle' \"\$@\"; }
    mkdir '$ISLE_TEST_DIR/queues'
    space=\$(isle ns unshare --ipc -- sh -c 'mount -t mqueue mqueue $ISLE_TEST_DIR/queues; readlink /proc/self/ns/ipc')
    grep -c ' $ISLE_TEST_DIR/queues ' /proc/self/mountinfo
    isle ns why \$space || echo it is gone" 3>&- 8>&-
  assert_line 1
  assert_output --partial "it is gone"
}
