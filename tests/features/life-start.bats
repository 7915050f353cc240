# isle create, start, stop, restart, wait, attach: a container that ends can be started again.
load ../labs/lab

word_of() { isle ps -a --format '{{.Names}} {{.State}}' | sed -n "s/^$1 //p"; }
is_word() { [ "$(word_of "$1")" = "$2" ]; }

@test "create: everything but the running; start runs it" {
  run -0 isle create --name box busybox sh -c 'echo ran; exit 3'
  assert_output --regexp '^[0-9a-f]{64}$'
  assert_equal "$(word_of box)" created
  [ -z "$(ls "$ISLE_RUN/containers" 2>/dev/null)" ]
  run isle start -a box
  assert_failure 3
  assert_output ran
  assert_equal "$(word_of box)" exited
  remove_container box
}

@test "create: what is of the running is refused" {
  run isle create -d busybox true
  assert_failure 125
  assert_output --partial "create starts nothing"
  run isle create
  assert_failure 125
  assert_output --partial "create: no image is named"
}

@test "start: the same container once more, with its files, and again" {
  run -0 isle run --name box busybox sh -c 'echo x >>/file; wc -l </file'
  assert_output 1
  run -0 isle start -a box
  assert_output 2
  run -0 isle start box
  assert_output box
  run -0 isle wait box
  assert_output 0
  run -0 isle start -a box
  assert_output 4
  remove_container box
}

@test "start: one that runs is no error; one that is not there is" {
  start_container box
  local pid
  pid=$(pid_of box)
  run -0 isle start box
  assert_output box
  assert_equal "$(pid_of box)" "$pid"
  run isle start box nothing
  assert_failure 1
  assert_output --partial 'there is no container "nothing"'
  remove_container box
}

@test "start: several at once, of which one process runs" {
  isle create --name box busybox sleep 1000
  local i pids=()
  for i in 1 2 3 4 5 6 7 8; do
    isle start box >"$ISLE_TEST_DIR/start.$i" 2>&1 &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i" || { cat "$ISLE_TEST_DIR"/start.*; false; }; done
  rm "$ISLE_TEST_DIR"/start.*
  run -0 isle exec box ps
  [ "$(grep -c 'sleep 1000' <<<"$output")" = 1 ]
  remove_container box
}

@test "start: a command that cannot be executed says so, and the container stays" {
  isle create --name box busybox /no/such/program
  run isle start box
  assert_failure 1
  assert_output --partial "/no/such/program"
  run -127 isle start -a box
  assert_equal "$(word_of box)" created
  remove_container box
}

@test "start: -i passes input on" {
  isle create -i --name box busybox cat
  [ "$(echo hello | isle start -a -i box)" = hello ]
  remove_container box
}

@test "stop: the signal is enough where it is handled" {
  start_container box -- sh -c 'trap "echo bye; exit 7" TERM; while :; do sleep 0.05; done'
  wait_until isle exec box true
  run -0 isle stop box
  assert_output box
  run -0 isle wait box
  assert_output 7
  run -0 isle logs box
  assert_output bye
  remove_container box
}

@test "stop: one that ignores it is killed after the time, and that is said" {
  start_container box --stop-timeout 0
  local pid
  pid=$(pid_of box)
  run --separate-stderr isle stop -t 1 box
  assert_success
  assert_output box
  [[ $stderr == *"did not end within 1 s of SIGTERM"* ]] || _fail "no word of it" stderr "$stderr"
  is_gone "$pid"
  run -0 isle wait box
  assert_output 137
  isle start box
  SECONDS=0
  run -0 isle stop box
  assert_between $SECONDS 0 3
  remove_container box
}

@test "stop: another signal, by the command or by the container" {
  start_container box -- sh -c 'trap "exit 5" USR1; while :; do sleep 0.05; done'
  wait_until isle exec box true
  isle stop -s USR1 box
  run -0 isle wait box
  assert_output 5
  start_container own --stop-signal USR2 -- sh -c 'trap "exit 6" USR2; while :; do sleep 0.05; done'
  wait_until isle exec own true
  isle stop own
  run -0 isle wait own
  assert_output 6
  remove_container box own
}

@test "stop: what does not run, what is not there, all that run" {
  isle create --name made busybox true
  run -0 isle stop made
  assert_output made
  assert_equal "$(word_of made)" created
  run isle stop nothing
  assert_failure 1
  run -0 isle stop -i nothing
  refute_output
  start_container one
  start_container two
  isle stop -a -t 0
  run -0 isle ps -q
  refute_output
  remove_container made one two
}

@test "stop: with --rm nothing is left when it returns" {
  start_container box --rm
  run -0 isle stop -t 0 box
  run isle inspect box
  assert_failure 1
}

@test "restart: another process, the same files" {
  start_container box
  isle exec box touch /kept
  local pid
  pid=$(pid_of box)
  run -0 isle restart -t 0 box
  assert_output box
  assert_not_equal "$(pid_of box)" "$pid"
  is_gone "$pid"
  isle exec box test -e /kept
  remove_container box
}

@test "wait: until it ends, by several, also where it is removed then" {
  start_container box --rm -- sh -c 'trap "exit 9" TERM; while :; do sleep 0.05; done'
  wait_until isle exec box true
  local i pids=()
  for i in 1 2 3; do
    isle wait box >"$ISLE_TEST_DIR/wait.$i" &
    pids+=($!)
  done
  wait_until isle kill -s TERM box
  for i in "${pids[@]}"; do wait "$i"; done
  assert_equal "$(cat "$ISLE_TEST_DIR"/wait.* | tr '\n' ' ')" "9 9 9 "
  rm "$ISLE_TEST_DIR"/wait.*
  run isle wait nothing
  assert_failure 1
  run -0 isle wait --ignore nothing
  assert_output -1
}

@test "wait: conditions" {
  isle create --name box busybox sleep 1000
  isle wait --condition running box >"$ISLE_TEST_DIR/running" &
  local waiting=$!
  isle start box
  wait "$waiting"
  assert_equal "$(cat "$ISLE_TEST_DIR/running")" -1
  rm "$ISLE_TEST_DIR/running"
  isle wait --condition removed box >"$ISLE_TEST_DIR/removed" &
  waiting=$!
  isle kill box
  kill -0 "$waiting"
  isle rm box
  wait "$waiting"
  rm "$ISLE_TEST_DIR/removed"
  run isle wait --condition nonsense box
  assert_failure 125
  assert_output --partial "next-exit"
}

@test "attach: output and exit status of what runs already; many at once" {
  start_container box -i -- sh -c 'read go; echo out; echo err >&2; exit 4'
  local i pids=()
  for i in 1 2 3; do
    { isle attach --no-stdin box || echo "status $?"; } >"$ISLE_TEST_DIR/attach.$i" 2>&1 &
    pids+=($!)
  done
  attached() { [ "$(grep -lsaz attach /proc/[0-9]*/cmdline | wc -l)" -ge 3 ]; }
  wait_until attached
  run --separate-stderr bash -c "echo go | '$ISLE_BIN_DIR/isle' attach box 3>&- 8>&-"
  assert_failure 4
  assert_output out
  assert_equal "$stderr" err
  for i in "${pids[@]}"; do wait "$i"; done
  for i in 1 2 3; do grep -q "status 4" "$ISLE_TEST_DIR/attach.$i"; done
  rm "$ISLE_TEST_DIR"/attach.*
  run isle attach box
  assert_failure 1
  assert_output --partial "is exited, not running"
  remove_container box
}

@test "attach: signals are passed on, or not" {
  start_container box -- sh -c 'trap "exit 8" INT; while :; do sleep 0.05; done'
  wait_until isle exec box true
  run timeout --foreground -s INT 1 "$ISLE_BIN_DIR/isle" attach --sig-proxy=false box 3>&- 8>&-
  assert_equal "$(word_of box)" running
  run timeout --foreground -s INT 1 "$ISLE_BIN_DIR/isle" attach box 3>&- 8>&-
  wait_until is_word box exited
  run -0 isle wait box
  assert_output 8
  remove_container box
}

@test "life: an ordinary user's container starts again" {
  run_as_user isle run --name box busybox sh -c 'echo x >>/file; wc -l </file'
  run -0 run_as_user isle start -a box
  assert_output 2
  run -0 run_as_user isle logs box
  assert_output $'1\n2'
  run_as_user isle rm box
}

@test "replace: the one that has the name makes room, even if it runs" {
  start_container box
  local pid
  pid=$(pid_of box)
  run isle run --name box busybox true
  assert_failure 125
  run -0 isle run --replace --name box busybox echo new
  assert_output new
  is_gone "$pid"
  isle rm box
  run -0 isle run --rm --replace --name box busybox echo none
  assert_output none
  run isle run --rm --replace busybox true
  assert_failure 125
  assert_output --partial "--replace needs a --name"
}

@test "files: --cidfile, --pidfile and --conmon-pidfile" {
  run -0 isle run -d --name box --cidfile "$ISLE_TEST_DIR/cid" --pidfile "$ISLE_TEST_DIR/pid" \
    --conmon-pidfile "$ISLE_TEST_DIR/monitor" busybox sleep 1000
  assert_equal "$(cat "$ISLE_TEST_DIR/cid")" "$output"
  assert_equal "$(cat "$ISLE_TEST_DIR/pid")" "$(pid_of box)"
  assert_equal "$(cat "/proc/$(cat "$ISLE_TEST_DIR/monitor")/comm")" isle-monitor
  run isle run --cidfile "$ISLE_TEST_DIR/cid" busybox true
  assert_failure 125
  assert_output --partial "exists"
  isle restart -t 0 box
  assert_equal "$(cat "$ISLE_TEST_DIR/pid")" "$(pid_of box)"
  isle rm -f box
  rm "$ISLE_TEST_DIR"/{cid,pid,monitor}
  run isle create --cidfile "$ISLE_TEST_DIR/cid" no/such:image --pull never
  assert_failure 125
  assert_not_exists "$ISLE_TEST_DIR/cid"
}
