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
  assert_equal "$open" 14
}

@test "attempts: a set-uid program gives nothing under no-new-privileges" {
  require_root
  make_bundle sh -c 'cp /bin/busybox /tmp/id && chmod 4755 /tmp/id && chmod 755 /bin/busybox; exec sleep 1000'
  sed -i 's/"noNewPrivileges": true/"noNewPrivileges": false/' "$bundle/config.json"
  runtime run -d -b "$bundle" suid </dev/null >/dev/null 2>&1
  wait_until test -u "$bundle/rootfs/tmp/id"
  run -0 runtime exec --user 1000 --no-new-privs suid /tmp/id -u
  assert_output 1000
  # Without the wall it would be root's.
  run -0 runtime exec --user 1000 suid /tmp/id
  assert_output --partial "euid=0"
  end_container suid
}
