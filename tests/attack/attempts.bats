# Ways out of a container under the default profile, tried by a program inside (tests/fixtures/attempt.c
# says what each is): as root's container, as an ordinary user's, and, to show that the program can
# find a hole, in one whose walls are down.
load attack

# The attempts' answers, but those that were refused.
attempts() { # COMMAND...: isle, or run_as_user isle
  "$@" run --rm -v "$FIXTURES:/fixtures:ro" "${flags[@]}" busybox /fixtures/attempt "$BASHPID"
}

@test "attempts: all are refused in root's container" {
  require_root
  require_fixture attempt
  local flags=()
  run -0 attempts isle
  [ "${#lines[@]}" -ge 50 ] || _fail "some were not tried" output "$output"
  refute_output --partial succeeded
  refute_output --partial reached
}

@test "attempts: all are refused in an ordinary user's container" {
  require_root
  require_fixture attempt
  local flags=()
  run -0 attempts run_as_user isle
  [ "${#lines[@]}" -ge 50 ] || _fail "some were not tried" output "$output"
  refute_output --partial succeeded
  refute_output --partial reached
}

@test "attempts: without the walls they reach the kernel, so the program would tell" {
  require_root
  require_fixture attempt
  local flags=(--privileged --pid host)
  run -0 attempts isle
  local name open=0
  for name in core-pattern mount-tmpfs mount-proc fsopen open-tree unshare-user clone-user clone3-user \
    packet init-module reboot clock-settime kill-host pidfd-host; do
    grep -q "^$name refused" <<<"$output" || open=$((open + 1))
  done
  # A host may refuse some of them for reasons of its own.
  [ "$open" -ge 8 ] || _fail "the program finds no hole" output "$output"
}

@test "attempts: a set-uid program gives nothing under no-new-privileges" {
  require_root
  require_fixture effective_id
  make_bundle sleep 1000
  install -m 4755 "$FIXTURES/effective_id" "$bundle/rootfs/bin/effective_id"
  sed -i 's/"noNewPrivileges": true/"noNewPrivileges": false/' "$bundle/config.json"
  runtime run -d -b "$bundle" suid </dev/null >/dev/null 2>&1
  run -0 runtime exec --user 1000 --no-new-privs suid effective_id
  assert_output 1000
  # Without the wall it is root's.
  run -0 runtime exec --user 1000 suid effective_id
  assert_output 0
  end_container suid
}
