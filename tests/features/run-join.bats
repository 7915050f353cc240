# isle run's flags of the one run in the foreground, and what goes with them: --attach,
# --detach-keys, --sig-proxy, --preserve-fds, --label-file, --read-only-tmpfs, --cgroups.
load ../labs/lab

@test "attach: only the streams named" {
  run --separate-stderr isle run --rm -a stdout busybox sh -c 'echo out; echo err >&2; exit 3'
  assert_failure 3
  assert_output out
  refute_stderr_has err
  run --separate-stderr isle run --rm --attach STDERR busybox sh -c 'echo out; echo err >&2'
  refute_output
  stderr_has err
  run isle run --rm -i -a stdin -a stdout busybox cat <<<"passed on"
  assert_output "passed on"
  # Its input stays open, and nothing comes.
  run isle run --rm -i -a stdout busybox sh -c 'read -t 1 line; echo "read: $line"' <<<"not passed on"
  assert_output "read: "
}
stderr_has() { [[ $stderr == *"$1"* ]] || _fail "standard error lacks it" wanted "$1" is "$stderr"; }
refute_stderr_has() { [[ $stderr != *"$1"* ]] || _fail "standard error has it" unwanted "$1"; }

@test "attach: what contradicts is refused" {
  run isle run --rm -a stdin busybox true
  assert_failure 125
  assert_output --partial "--interactive"
  run isle run -d -a stdout busybox true
  assert_failure 125
  assert_output --partial "contradict"
  run isle run --rm -a everything busybox true
  assert_failure 125
  assert_output --partial "stdin, stdout or stderr"
  run isle create -a stdout busybox true
  assert_failure 125
  assert_output --partial "create starts nothing"
  run -0 isle ps -aq
  refute_output
}

@test "sig-proxy: a signal goes on to the command, or ends what was typed alone" {
  local script='trap "echo caught; exit 7" TERM; echo ready; while :; do sleep 0.05; done'
  ready() { grep -qx ready "$1"; }
  "$ISLE_BIN_DIR/isle" run --name on busybox sh -c "$script" >"$ISLE_TEST_DIR/on" 2>&1 3>&- 8>&- &
  local first=$!
  wait_until ready "$ISLE_TEST_DIR/on"
  kill -TERM "$first"
  local status=0
  wait "$first" || status=$?
  assert_equal "$status" 7
  grep -qx caught "$ISLE_TEST_DIR/on"
  "$ISLE_BIN_DIR/isle" run --sig-proxy=false --name off busybox sh -c "$script" >"$ISLE_TEST_DIR/off" 2>&1 3>&- 8>&- &
  local second=$!
  wait_until ready "$ISLE_TEST_DIR/off"
  kill -TERM "$second"
  wait "$second" 2>/dev/null || true
  assert_equal "$(isle inspect --format '{{.State.Status}}' off)" running
  run grep -x caught "$ISLE_TEST_DIR/off"
  assert_failure
  remove_container on off
}

with_two() { "$@" 3<"$ISLE_TEST_DIR/kept" 4<"$ISLE_TEST_DIR/other" 8>&-; }

@test "preserve-fds: run and exec hand descriptors on, and nothing else" {
  echo kept >"$ISLE_TEST_DIR/kept"
  echo other >"$ISLE_TEST_DIR/other"
  run with_two "$ISLE_BIN_DIR/isle" run --rm --preserve-fds 1 busybox sh -c 'cat <&3; ls -1 /proc/1/fd; true'
  assert_success
  assert_output $'kept\n0\n1\n2\n3'
  start_container box
  run with_two "$ISLE_BIN_DIR/isle" exec --preserve-fds 2 box sh -c 'cat <&3; cat <&4'
  assert_success
  assert_output $'kept\nother'
  # The monitor keeps none of them once it has run.
  with_two "$ISLE_BIN_DIR/isle" run -d --name two --preserve-fds 2 busybox sleep 1000
  local monitor
  monitor=$(status_of "$(pid_of two)" PPid)
  run find "/proc/$monitor/fd" "/proc/$(pid_of two)/fd" -lname "$ISLE_TEST_DIR/kept"
  assert_output --regexp "^/proc/$(pid_of two)/fd/3$"
  run "$ISLE_BIN_DIR/isle" run --rm --preserve-fds 2 busybox true 3<&- 4<&- 8>&-
  assert_failure 125
  assert_output --partial "descriptor 3 is not open"
  remove_container box two
}

@test "label-file: a label on each line" {
  printf '# kinds\n\none=1\n  two = x\nbare\n' >"$ISLE_TEST_DIR/labels"
  isle create --name box --label-file "$ISLE_TEST_DIR/labels" --label one=2 busybox true
  run -0 isle inspect --format '{{json .Config.Labels}}' box
  assert_output '{"bare":"","one":"2","two ":" x"}'
  remove_container box
  run isle create --label-file "$ISLE_TEST_DIR/none" busybox true
  assert_failure 125
  assert_output --partial "--label-file"
}

@test "read-only-tmpfs: what programs write to can be written, the rest cannot" {
  run isle run --rm --read-only --read-only-tmpfs --tmpfs /tmp:size=64k busybox \
    sh -c 'touch /run/a /tmp/a /var/tmp/a && df -k /tmp | tail -1; touch /etc/a'
  assert_failure
  assert_output --partial " 64 "
  assert_output --partial "/etc/a: Read-only file system"
  refute_output --partial "/run/a"
  run isle run --rm --read-only busybox touch /run/a
  assert_failure
  run isle run --rm --read-only-tmpfs busybox true
  assert_failure 125
  assert_output --partial "add --read-only"
}

@test "cgroups: with no-conmon the monitor stays in the caller's group, the container has its own" {
  groups_of() { cut -d: -f2- "/proc/$1/cgroup"; }
  start_container stays --cgroups no-conmon
  start_container own --cgroups enabled
  local monitor
  monitor=$(status_of "$(pid_of stays)" PPid)
  assert_equal "$(groups_of "$monitor")" "$(groups_of $$)"
  [ "$(groups_of "$(pid_of stays)")" != "$(groups_of $$)" ]
  monitor=$(status_of "$(pid_of own)" PPid)
  left() { [ "$(groups_of "$monitor")" != "$(groups_of $$)" ]; }
  wait_until left
  remove_container stays own
  run isle run --rm --cgroups split busybox true
  assert_failure 125
  assert_output --partial "--cgroup-parent"
}

@test "platform: its parts as podman has them, which do not go with the whole" {
  run -0 isle run --rm --os linux --pull never busybox echo ran
  assert_output ran
  run isle run --rm --platform linux/arm64 --arch arm64 busybox true
  assert_failure 125
  assert_output --partial "--platform says it whole"
}
