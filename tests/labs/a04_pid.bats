# Lab A4: one process, two numbers (pid_namespaces(7)); and what `ps` shows is what /proc is mounted.
load lab

@test "pid: the command is process 1 inside and another on the host" {
  require_root
  run -0 isle run --rm busybox sh -c 'echo $$'
  assert_output 1
  start_container pid-two -- sh -c 'echo $$ >/tmp/mine; sleep 1000 & wait'
  local pid
  pid=$(pid_of pid-two)
  assert_not_equal "$pid" 1
  wait_until inside pid-two test -s /tmp/mine
  run -0 inside pid-two cat /tmp/mine
  assert_output 1
  assert_equal "$(status_of "$pid" NSpid)" "$pid 1"
  # Inside, /proc knows only the inner number.
  run -0 inside pid-two sh -c "grep NSpid /proc/1/status | tr '\t' ' '"
  assert_output "NSpid: 1"
  assert_not_equal "$(ns_of "$pid" pid)" "$(ns_of self pid)"
  remove_container pid-two
}

@test "pid: its children have both numbers too, and the host sees every one" {
  require_root
  start_container pid-child -- sh -c 'sleep 1000 & wait'
  local pid child
  pid=$(pid_of pid-child)
  wait_until sh -c "grep -q . /proc/$pid/task/$pid/children"
  child=$(children_of "$pid")
  assert_match "$(status_of "$child" NSpid)" "^$child [0-9]+\$"
  assert_equal "$(ns_of "$child" pid)" "$(ns_of "$pid" pid)"
  assert_equal "$(status_of "$child" PPid)" "$pid"
  run -0 inside pid-child sh -c 'grep PPid /proc/[0-9]*/status | grep -c "PPid:.1$"'
  assert_output 1
  remove_container pid-child
}

@test "pid: with a fresh /proc ps shows the container alone" {
  require_root
  run -0 isle run --rm busybox ps -o pid,comm
  assert_equal "${#lines[@]}" 2
  assert_output --regexp "1 ps"
}

@test "pid: with the host's /proc mounted the container sees the host: the surprise of the texts" {
  require_root
  start_container pid-proc --volume /proc:/host-proc:ro
  # A process that only the host has.
  sleep 1000 3>&- 8>&- &
  local sleeper=$!
  run -0 inside pid-proc cat "/host-proc/$sleeper/comm"
  assert_output sleep
  run ! inside pid-proc test -d "/proc/$sleeper"
  # That mount belongs to the host's namespace: there the command has its outer number.
  local pid
  pid=$(pid_of pid-proc)
  run -0 inside pid-proc sh -c "grep NSpid /host-proc/$pid/status | tr '\t' ' '"
  assert_output "NSpid: $pid 1"
  # To see is not to reach: signals go by the namespace's numbers.
  run ! inside pid-proc kill -0 "$sleeper"
  kill "$sleeper"
  remove_container pid-proc
}

@test "pid: --pid host and --pid container:NAME share the numbers" {
  require_root
  run -0 isle run --rm --pid host busybox readlink /proc/self/ns/pid
  assert_output "$(ns_of self pid)"
  start_container pid-first
  run -0 isle run --rm --pid container:pid-first busybox sh -c 'readlink /proc/self/ns/pid; cat /proc/1/comm'
  assert_output "$(ns_of "$(pid_of pid-first)" pid)"$'\n'sleep
  remove_container pid-first
}
