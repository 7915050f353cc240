# --restart: a container that ends is started again by its own monitor; what somebody stopped is not.
load ../labs/lab

field() { isle ps -a --format "{{.Names}} {{.$2}}" | sed -n "s/^$1 //p"; }
is_word() { [ "$(field "$1" State)" = "$2" ]; }
# How often the container's script has run: it adds a line to /runs.
runs() { wc -l <"$ISLE_ROOT/containers/$(isle inspect --format '{{.id}}' "$1")/exits.jsonl"; }
has_run() { [ "$(runs "$1" 2>/dev/null || echo 0)" -ge "$2" ]; }
monitor_of() { pgrep -f "^isle-monitor --id $(isle inspect --format '{{.id}}' "$1") "; }
has_no_monitor() { ! monitor_of "$1" >/dev/null; }

@test "restart: always starts it again, by the same monitor, with the same files" {
  start_container box --restart always -- sh -c 'echo x >>/runs; exit 0'
  local monitor
  monitor=$(monitor_of box)
  wait_until has_run box 3
  assert_equal "$(monitor_of box)" "$monitor"
  run isle rm box
  assert_failure 1
  isle stop box
  wait_until has_no_monitor box
  assert_equal "$(field box State)" exited
  run -0 isle start -a box
  isle rm -f box
  wait_until has_no_monitor box
}

@test "restart: on-failure goes by the status and counts" {
  start_container good --restart on-failure -- true
  start_container bad --restart on-failure:2 -- false
  wait_until has_no_monitor good
  assert_equal "$(runs good)" 1
  wait_until has_no_monitor bad
  assert_equal "$(runs bad)" 3
  assert_equal "$(field bad State)" exited
  tail -1 "$ISLE_ROOT/containers/$(isle inspect --format '{{.id}}' bad)/exits.jsonl" |
    grep -q '"restarts":2'
  isle rm good bad
}

@test "restart: stop, kill and rm -f win over the policy, also while it waits" {
  start_container box --restart unless-stopped
  isle stop -t 0 box
  assert_equal "$(field box State)" exited
  wait_until has_no_monitor box
  isle start box
  isle kill box
  wait_until has_no_monitor box
  assert_equal "$(field box State)" exited
  isle rm box
  start_container waits --restart always -- false
  wait_until is_word waits restarting
  isle stop waits
  wait_until has_no_monitor waits
  isle start waits
  wait_until is_word waits restarting
  isle rm -f waits
  run -0 isle ps -aq
  refute_output
}

@test "restart: a crash from inside or outside is no stop" {
  start_container box --restart on-failure
  local pid
  pid=$(pid_of box)
  kill -KILL "$pid"
  wait_until has_run box 1
  wait_until is_word box running
  assert_not_equal "$(pid_of box)" "$pid"
  isle rm -f box
}

@test "restart: the foreground gets the first end, the container goes on" {
  run isle run --name box --restart always busybox sh -c 'echo ran; exit 4'
  assert_failure 4
  assert_output ran
  wait_until has_run box 2
  isle rm -f box
  wait_until test ! -e "$ISLE_RUN/restarting"
}

@test "restart: logs go on across runs" {
  start_container box --restart on-failure:2 -- sh -c 'echo ran; exit 1'
  isle logs -f box >"$ISLE_TEST_DIR/follow"
  assert_equal "$(cat "$ISLE_TEST_DIR/follow")" $'ran\nran\nran'
  rm "$ISLE_TEST_DIR/follow"
  isle rm box
}

@test "restart: wrong policies, and what contradicts" {
  run isle run --rm --restart sometimes busybox true
  assert_failure 125
  assert_output --partial "on-failure:TIMES"
  run isle run --rm --restart always busybox true
  assert_failure 125
  assert_output --partial "--rm and --restart contradict each other"
}

@test "monitor: killed, it takes the container with it, and that is said" {
  start_container box --restart always
  start_container gone --rm
  local pid
  pid=$(pid_of box)
  kill -KILL "$(monitor_of box)" "$(monitor_of gone)"
  wait_until is_gone "$pid"
  assert_equal "$(field box Status | cut -d' ' -f1-2)" "Exited (137)"
  run -0 isle inspect box
  assert_output --partial "its isle-monitor was killed"
  run -0 isle ps -a --format '{{.Names}}'
  assert_output box
  assert_equal "$(runs box)" 1
  run -0 isle start box
  isle rm -f box
}

@test "monitor: killed while its container is paused, the container ends as well" {
  start_container box
  local pid; pid=$(pid_of box)
  isle pause box
  kill -KILL "$(monitor_of box)"
  wait_until sh -c '[ "$("$0" inspect -f "{{.State.Status}} {{.State.ExitCode}}" box)" = "exited 137" ]' "$ISLE_BIN_DIR/isle"
  wait_until is_gone "$pid"
  isle rm box
}

# As far as the engine can tell a reboot: all that lives is gone at once, the records stay.
reboot() {
  local name pid
  for name in "$@"; do
    pid=$(pid_of "$name")
    kill -KILL "$(monitor_of "$name")"
    wait_until is_gone "$pid"
  done
}

@test "boot: what its policy asks for is started, what was stopped is not" {
  local name
  for name in always unless-stopped on-failure; do start_container "$name" --restart "$name"; done
  start_container plain
  start_container stopped --restart unless-stopped
  isle stop -t 0 stopped
  isle create --name made --restart always busybox sleep 1000
  reboot always unless-stopped on-failure plain
  run -0 isle boot
  [ "$(sort <<<"$output")" = $'started always\nstarted on-failure\nstarted unless-stopped' ] ||
    _fail "others were started" output "$output"
  assert_equal "$(field plain State)" exited
  assert_equal "$(field stopped State)" exited
  assert_equal "$(field made State)" created
  run -0 isle boot
  refute_output
  isle rm -f always unless-stopped on-failure plain stopped made
}

@test "boot: without its run directory a container that ran has ended, and that is said" {
  start_container box
  local id
  id=$(isle inspect --format '{{.id}}' box)
  reboot box
  isle ps -a >/dev/null
  touch "$ISLE_ROOT/containers/$id/running"
  run -0 isle inspect box
  assert_output --partial "it was running when the machine went down"
  assert_equal "$(field box Status | cut -d' ' -f1-2)" "Exited (255)"
  assert_equal "$(runs box)" 2
  isle rm box
}

@test "update: --restart is what the running container's monitor goes by" {
  start_container box -- sh -c 'sleep 1000; exit 1'
  start_container ends --rm
  isle update --restart on-failure:1 box
  assert_equal "$(isle inspect -f '{{.HostConfig.RestartPolicy.Name}}' box)" on-failure
  kill -KILL "$(pid_of box)"
  wait_until has_run box 1
  wait_until is_word box running
  isle update --restart no box
  kill -KILL "$(pid_of box)"
  wait_until has_no_monitor box
  assert_equal "$(runs box)" 2
  run isle update --restart always ends
  assert_failure 1
  assert_output --partial "was made with --rm"
  isle rm -f box ends
}
