# The clock on the wall jumps a day ahead and back (fault 30): what waits, waits by the other clock.
# Setting the clock is for a machine of the test's own.
load ../labs/lab

DAY=86400
status_of_health() { isle ps -a --format '{{.Names}} {{.Status}}' | sed -n "s/^$1 Up .* (\(health: \)\{0,1\}\(.*\))/\2/p"; }
word_of() { isle ps -a --format '{{.Names}} {{.State}}' | sed -n "s/^$1 //p"; }
# By how many seconds.
jump() { date -s "@$(($(date +%s) + $1))" >/dev/null; }
uptime_ms() { awk '{ printf "%d\n", $1 * 1000 }' /proc/uptime; }

setup() {
  [ -n "${ISLE_TEST_IN_VM-}" ] || skip "only in a virtual machine is the clock nobody's"
  isle_setup
}

@test "clock: a day ahead and a day back, health checks go on at their pace and no time limit strikes" {
  start_container box --health-cmd 'echo x >>/asked' --health-interval 200ms --timeout 3600 --stop-timeout 300
  asked() { isle exec box sh -c 'wc -l </asked' 2>/dev/null || echo 0; }
  more_than() { [ "$(asked)" -gt "$1" ]; }
  wait_until more_than 0
  local by before
  for by in $DAY -$DAY -$DAY $DAY; do
    before=$(asked)
    jump "$by"
    # Neither a storm of checks that were missed, nor silence for a day.
    sleep 1
    wait_until more_than "$before"
    [ "$(asked)" -le $((before + 60)) ]
    assert_equal "$(word_of box)" running
    assert_equal "$(status_of_health box)" healthy
  done
  remove_container box
}

@test "clock: restarts keep their pause, stop its patience and --timeout its limit" {
  isle run -d --name again --restart always busybox sh -c 'echo x >>/runs' >/dev/null
  isle run -d --name limited --timeout 5 busybox sleep 1000 >/dev/null
  local began
  began=$(uptime_ms)
  jump "$DAY"
  assert_equal "$(word_of limited)" running
  jump "-$DAY"
  restarted() { [ "$(isle inspect --format '{{.RestartCount}}' again)" -ge 3 ]; }
  wait_until restarted
  run -0 isle wait limited
  assert_output 137
  [ $(($(uptime_ms) - began)) -ge 4500 ]
  isle rm -f again limited
  start_container deaf -- sh -c 'trap "" TERM; echo ready; while :; do sleep 0.1; done'
  ready() { [ "$(isle logs deaf)" = ready ]; }
  wait_until ready
  began=$(uptime_ms)
  isle stop -t 4 deaf 2>/dev/null &
  local stopping=$!
  sleep 1
  jump "$DAY"
  sleep 1
  assert_equal "$(word_of deaf)" running
  jump "-$DAY"
  wait "$stopping"
  [ $(($(uptime_ms) - began)) -ge 3900 ]
  assert_equal "$(word_of deaf)" exited
  remove_container deaf
}

@test "clock: logs and events tell the time on the wall, and a container's age is never negative" {
  start_container box -- sh -c 'echo first; while [ ! -e /go ]; do sleep 0.1; done; echo second; sleep 1000'
  said() { isle logs box | grep -qx "$1"; }
  wait_until said first
  jump "$DAY"
  isle exec box touch /go
  wait_until said second
  run -0 isle logs --since 1h box
  assert_output second
  run -0 isle logs box
  assert_output $'first\nsecond'
  jump "-$DAY"
  jump "-$DAY"
  run -0 isle ps --format '{{.Status}} {{.RunningFor}}'
  refute_output --partial -
  run -0 isle events --stream=false --filter container=box --filter event=start --format '{{.Action}}'
  assert_output start
  jump "$DAY"
  remove_container box
}
