# --health-cmd and its like: the monitor asks whether a container is well.
load ../labs/lab

# "Up 2 seconds (health: starting)", "Up 2 seconds (healthy)"
status_of_health() { isle ps -a --format '{{.Names}} {{.Status}}' | sed -n "s/^$1 Up .* (\(health: \)\{0,1\}\(.*\))/\2/p"; }
is_health() { [ "$(status_of_health "$1")" = "$2" ]; }
is_word() { [ "$(isle ps -a --format '{{.Names}} {{.State}}' | sed -n "s/^$1 //p")" = "$2" ]; }
QUICK=(--health-interval 50ms --health-retries 2)

@test "health: starting, healthy, unhealthy, and healthy again" {
  start_container box "${QUICK[@]}" --health-cmd 'test -e /well; s=$?; echo asked; exit $s' --health-start-period 60s --health-start-interval 50ms
  assert_equal "$(status_of_health box)" starting
  isle exec box touch /well
  run -0 isle wait --condition healthy box
  isle exec box rm /well
  run -0 isle wait --condition unhealthy box
  grep -q '"output":"asked\\n"' "$ISLE_ROOT/containers/$(isle inspect --format '{{.id}}' box)/health.json"
  isle exec box touch /well
  wait_until is_health box healthy
  run -0 isle events --stream=false --filter event=health_status --format '{{.Attributes.health_status}}'
  assert_output $'healthy\nunhealthy\nhealthy'
  remove_container box
}

@test "health: an answer that takes too long is a failure, and is killed" {
  start_container box "${QUICK[@]}" --health-timeout 100ms --health-cmd 'sleep 777'
  wait_until is_health box unhealthy
  [ "$(isle exec box ps | grep -c 'sleep 777')" -le 2 ]
  remove_container box
}

@test "health: a command as JSON, and one that is not there" {
  start_container box "${QUICK[@]}" --health-cmd '["test", "-e", "/etc/passwd"]'
  wait_until is_health box healthy
  start_container none "${QUICK[@]}" --health-cmd '["/no/such/program"]'
  wait_until is_health none unhealthy
  remove_container box none
}

@test "health: on failure kill, stop or restart" {
  start_container kill "${QUICK[@]}" --health-on-failure kill --health-cmd false
  start_container stop "${QUICK[@]}" --health-on-failure stop --stop-signal KILL --restart always --health-cmd false
  start_container again "${QUICK[@]}" --health-on-failure restart --stop-signal KILL --health-cmd 'test ! -e /ill'
  local pid
  pid=$(pid_of again)
  wait_until is_word kill exited
  wait_until is_word stop exited
  isle exec again touch /ill
  wait_until is_gone "$pid"
  wait_until is_word again running
  isle rm -f kill stop again
}

@test "health: asked at once" {
  start_container box --health-cmd 'echo tested; test -e /well'
  run isle healthcheck run box
  assert_failure 1
  assert_output $'tested\nunhealthy'
  isle exec box touch /well
  run -0 isle healthcheck run box
  assert_output tested
  start_container none --no-healthcheck
  run isle healthcheck run none
  assert_failure 125
  assert_output --partial "has no health check"
  remove_container box none
}

@test "health: an image's HEALTHCHECK is asked, and what the command line says goes before" {
  isle run --name maker busybox true
  isle commit -q --iidfile "$ISLE_TEST_DIR/id" maker probed --change \
    'HEALTHCHECK --interval=50ms --retries=2 --timeout=3s CMD test -e /well' >/dev/null
  assert_equal "$(isle image inspect --format '{{.Id}}' probed)" "$(<"$ISLE_TEST_DIR/id")"
  run -0 isle image inspect --format '{{json .Config.Healthcheck}}' probed
  assert_output '{"Test":["CMD-SHELL","test -e /well"],"Interval":50000000,"Timeout":3000000000,"Retries":2}'
  # It goes through an archive, too.
  isle save -o "$ISLE_TEST_DIR/probed.tar" probed
  isle rm maker
  isle rmi probed >/dev/null
  isle load -q -i "$ISLE_TEST_DIR/probed.tar" >/dev/null
  isle run -d --name by-image probed sleep 1000 >/dev/null
  isle run -d --name other --health-cmd 'test ! -e /well' probed sleep 1000 >/dev/null
  isle run -d --name none --no-healthcheck probed sleep 1000 >/dev/null
  wait_until is_health by-image unhealthy
  wait_until is_health other healthy
  isle exec by-image touch /well
  wait_until is_health by-image healthy
  run isle healthcheck run none
  assert_failure 125
  assert_output --partial "has no health check"
  remove_container by-image other none
}

@test "health: what cannot be meant is refused" {
  run isle run --rm --health-on-failure panic busybox true
  assert_failure 125
  assert_output --partial "none, kill, restart or stop"
  run isle run --rm --health-interval 5 busybox true
  assert_failure 125
  assert_output --partial "--health-interval"
  run isle run --rm --health-cmd '[1]' busybox true
  assert_failure 125
  assert_output --partial "--health-cmd"
}

@test "health: the start-up check goes before the other one, which is not asked meanwhile" {
  start_container box --health-startup-cmd 'echo first; test -e /up' --health-startup-interval 50ms \
    --health-startup-success 2 --health-cmd 'echo second; test ! -e /ill' "${QUICK[@]}"
  answers() { isle inspect --format '{{range .State.Health.Log}}{{.Output}}{{end}}' box; }
  has_answered() { answers | grep -qx "$1"; }
  wait_until has_answered first
  assert_equal "$(status_of_health box)" starting
  run -0 isle inspect --format '{{json .Config.StartupHealthCheck}}' box
  assert_output --partial '"Interval":50000000'
  assert_output --partial '"Successes":2'
  run answers
  refute_output --partial second
  isle exec box touch /up
  wait_until is_health box healthy
  wait_until has_answered second
  isle exec box touch /ill
  wait_until is_health box unhealthy
  remove_container box
}

@test "health: failures of the start-up check start the container anew" {
  start_container box --health-startup-cmd false --health-startup-interval 50ms --health-startup-retries 2 \
    --stop-signal KILL --health-cmd true
  local pid
  pid=$(pid_of box)
  wait_until is_gone "$pid"
  has_another() { local now; now=$(pid_of box); [ -n "$now" ] && [ "$now" != 0 ] && [ "$now" != "$pid" ]; }
  wait_until has_another
  remove_container box
  run isle run -d --name lone --health-startup-cmd true busybox sleep 1000
  assert_failure 125
  assert_output --partial "has a health check"
  run isle inspect lone
  assert_failure 1
}

@test "health: so many answers, and so much of each, as was asked for" {
  start_container box "${QUICK[@]}" --health-max-log-count 2 --health-max-log-size 3 \
    --health-cmd 'echo x >>/asked; echo abcdef'
  often() { [ "$(isle exec box sh -c 'wc -l </asked')" -gt 3 ]; }
  wait_until often
  run -0 isle inspect --format '{{range .State.Health.Log}}{{.Output}},{{end}}' box
  assert_output 'abc,abc,'
  remove_container box
}
