# isle trace: the isolation steps of a program that is not isle's.
load ../helpers

@test "trace: namespaces, mounts and ids of unshare, with what came of each" {
  require_root
  run -0 --separate-stderr isle trace -- unshare --uts --mount sh -c 'hostname traced; mount -t tmpfs tmpfs /mnt; hostname'
  assert_output traced
  output=$stderr
  assert_output --regexp "namespaces +unshare\(CLONE_NEWNS \| CLONE_NEWUTS\)"
  assert_output --partial "sethostname(traced)"
  assert_output --partial "mount(tmpfs on /mnt, tmpfs"
  assert_output --regexp "command +execve\(.*unshare\)"
  assert_not_equal "$(hostname)" traced
}

@test "trace: the status is the command's; what fails is told with its errno" {
  require_root
  run -7 isle trace -- sh -c 'exit 7'
  run -127 isle trace -- no-such-command
  run --separate-stderr run_as_user isle trace -- unshare --uts true
  assert_failure 1
  [[ $stderr == *"unshare(CLONE_NEWUTS)  Operation not permitted (EPERM)"* ]]
  run -125 isle trace
  assert_output --partial "no command"
}

@test "trace: another runtime's way, as lines of JSON" {
  require_root
  require_program python3
  run -0 isle trace --format json --output "$ISLE_TEST_DIR/steps" -- \
    "$ISLE_BIN_DIR/isle" run --rm busybox echo hello
  assert_line hello
  run -0 python3 -c '
import json, sys
steps = [json.loads(line) for line in open(sys.argv[1])]
calls = " ".join(step["call"] for step in steps)
print(sorted({step["about"] for step in steps}))
print("pivot_root" in calls, "CLONE_NEWPID" in calls, len({step["pid"] for step in steps}) > 1)' "$ISLE_TEST_DIR/steps"
  assert_line --partial "'mounts'"
  assert_line "True True True"
}

@test "inspect --isolation says in words what isolates, with the flag that changes it" {
  require_root
  isle run -d --name words --network none --read-only --uts host busybox sleep 100 >/dev/null
  run -0 isle inspect --isolation --format '{{range .words}}{{.what}}: {{.is}} ({{.flag}}){{"\n"}}{{end}}' words
  assert_line --partial "uts: shares the host's name (--uts"
  assert_line --partial "net: devices, addresses and ports of its own (--network"
  assert_line "root: read-only (--read-only)"
  assert_line --partial "capabilities: 11 of 41"
  assert_output --regexp "files of the kernel: [1-9][0-9]* masked, [1-9][0-9]* mounts read-only"
  isle rm -f words >/dev/null
}
