# Processes that cannot be made, do not end, or end at the wrong time.
load ../helpers
load ../islet-bundle

FIXTURES=$(realpath -m "$ISLE_BIN_DIR/../tests/fixtures")
start_subject() { islet run -d -b "$bundle" subject </dev/null >/dev/null 2>&1; }

@test "fault: no process may be made: EAGAIN in words, and nothing is left" {
  require_root
  require_controller pids
  make_bundle sleep 1000
  local group
  group=$(cgroup_dir self pids)/isle-fault-$BASHPID
  mkdir "$group" 2>/dev/null || skip "no control group can be made here"
  echo 1 >"$group/pids.max" || { rmdir "$group"; skip "pids.max cannot be set here"; }
  run bash -c 'exec 3>&- 8>&-; echo $$ >"$1/cgroup.procs"; exec "$2" --root "$3" create -b "$4" subject </dev/null' \
    - "$group" "$ISLE_BIN_DIR/islet" "$ISLE_RUN/islet" "$bundle"
  rmdir "$group"
  assert_failure 1
  assert_output --partial EAGAIN
  assert_output --partial "pids.max"
  islet delete --force subject
  assert_not_exists "$ISLE_RUN/islet/subject"
}

@test "fault: no more namespaces of a kind: ENOSPC names the limit, and nothing is left" {
  require_root
  make_bundle true
  export ISLE_BIN_DIR ISLE_RUN bundle
  run unshare --user --map-root-user bash -c 'echo 0 >/proc/sys/user/max_ipc_namespaces
    exec "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" run -b "$bundle" one' 3>&- 8>&-
  assert_failure
  assert_output --partial ENOSPC
  assert_output --partial "/proc/sys/user/max_ipc_namespaces is 0"
  assert_not_exists "$ISLE_RUN/islet/one"
}

@test "fault: out of memory inside ends with 137 and the reason, and the next container runs" {
  require_root
  require_controller memory
  run -137 isle run --rm --memory 16m busybox sh -c 'a=x; while :; do a=$a$a; done'
  assert_output --partial "memory"
  run -0 isle run --rm busybox echo next
  assert_output next
}

@test "fault: a fork bomb under a limit is killed within 2 s" {
  require_root
  require_controller pids
  make_bundle --linux '"resources": {"pids": {"limit": 40}},' \
    sh -c 'bomb() { bomb | bomb & }; while :; do bomb; sleep 0.01; done'
  start_subject
  has_spread() { [ "$(islet ps -f json subject | tr ',' '\n' | wc -l)" -gt 5 ]; }
  wait_until has_spread
  local began=$SECONDS
  islet delete --force subject
  assert_between "$((SECONDS - began))" 0 $((2 + ${ISLE_SLOW:-3}))
  assert_not_exists "$ISLE_RUN/islet/subject"
}

@test "fault: a leader that ended before its threads still runs, and can be killed" {
  require_root
  make_bundle zombie_leader
  cp "$FIXTURES/zombie_leader" "$bundle/rootfs/bin/"
  start_subject
  local pid
  pid=$(pid_of subject)
  wait_until leader_is_zombie "$pid"
  [ "$(status_of subject)" = running ]
  run islet delete subject
  assert_failure 1
  assert_output --partial "is running"
  islet kill subject KILL
  wait_until has_status subject stopped
  islet delete subject
}
leader_is_zombie() { grep -q '^State:.*Z' "/proc/$1/status"; }

@test "fault: frozen, then killed; frozen, then deleted" {
  require_root
  require_controller freezer
  make_bundle sleep 1000
  start_subject
  islet pause subject
  islet kill subject KILL
  wait_until has_status subject stopped
  islet delete subject
  start_subject
  islet pause subject
  islet delete --force subject
  assert_not_exists "$ISLE_RUN/islet/subject"
}

@test "fault: frozen by somebody else in his own v1 group: told, and removed once it is thawed" {
  require_root
  local theirs=/sys/fs/cgroup/freezer/isle-test-$$
  [ -e /sys/fs/cgroup/freezer/cgroup.procs ] || skip "freezing on v1 alone keeps a killed process alive"
  make_bundle sleep 1000
  start_subject
  mkdir "$theirs"
  pid_of subject >"$theirs/cgroup.procs"
  echo FROZEN >"$theirs/freezer.state"
  run islet delete --force subject
  echo THAWED >"$theirs/freezer.state"
  assert_failure 1
  assert_output --partial "is still in use by"
  assert_output --partial "once it is thawed there"
  # Its state stays, so that it can be found again.
  wait_until has_status subject stopped
  islet delete subject
  assert_not_exists "$ISLE_RUN/islet/subject"
  wait_until rmdir "$theirs"
}

@test "fault: what others hold of a container does not keep it from being removed" {
  require_root
  make_bundle sleep 1000
  start_subject
  local pid holder
  pid=$(pid_of subject)
  # Its namespaces, its root and a file in it, from the host.
  bash -c 'exec 3>&- 8>&-; exec 4<"$1/ns/mnt" 5<"$1/ns/net" 6<"$1/root/bin/busybox"; cd "$1/root"; echo ready >"$2"; exec sleep 1000' \
    - "/proc/$pid" "$ISLE_TEST_DIR/ready" &
  holder=$!
  wait_until test -s "$ISLE_TEST_DIR/ready"
  islet delete --force subject
  assert_not_exists "$ISLE_RUN/islet/subject"
  start_subject
  islet delete --force subject
  kill "$holder"
  wait "$holder" || true
}

@test "fault: a hook that fails, one that hangs, one that does not read" {
  require_root
  local hook
  make_bundle --top '"hooks": {"createRuntime": [{"path": "/bin/sh", "args": ["sh", "-c", "echo why >&2; exit 3"]}]},' true
  run islet run -b "$bundle" subject
  assert_failure
  assert_output --partial "hooks.createRuntime[0]"
  assert_output --partial "status 3: why"
  assert_not_exists "$ISLE_RUN/islet/subject"

  rm "$bundle/config.json"
  make_bundle --top '"hooks": {"createRuntime": [{"path": "/bin/sleep", "args": ["sleep", "1000"], "timeout": 1}]},' true
  run islet run -b "$bundle" subject
  assert_failure
  assert_output --partial "ran longer than 1 s"
  assert_not_exists "$ISLE_RUN/islet/subject"

  # Its input is more than a pipe holds.
  local long
  long=$(head -c 200000 /dev/zero | tr '\0' x)
  make_bundle --name long --top "\"annotations\": {\"a\": \"$long\"}, \"hooks\": {\"createRuntime\": [{\"path\": \"/bin/sleep\", \"args\": [\"sleep\", \"1000\"], \"timeout\": 1}]}," true
  run timeout 20 "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" run -b "$bundle" subject 3>&- 8>&-
  assert_failure 1
  assert_output --partial "ran longer than 1 s"
  assert_not_exists "$ISLE_RUN/islet/subject"
}

@test "fault: isle-monitor killed ends its container, and its state says so" {
  require_root
  isle run -d --name subject busybox sleep 1000 >/dev/null
  local pid monitor
  pid=$(isle inspect subject | sed -n 's/^ *"pid": \([0-9]*\),\{0,1\}$/\1/p' | head -1)
  monitor=$(sed -n 's/^PPid:[[:blank:]]*//p' "/proc/$pid/status")
  assert_equal "$(cat "/proc/$monitor/comm")" isle-monitor
  kill -KILL "$monitor"
  wait_until assert_ended "$pid"
  run -0 isle ps -a
  assert_line --partial subject
  refute_output --partial " Up "
  isle rm -f subject >/dev/null
  run -0 isle run --rm --name subject busybox echo again
  assert_output again
}
