# isle trace: the isolation steps of a program that is not isle's.
load ../helpers
load ../islet-bundle

@test "trace: namespaces, mounts and ids of unshare, with what came of each" {
  require_root
  run -0 --separate-stderr isle trace -- unshare --uts --mount sh -c 'hostname traced; mount -t tmpfs tmpfs /mnt; hostname'
  assert_output traced
  output=$stderr
  assert_output --regexp "namespaces +unshare\(CLONE_NEWNS \| CLONE_NEWUTS\)"
  assert_output --partial "sethostname(traced)"
  assert_output --partial "mount(tmpfs on /mnt)"
  assert_output --regexp "command +execve\(.*unshare --uts --mount sh"
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

# What a runtime made of a bundle, whatever calls it took: one line a fact.
steps_of() {
  python3 - "$1" "$bundle" <<'PY'
import json, re, sys
steps = [json.loads(line) for line in open(sys.argv[1])]
root, facts, dropped = sys.argv[2] + "/rootfs", [], set()
inside = False  # from the first namespace on
for step in steps:
    call, inside = step["call"], inside or step["about"] == "namespaces"
    if step["result"] < 0 or not inside:
        continue
    call = call.replace(root + "/", "/")
    if m := re.match(r"(?:clone3?|unshare)\((.*)\)", call):
        facts.append("namespaces " + m[1])
    elif m := re.match(r"mount\((\w+) on (/[^,]+)(?:, (?:tmpfs|proc|devpts))?,", call + ","):
        facts.append(f"mount {m[1]} {m[2].rstrip(')')}")
    elif m := re.match(r"move_mount\((\w+) to (/.*)\)", call):
        facts.append(f"mount {m[1]} {m[2]}")
    elif m := re.match(r"mknod\((/dev/\w+), (c \d+:\d+)\)", call):
        facts.append(f"device {m[1]} {m[2]}")
    elif m := re.match(r"prctl\(PR_CAPBSET_DROP, (.*)\)", call):
        dropped.update(m[1].split())
    elif m := re.match(r"(pivot_root|sethostname\(.*|prctl\(PR_SET_NO_NEW_PRIVS)", call):
        facts.append(m[1])
    elif call.startswith("execve("):
        facts.append("command " + call[7:-1])
facts.append(f"dropped {len(dropped)}")
print("\n".join(sorted(set(facts))))
PY
}

@test "trace: our way and crun's side by side come to the same" {
  require_root
  require_program python3
  require_program crun
  make_bundle /bin/true
  sed -i 's/"ociVersion": "[0-9.]*"/"ociVersion": "1.0.2"/' "$bundle/config.json" # what older ones know
  run -0 isle trace --format json --output "$ISLE_TEST_DIR/ours" -- \
    "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" run -b "$bundle" ours
  # crun refuses a host with both versions of control groups: it sees one without v2.
  run -0 unshare --mount --propagation private bash -c '
    ! mountpoint -q /sys/fs/cgroup/unified || umount /sys/fs/cgroup/unified
    exec "$1" trace --format json --output "$2/crun" -- \
      crun --root "$2/crun-state" --cgroup-manager=disabled run -b "$2/bundle" theirs
  ' - "$ISLE_BIN_DIR/isle" "$ISLE_TEST_DIR" 3>&- 8>&-
  steps_of "$ISLE_TEST_DIR/ours" >"$ISLE_TEST_DIR/ours.facts"
  steps_of "$ISLE_TEST_DIR/crun" >"$ISLE_TEST_DIR/crun.facts"
  run -0 diff "$ISLE_TEST_DIR/ours.facts" "$ISLE_TEST_DIR/crun.facts"
  run -0 cat "$ISLE_TEST_DIR/crun.facts"
  assert_line --partial "CLONE_NEWPID"
  assert_line "mount proc /proc"
  assert_line "mount devpts /dev/pts"
  assert_line "device /dev/null c 1:3"
  assert_line "pivot_root"
  assert_line "sethostname(box)"
  assert_line "dropped 41"
  assert_line "command /bin/true"
}

@test "trace: a daemon's work is seen where it runs, and it goes on when the tracer ends" {
  require_root
  bash -c 'while :; do unshare --uts true; sleep .1; done' 3>&- 8>&- &
  local daemon=$! tracer status=0
  "$ISLE_BIN_DIR/isle" trace --pid "$daemon" --output "$ISLE_TEST_DIR/steps" 3>&- 8>&- &
  tracer=$!
  wait_until grep -q "unshare(CLONE_NEWUTS)" "$ISLE_TEST_DIR/steps"
  kill -TERM "$tracer"
  wait "$tracer" || status=$?
  assert_equal "$status" 143
  assert_equal "$(status_line "$daemon" TracerPid)" 0
  kill -0 "$daemon"
  kill "$daemon"
  wait "$daemon" || true
  run -125 isle trace --pid self -- true
  assert_output --partial "both a command and --pid"
}
status_line() { sed -n "s/^$2:\t*//p" "/proc/$1/status"; }

@test "inspect --isolation says in words what isolates, with the flag that changes it" {
  require_root
  isle run -d --name words --network none --read-only --uts host busybox sleep 100 >/dev/null
  run -0 isle inspect --isolation --format table words
  assert_output --regexp '^CONTAINER +WHAT +IS +CHANGED BY'
  assert_output --regexp 'words +root +read-only +--read-only'
  run -0 isle inspect --isolation --format '{{range .words}}{{.what}}: {{.is}} ({{.flag}}){{"\n"}}{{end}}' words
  assert_line --partial "uts: shares the host's name (--uts"
  assert_line --partial "net: devices, addresses and ports of its own (--network"
  assert_line "root: read-only (--read-only)"
  assert_line --partial "capabilities: 11 of 41"
  assert_output --regexp "files of the kernel: [1-9][0-9]* masked, [1-9][0-9]* mounts read-only"
  isle rm -f words >/dev/null
}
