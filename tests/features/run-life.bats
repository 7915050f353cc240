# isle run: a container's life: --rm, -d, --name, ps, rm, exec, kill, exit status, signals, --init,
# --stop-signal, --timeout, terminals.
load ../labs/lab

is_listed() { isle ps -a | grep -q " $1\$"; }
has_ended() { isle ps -a | grep -q "Exited.* $1\$"; }

# ---- the end -------------------------------------------------------------------------------------
@test "life: the exit status is the command's" {
  for code in 0 1 42 255; do
    run isle run --rm busybox sh -c "exit $code"
    [ "$status" -eq "$code" ] || _fail "another status" expected "$code" got "$status"
  done
}

@test "life: a command that a signal ends gives 128 and the signal" {
  run isle run --rm busybox sh -c '(sleep 9) & kill -TERM $!; wait $!'
  assert_failure 143
  run isle run --rm --init busybox sh -c 'kill -KILL $$'
  assert_failure 137
}

@test "life: output and errors are apart, and whole" {
  run --separate-stderr isle run --rm busybox sh -c 'echo out; echo err >&2'
  assert_output out
  assert_equal "$stderr" err
  run isle run --rm busybox sh -c 'head -c 3000000 /dev/zero' | wc -c
  [ "$(isle run --rm busybox head -c 3000000 /dev/zero | wc -c)" = 3000000 ]
}

@test "life: input is passed with -i only" {
  [ "$(echo hello | isle run --rm -i busybox cat)" = hello ]
  [ -z "$(echo hello | timeout 30 "$ISLE_BIN_DIR/isle" run --rm busybox cat 3>&- 8>&-)" ]
  [ "$(head -c 2000000 /dev/zero | isle run --rm -i busybox wc -c)" = 2000000 ]
}

@test "life: a reader that goes away ends the writer" {
  run bash -c "set -o pipefail; timeout 20 '$ISLE_BIN_DIR/isle' run --rm busybox yes 2>/dev/null 3>&- 8>&- | head -1"
  assert_output y
  [ "$status" -ne 124 ]
}

# ---- detached --------------------------------------------------------------------------------------
@test "life: -d prints the id and leaves it running; ps, inspect, rm -f" {
  run -0 isle run -d --name web busybox sleep 1000
  assert_output --regexp '^[0-9a-f]{64}$'
  local id=$output pid
  run -0 isle ps
  assert_line --partial "${id:0:12}"
  assert_line --partial busybox
  assert_line --partial " Up "
  assert_line --partial '"sleep 1000"'
  run -0 isle ps -q --no-trunc
  assert_output "$id"
  pid=$(pid_of web)
  assert_equal "$(tr '\0' ' ' <"/proc/$pid/cmdline")" "sleep 1000 "
  run -0 isle rm -f web
  assert_output web
  is_gone "$pid"
  run -0 isle ps -aq
  assert_output ""
}

@test "life: a container is found by its name, its id and the id's beginning" {
  run -0 isle run -d --name web busybox sleep 1000
  local id=$output
  run -0 isle exec web echo by name
  run -0 isle exec "$id" echo by id
  run -0 isle exec "${id:0:6}" echo by beginning
  assert_output "by beginning"
  run -0 isle rm -f "${id:0:12}"
}

@test "life: without --rm it stays until it is removed; with --rm nothing does" {
  run -0 isle run --name stays busybox sh -c 'exit 0'
  run -0 isle ps -q
  assert_output ""
  run -0 isle ps -a
  assert_line --partial "Exited (0)"
  assert_line --partial stays
  run -0 isle rm stays
  run -0 isle ps -aq
  assert_output ""
  run -0 isle run --rm --name goes busybox true
  run -0 isle ps -aq
  assert_output ""
}

@test "life: -d --rm goes by itself when it ends" {
  run -0 isle run -d --rm --name short busybox sleep 0.5
  is_listed short
  wait_until -t 10 bash -c '! "$0" ps -aq | grep -q .' "$ISLE_BIN_DIR/isle"
}

@test "life: without --name it gets one, and no two the same" {
  run -0 isle run -d busybox sleep 1000
  run -0 isle run -d busybox sleep 1000
  local names
  names=$(isle ps --format json | sed -n 's/^ *"name": "\(.*\)",$/\1/p')
  assert_equal "$(sort -u <<<"$names" | grep -c .)" 2
  remove_container $names
}

@test "life: ten at once" {
  for i in $(seq 10); do isle run --rm busybox echo "$i" >"$ISLE_TEST_DIR/out.$i" & done
  wait
  assert_equal "$(cat "$ISLE_TEST_DIR"/out.* | sort -n | tr '\n' ' ')" "1 2 3 4 5 6 7 8 9 10 "
}

@test "life: one name at once: exactly one wins" {
  for i in $(seq 5); do
    (isle run -d --name one busybox sleep 1000 >/dev/null 2>&1 && echo won >"$ISLE_TEST_DIR/won.$i") &
  done
  wait
  assert_equal "$(cat "$ISLE_TEST_DIR"/won.* | wc -l)" 1
  remove_container one
}

@test "life: kill -9 of the monitor kills the container; ps says so and rm works" {
  start_container lost
  local pid
  pid=$(pid_of lost)
  kill -KILL "$(status_of "$pid" PPid)"
  wait_until is_gone "$pid"
  run -0 isle ps -q
  assert_output ""
  run -0 isle ps -a
  assert_line --partial lost
  run -0 isle rm lost
}

# ---- signals -----------------------------------------------------------------------------------------
@test "life: signals to a foreground isle run reach the command" {
  "$ISLE_BIN_DIR/isle" run --rm --name catcher busybox sh -c 'trap "echo got TERM; exit 33" TERM; echo ready; while :; do sleep 0.1; done' \
    >"$ISLE_TEST_DIR/out" 3>&- 8>&- &
  local runner=$!
  wait_until grep -q ready "$ISLE_TEST_DIR/out"
  kill -TERM "$runner"
  wait "$runner" || local code=$?
  assert_equal "${code-0}" 33
  run -0 cat "$ISLE_TEST_DIR/out"
  assert_line "got TERM"
}

@test "life: isle kill, by default KILL" {
  start_container one -- sh -c 'trap "" TERM; sleep 1000'
  local pid
  pid=$(pid_of one)
  run -0 isle kill one
  assert_output one
  wait_until is_gone "$pid"
  wait_until has_ended one
  run -0 isle ps -a
  assert_output --partial "Exited (137)"
  run -0 isle rm one
}

@test "life: three Ctrl-C end a process 1 that has no handler, with a hint; one that has is left to it" {
  isle run --name deaf busybox sh -c 'echo ready; exec sleep 1000' >"$ISLE_TEST_DIR/deaf" 2>&1 &
  local client=$! pid isle_pid
  wait_until grep -q ready "$ISLE_TEST_DIR/deaf"
  pid=$(pid_of deaf)
  isle_pid=$(pgrep -f "^$ISLE_BIN_DIR/isle run --name deaf")
  kill -INT "$isle_pid"
  kill -TERM "$isle_pid"
  assert_equal "$(isle inspect -f '{{.State.Status}}' deaf)" running
  kill -INT "$isle_pid"
  wait_until is_gone "$pid"
  wait "$client" || assert_equal $? 137
  grep -q "killed (isle run --init passes signals on)" "$ISLE_TEST_DIR/deaf"
  isle rm deaf
  start_container hears -- sh -c 'trap "echo heard" INT; while :; do echo ready; sleep 0.1; done'
  isle attach hears >"$ISLE_TEST_DIR/hears" 2>&1 &
  client=$!
  wait_until grep -q ready "$ISLE_TEST_DIR/hears"
  for i in 1 2 3 4; do
    kill -INT "$(pgrep -f "^$ISLE_BIN_DIR/isle attach hears")"
    heard() { [ "$(grep -c heard "$ISLE_TEST_DIR/hears")" -ge "$i" ]; }
    wait_until heard
  done
  remove_container hears
  wait "$client" || true
}

@test "life: isle kill --signal, by name and number" {
  start_container one -- sh -c 'trap "echo hup >>/tmp/got" HUP; trap "echo usr >>/tmp/got" USR1; echo >/tmp/ready; while :; do sleep 0.1; done'
  wait_until inside one test -e /tmp/ready
  run -0 isle kill -s HUP one
  wait_until inside one grep -q hup /tmp/got
  run -0 isle kill --signal=10 one
  wait_until inside one grep -q usr /tmp/got
  run -0 isle kill -s SIGTERM one # PID 1 does not handle it
  sleep 0.2
  run -0 inside one true
  remove_container one
}

@test "life: --init is PID 1, passes signals on and reaps" {
  start_container one --init -- sleep 1000
  local pid child
  pid=$(pid_of one)
  run -0 inside one sh -c 'tr "\0" " " </proc/1/cmdline'
  assert_output --partial "isle-init -- sleep 1000"
  child=$(children_of "$pid")
  wait_until grep -qx sleep "/proc/$child/comm"
  run -0 isle kill -s TERM one
  wait_until is_gone "$pid"
  wait_until has_ended one
  run -0 isle ps -a
  assert_output --partial "Exited (143)"
  run -0 isle rm one
}

@test "life: --init gives the command's status" {
  run isle run --rm --init busybox sh -c 'exit 5'
  assert_failure 5
  run -127 isle run --rm --init busybox nosuchcommand
  assert_output --partial nosuchcommand
}

@test "life: --timeout ends it" {
  local from=$SECONDS
  run isle run --rm --timeout 1 busybox sleep 100
  assert_failure
  assert_between $((SECONDS - from)) 1 30
  run -0 isle run --rm --timeout 100 busybox echo in time
}

@test "life: --stop-signal is what the monitor passes on when it is asked to end" {
  start_container one --stop-signal USR1 -- sh -c 'trap "exit 3" USR1; echo >/tmp/ready; while :; do sleep 0.1; done'
  local pid
  pid=$(pid_of one)
  wait_until test -e "/proc/$pid/root/tmp/ready"
  kill -TERM "$(status_of "$pid" PPid)"
  wait_until has_ended one
  run -0 isle ps -a
  assert_output --partial "Exited (3)"
  run -0 isle rm one
}

# ---- exec ----------------------------------------------------------------------------------------------
@test "life: exec joins all of the container" {
  require_root
  start_container one --hostname box -e SEEN=yes -w /var
  local kind pid
  pid=$(pid_of one)
  for kind in cgroup ipc mnt net pid user uts; do
    run -0 isle exec one readlink "/proc/self/ns/$kind"
    assert_output "$(ns_of "$pid" "$kind")"
  done
  run -0 isle exec one sh -c 'hostname; echo $SEEN; pwd; grep -E "^(CapEff|CapBnd|Seccomp):" /proc/self/status | tr -d "[:blank:]"'
  assert_output $'box\nyes\n/var\nCapEff:00000000800405fb\nCapBnd:00000000800405fb\nSeccomp:2'
  isle exec -d one sleep 1001
  local child group
  group=$(cgroup_dir "$pid" pids)
  wait_until sh -c "grep -qv '^$pid\$' '$group/cgroup.procs'"
  child=$(grep -v "^$pid\$" "$group/cgroup.procs")
  assert_equal "$(cat "/proc/$child/cgroup")" "$(cat "/proc/$pid/cgroup")"
  remove_container one
}

@test "life: exec's own flags" {
  require_root
  start_container one -e SEEN=yes
  run -0 isle exec -e MORE=1 -e SEEN=no -w /tmp -u www-data one sh -c 'id -un; pwd; echo $SEEN $MORE'
  assert_output $'www-data\n/tmp\nno 1'
  run isle exec one sh -c 'exit 9'
  assert_failure 9
  [ "$(echo hello | isle exec -i one cat)" = hello ]
  run --separate-stderr isle exec one sh -c 'echo out; echo err >&2'
  assert_output out
  assert_equal "$stderr" err
  run -0 isle exec --privileged one grep -c "^CapEff:.0*$(grep CapEff /proc/self/status | sed 's/.*\t0*//')" /proc/self/status
  assert_output 1
  remove_container one
}

@test "life: exec -d goes on when isle has ended, with -t as well" {
  start_container box
  isle exec -d box sh -c 'echo $PPID >/plain; exec sleep 777'
  run -0 isle exec -d -i -t box sh -c 'test -t 0 || echo >/no-terminal; exec sleep 778'
  assert_output --partial "-t is left out"
  wait_until test -e "/proc/$(pid_of box)/root/no-terminal"
  both() { [ "$(isle exec box ps | grep -c 'sleep 77[78]')" = 2 ]; }
  wait_until both
  run -127 isle exec -d box /no/such
  remove_container box
}

@test "life: exec does not outlive the container" {
  start_container one
  isle exec one sleep 1000 &
  local runner=$!
  wait_until sh -c "'$ISLE_BIN_DIR/isle' exec one ps | grep -q 'sleep 1000'"
  run -0 isle kill one
  wait "$runner" || local code=$?
  assert_equal "${code-0}" 137
  run -0 isle rm -f one
}

# ---- terminals -----------------------------------------------------------------------------------------
# at_terminal INPUT COMMAND: script(1) makes the terminal and types INPUT.
at_terminal() {
  (set -o pipefail
    printf '%s' "$1" | timeout 60 script -qec "$2" /dev/null 3>&- 8>&- | tr -d '\r')
}

@test "life: -it is a terminal" {
  require_program script
  run at_terminal $'tty\ntest -t 0 && test -t 1 && test -t 2 && echo all $((1+2)); exit 4\n' \
    "$ISLE_BIN_DIR/isle run --rm -it busybox sh"
  assert_failure 4
  assert_output --partial /dev/pts/0
  assert_output --partial "all 3"
}

@test "life: -t has the caller's size, and follows it" {
  require_program script
  cat >"$ISLE_TEST_DIR/sized" <<SIZED
stty rows 33 cols 77
(sleep ${ISLE_TEST_IN_VM:+1}2; stty rows 44 cols 88 </dev/tty) &
'$ISLE_BIN_DIR/isle' run --rm -it --timeout 30 busybox sh -c 'stty size; trap "stty size; exit" WINCH; while :; do sleep 0.1; done'
SIZED
  run at_terminal "" "sh $ISLE_TEST_DIR/sized"
  assert_output --partial "33 77"
  assert_output --partial "44 88"
}

@test "life: the caller's terminal is as it was" {
  require_program script
  cat >"$ISLE_TEST_DIR/restored" <<RESTORED
before=\$(stty -g)
'$ISLE_BIN_DIR/isle' run --rm -it busybox sh -c 'stty raw -echo'
[ "\$before" = "\$(stty -g)" ] && echo restored >>'$ISLE_TEST_DIR/said'
'$ISLE_BIN_DIR/isle' run --rm -it busybox nosuchcommand
[ "\$before" = "\$(stty -g)" ] && echo restored again >>'$ISLE_TEST_DIR/said'
RESTORED
  # Not at the terminal: script(1) types an end of file, whose echo may stand before the words.
  at_terminal "" "sh $ISLE_TEST_DIR/restored" || true
  run cat "$ISLE_TEST_DIR/said"
  assert_line 0 restored
  assert_line 1 "restored again"
}

@test "life: ctrl-c at the terminal interrupts the command, not isle" {
  require_program script
  cat >"$ISLE_TEST_DIR/type" <<'TYPE'
sleep 2; printf '\003'; sleep 1
TYPE
  run bash -c "sh '$ISLE_TEST_DIR/type' | timeout 60 script -qec \"$ISLE_BIN_DIR/isle run --rm -it busybox sh -c 'trap \\\"echo caught; exit 6\\\" INT; while :; do sleep 0.1; done'\" /dev/null 3>&- 8>&-"
  assert_failure 6
  assert_output --partial caught
}
