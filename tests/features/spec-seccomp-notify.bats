# SCMP_ACT_NOTIFY: calls that an agent on a UNIX socket decides (runtime-spec, "Seccomp" and "The
# Container Process State"). The fixture `agent` answers each with ENOSPC and writes down what it was
# sent. Here the agent decides mkdir, which no step of the runtime makes after the filter is there.
load ../helpers
load ../islet-bundle

# The compiled filters are kept for the next start.
teardown() {
  rm -rf "$ISLE_RUN/islet/.seccomp"
  isle_teardown
}

AGENT=$(realpath -m "$ISLE_BIN_DIR/../tests/fixtures/agent")

# start_agent CONNECTIONS
start_agent() {
  SOCKET=$ISLE_TEST_DIR/agent.sock SENT=$ISLE_TEST_DIR/sent
  "$AGENT" "$SOCKET" "$SENT" "$1" 3>&- 8>&- &
  agent=$!
  wait_until test -S "$SOCKET"
}
# notify_members [MORE]: linux.seccomp
notify_members() {
  echo "\"seccomp\": {\"defaultAction\": \"SCMP_ACT_ALLOW\", ${1-} \"listenerPath\": \"$ISLE_TEST_DIR/agent.sock\",
   \"syscalls\": [{\"names\": [\"mkdir\", \"mkdirat\"], \"action\": \"SCMP_ACT_NOTIFY\"}]},"
}
try_mkdir='mkdir /tmp/new; test -d /tmp/new || echo refused'

@test "seccomp notify: run: the agent gets state, pid and listener, and decides" {
  require_root
  start_agent 1
  make_bundle --top '"annotations": {"color": "green"},' \
    --linux "$(notify_members '"listenerMetadata": "some data",
      "flags": ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", "SECCOMP_FILTER_FLAG_TSYNC"],')" \
    sh -c "$try_mkdir"
  run -0 islet run -b "$bundle" one
  assert_output --partial "No space left on device"
  assert_line refused
  assert_not_exists "$bundle/rootfs/tmp/new"
  wait "$agent"
  run -0 python3 - "$SENT" <<'PY'
import json, sys
sent = json.loads(open(sys.argv[1]).readline())
state = sent["state"]
assert sent["fds"] == ["seccompFd"], sent
assert sent["metadata"] == "some data", sent
assert sent["pid"] == state["pid"] > 1, sent
assert state["id"] == "one" and state["annotations"] == {"color": "green"}, sent
assert state["status"] in ("creating", "created"), sent
print(sent["ociVersion"])
PY
  assert_match "$output" '^1\.[0-9]+\.'
}

@test "seccomp notify: create and start: the listener comes with start" {
  require_root
  start_agent 1
  make_bundle --linux "$(notify_members)" sh -c "{ $try_mkdir; } >/said 2>&1"
  islet create -b "$bundle" one </dev/null >/dev/null
  local pid; pid=$(pid_of one)
  assert_not_exists "$SENT"
  islet start one
  wait_until has_status one stopped
  assert_match "$(cat "$bundle/rootfs/said")" "No space left"
  wait "$agent"
  assert_match "$(cat "$SENT")" "\"pid\": ?$pid[,}]"
  islet delete one
}

@test "seccomp notify: exec: each process under the filter is sent by itself" {
  require_root
  start_agent 2
  make_bundle --linux "$(notify_members)" sleep 100
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  run -0 islet exec one sh -c "$try_mkdir"
  assert_output --partial "No space left on device"
  islet delete --force one
  wait "$agent"
  assert_equal "$(wc -l <"$SENT")" 2
  assert_match "$(tail -n 1 "$SENT")" '"status": ?"running"'
}

@test "seccomp notify: the filter holds for a user without privileges and with new ones allowed" {
  require_root
  start_agent 1
  make_bundle --linux "$(notify_members)" sh -c "id -u; $try_mkdir"
  chmod 1777 "$bundle/rootfs/tmp"
  sed -i 's/"uid": 0/"uid": 1234/; s/"noNewPrivileges": true/"noNewPrivileges": false/' "$bundle/config.json"
  run -0 islet run -b "$bundle" one
  assert_line 1234
  assert_line refused
  wait "$agent"
}

@test "seccomp notify: even execve may be the agent's to decide" {
  require_root
  start_agent 1
  make_bundle --linux "$(notify_members | sed 's/"mkdir", "mkdirat"/"execve"/')" true
  run islet run -b "$bundle" one
  assert_failure
  assert_output --partial "execve"
  assert_output --partial "ENOSPC"
  wait "$agent"
}

@test "seccomp notify: without an agent nothing is made" {
  require_root
  make_bundle --linux "$(notify_members)" true
  run islet run -b "$bundle" one
  assert_failure
  assert_output --partial "find the seccomp agent"
  assert_output --partial "$ISLE_TEST_DIR/agent.sock"
  assert_not_exists "$ISLE_RUN/islet/one"
  # One that left its socket behind is found out when the listener is to be sent.
  start_agent 1
  kill "$agent"
  wait "$agent" || true
  islet create -b "$bundle" one </dev/null >/dev/null
  local pid; pid=$(pid_of one)
  run islet start one
  assert_failure
  assert_output --partial "linux.seccomp.listenerPath"
  wait_until has_status one stopped
  assert_ended "$pid"
  islet delete one
}

@test "seccomp notify: members that do not go together are refused by name" {
  require_root
  make_bundle --linux "$(notify_members | sed 's/"listenerPath": "[^"]*",//')" true
  run islet run -b "$bundle" one
  assert_failure
  assert_output --partial "linux.seccomp.listenerPath: SCMP_ACT_NOTIFY needs an agent"
  make_bundle --name two --linux '"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "listenerMetadata": "x"},' true
  run islet run -b "$bundle" two
  assert_failure
  assert_output --partial "linux.seccomp.listenerMetadata"
  make_bundle --name three --linux '"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 5},' true
  run islet run -b "$bundle" three
  assert_failure
  assert_output --partial "linux.seccomp.defaultErrnoRet: SCMP_ACT_ALLOW has no errno"
}
