# Attempt 31: a process of the container joins one that enters it by `exec` while that is still the
# runtime: traces it, writes its memory, takes its descriptors, root or environment. The one who lies in
# wait has all the capabilities that the entering process will have, and CAP_SYS_PTRACE in one test.
# Attempt 53: it steals the listener of a seccomp filter, with which it could decide its own calls.
#
# They can fail: against islet without its step "hide from the container" the first three end with GOT
# trace, mem, root and descriptor. runc 1.1.5 and crun 1.8.1 pass all four.
load attack

prepare() { # [CAPABILITIES]
  require_root
  require_fixture join_exec
  local sets='' set
  for set in bounding effective permitted; do sets+="${sets:+, }\"$set\": [${1-}]"; done
  make_bundle --process "\"capabilities\": {$sets}," "${@:2}" join_exec 60 busybox
  cp "$FIXTURES/join_exec" "$bundle/rootfs/bin/"
  words=$ISLE_TEST_DIR/words
  runtime run -d -b "$bundle" lurker </dev/null >"$words" 2>&1
  wait_until grep -q waiting "$words"
}
enter() { local i; for i in $(seq 1 30); do runtime exec "$@" lurker busybox true >/dev/null 2>&1 </dev/null || true; done; }
assert_got_nothing() {
  runtime kill lurker KILL
  wait_until runtime delete lurker
  run -0 cat "$words"
  refute_output --partial GOT
}

@test "attempts: exec is not joined while it enters: the same user, the same capabilities" {
  prepare '"CAP_KILL", "CAP_DAC_OVERRIDE", "CAP_SETUID", "CAP_SETGID", "CAP_CHOWN"'
  enter
  assert_got_nothing
}

@test "attempts: exec is not joined while it enters: no capabilities on either side" {
  prepare ''
  enter
  enter --user 1000:1000
  assert_got_nothing
}

@test "attempts: exec is not joined while it enters: CAP_SYS_PTRACE in a user namespace of its own" {
  prepare '"CAP_SYS_PTRACE", "CAP_KILL"' --namespaces 'pid network ipc uts mount user' \
    --linux '"uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}], "gidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],'
  enter
  assert_got_nothing
}

@test "attempts: the listener of a seccomp filter is not to be had, from init nor from exec" {
  require_fixture agent
  local agent
  "$FIXTURES/agent" "$ISLE_TEST_DIR/agent.sock" "$ISLE_TEST_DIR/sent" 11 3>&- 8>&- &
  agent=$!
  wait_until test -S "$ISLE_TEST_DIR/agent.sock"
  prepare '"CAP_KILL"' --linux "\"seccomp\": {\"defaultAction\": \"SCMP_ACT_ALLOW\",
    \"listenerPath\": \"$ISLE_TEST_DIR/agent.sock\",
    \"syscalls\": [{\"names\": [\"mkdir\", \"mkdirat\"], \"action\": \"SCMP_ACT_NOTIFY\"}]},"
  local i
  for i in $(seq 1 9); do runtime exec lurker busybox true >/dev/null 2>&1 </dev/null; done
  # What follows has other names than the command's.
  run -0 cat "$words"
  refute_output --partial GOT
  run runtime exec lurker busybox sh -c 'ls -l /proc/[0-9]*/fd; mkdir /tmp/made || echo refused' </dev/null
  refute_output --partial seccomp
  assert_output --partial refused
  runtime kill lurker KILL
  wait_until runtime delete lurker
  kill "$agent" 2>/dev/null || true  # others send it no listener of an exec
  wait "$agent" || true
  rm -rf "$ISLE_RUN/islet/.seccomp"
}
