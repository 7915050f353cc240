# Lab C2: process 1 gets no signal it has no handler for, not from inside even KILL and STOP; from
# its host's namespace those two always work (pid_namespaces(7)).
load lab

setup() {
  isle_setup
  require_root
  require_fixture signals
}
# The state letter of a process: S, T, Z ...
state_of() { status_of "$1" State | cut -c1; }
is_stopped() { [ "$(state_of "$1")" = T ]; }
is_not_stopped() { [ "$(state_of "$1")" = S ]; }

runs() { [ -n "$(pid_of "$1" 2>/dev/null)" ]; }

# start_one MODE: process 1 is `signals MODE`, ready; sets `pid`.
start_one() {
  start_container one "${WITH_FIXTURES[@]}" -- sh -c "exec /fixtures/signals $1 >/tmp/said"
  pid=$(pid_of one)
  wait_until grep -q ready "/proc/$pid/root/tmp/said"
}

@test "signals: from inside process 1 survives every signal it does not handle" {
  run -0 isle run --rm "${WITH_FIXTURES[@]}" busybox /fixtures/signals self
  assert_output "sent 64, alive"
  # The same program as an ordinary process dies of the first.
  run -129 "$FIXTURES/signals" self
}

@test "signals: another process inside cannot kill or stop it either" {
  local pid
  start_one wait
  local signal
  for signal in KILL STOP TERM INT HUP SEGV USR1; do
    inside one kill "-$signal" 1
  done
  sleep 0.1
  assert_equal "$(state_of "$pid")" S
  assert_equal "$(status_of "$pid" NSpid)" "$pid 1"
  remove_container one
}

@test "signals: its own fault still kills it" {
  run -139 isle run --rm "${WITH_FIXTURES[@]}" busybox /fixtures/signals fault
}

@test "signals: from the host those without a handler are ignored" {
  local pid
  start_one wait
  kill -TERM "$pid"
  kill -INT "$pid"
  isle kill --signal USR1 one
  sleep 0.1
  assert_equal "$(state_of "$pid")" S
  remove_container one
}

@test "signals: from the host STOP, CONT and KILL always work" {
  local pid
  start_one wait
  kill -STOP "$pid"
  wait_until is_stopped "$pid"
  kill -CONT "$pid"
  wait_until is_not_stopped "$pid"
  isle kill --signal KILL one
  wait_until is_gone "$pid"
  remove_container one
}

@test "signals: from the host a handled one arrives" {
  local pid
  start_one handle
  kill -USR1 "$pid"
  wait_until grep -q "got 10" "/proc/$pid/root/tmp/said"
  # From inside likewise: it is the handler that counts, and not the sender.
  inside one kill -USR1 1
  wait_until sh -c "[ \$(grep -c 'got 10' /proc/$pid/root/tmp/said) = 2 ]"
  isle kill --signal TERM one
  wait_until is_gone "$pid"
  remove_container one
}

@test "signals: isle run passes on what its caller is sent, and ends with the status" {
  local status=0 front
  timeout --foreground -k 5 60 "$ISLE_BIN_DIR/isle" run --name front "${WITH_FIXTURES[@]}" busybox \
    /fixtures/signals handle >"$ISLE_TEST_DIR/said" 3>&- 8>&- &
  front=$!
  wait_until grep -q ready "$ISLE_TEST_DIR/said"
  kill -USR1 "$(children_of "$front")"
  wait_until grep -q "got 10" "$ISLE_TEST_DIR/said"
  kill -TERM "$(children_of "$front")"
  wait "$front" || status=$?
  assert_equal "$status" 7
  grep -q "got 15" "$ISLE_TEST_DIR/said"
  remove_container front
}

@test "signals: killed from the host, isle run ends with 137" {
  local status=0 front
  timeout --foreground -k 5 60 "$ISLE_BIN_DIR/isle" run --rm --name front busybox sleep 1000 3>&- 8>&- &
  front=$!
  wait_until runs front
  kill -KILL "$(pid_of front)"
  wait "$front" || status=$?
  assert_equal "$status" 137
}
