# Lab E8: a control group outlives its processes until somebody removes it. isle does, after every
# container; the kernel tells when a group is empty: cgroup.events (v2), a release agent (v1).
load lab

groups_now() { find /sys/fs/cgroup -type d 2>/dev/null | sort; }

@test "release: a hundred containers leave no control group" {
  require_root
  local before count=100
  [ -z "${ISLE_TEST_IN_VM-}" ] || count=10
  # isle's own parent group may be made by the first of them.
  isle run --rm busybox true
  before=$(groups_now | grep -c isle) || true
  for _ in $(seq $((count / 5))); do
    for _ in 1 2 3 4 5; do isle run --rm --memory 64m busybox true & done
    wait
  done
  assert_equal "$(groups_now | grep -c isle || true)" "$before"
}

@test "release: cgroup.events says populated while the container lives" {
  require_root
  [ "$(cgroup_mode)" = v2 ] || skip "cgroup.events is cgroup v2's"
  start_container alive
  local group
  group=$(cgroup_dir "$(pid_of alive)" memory)
  run -0 cat "$group/cgroup.events"
  assert_line "populated 1"
  remove_container alive
  assert_not_exists "$group"
}

@test "release: the agent of a v1 hierarchy is called for the emptied group" {
  require_root
  [ -n "${ISLE_TEST_IN_VM-}" ] ||
    skip "the kernel runs the agent in the initial namespaces: only a virtual machine has those"
  cat >"$ISLE_TEST_DIR/agent" <<AGENT
#!/bin/sh
echo "\$1" >>"$ISLE_TEST_DIR/emptied"
AGENT
  chmod +x "$ISLE_TEST_DIR/agent"
  run unshare --mount --propagation private sh -euc "
    dir='$ISLE_TEST_DIR/hierarchy'
    mkdir \"\$dir\"
    mount -t cgroup -o none,name=isle-release isle-release \"\$dir\" || exit 77
    echo '$ISLE_TEST_DIR/agent' >\"\$dir/release_agent\"
    mkdir \"\$dir/group\"
    echo 1 >\"\$dir/group/notify_on_release\"
    sh -c \"echo \\\$\\\$ >\$dir/group/cgroup.procs\"
    sleep 2
    rmdir \"\$dir/group\"
    umount \"\$dir\""
  [ "$status" != 77 ] || skip "this kernel has no cgroup v1"
  assert_success
  assert_equal "$(cat "$ISLE_TEST_DIR/emptied")" /group
}
