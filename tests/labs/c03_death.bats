# Lab C3: when process 1 ends, the kernel kills every other process of the namespace with SIGKILL and
# nobody enters any more (pid_namespaces(7)).
load lab

# A process 1 with company: some in sessions of their own, deaf to every signal that can be ignored.
COMPANY='trap "" TERM HUP INT; for i in 1 2 3; do setsid sleep 1000 & done
  (sleep 1000 & sleep 1000) & touch /tmp/up; while :; do sleep .1; done'

# The links of a dead process that nobody has reaped yet are gone.
is_empty() { [ -z "$(processes_in pid "$1")" ]; }

@test "death: kill -9 of process 1 ends all the others" {
  require_root
  start_container death-killed -- sh -c "$COMPANY"
  wait_until inside death-killed test -e /tmp/up
  local pid space
  pid=$(pid_of death-killed) space=$(ns_of "$pid" pid)
  assert_between "$(processes_in pid "$space" | wc -l)" 6 9
  kill -KILL "$pid"
  wait_until is_empty "$space"
  remove_container death-killed
}

@test "death: its ordinary end does the same, and its status is the container's" {
  require_root
  run -3 isle run --rm busybox sh -c 'trap "" TERM HUP; for i in 1 2 3; do setsid sleep 7654 & done; exit 3'
  run ! pgrep -fx "sleep 7654"
}

@test "death: what ends the others is SIGKILL, also those who came in from the host" {
  require_root
  start_container death-guest
  local pid status=0 guest
  pid=$(pid_of death-guest)
  nsenter --target "$pid" --pid sh -c 'trap "" TERM HUP INT; while :; do sleep .1; done' 3>&- 8>&- &
  guest=$!
  wait_until sh -c "grep -q . /proc/$guest/task/$guest/children"
  assert_equal "$(ns_of "$(children_of "$guest")" pid)" "$(ns_of "$pid" pid)"
  kill -KILL "$pid"
  wait "$guest" || status=$?
  assert_equal "$status" 137
  remove_container death-guest
}

@test "death: an exec into it ends too, with 137" {
  require_root
  start_container death-exec
  local status=0 front
  timeout --foreground -k 5 60 "$ISLE_BIN_DIR/isle" exec death-exec sleep 7655 3>&- 8>&- &
  front=$!
  wait_until pgrep -fx "sleep 7655"
  kill -KILL "$(pid_of death-exec)"
  wait "$front" || status=$?
  assert_equal "$status" 137
  run ! isle exec death-exec true
  remove_container death-exec
}
