# Lab C1: process 1 is the parent of every orphan of its namespace, and a program that does not wait
# for strangers collects zombies (pid_namespaces(7), wait(2)).
load lab

setup() {
  isle_setup
  require_root
  require_fixture orphans
}

# How many zombies the host sees among the children of a container's process 1.
zombies_of() { ps -o stat= --ppid "$1" | grep -c '^Z' || :; }
has_no_zombie() { [ "$(zombies_of "$1")" = 0 ]; }
# The same as the container sees it.
zombies_inside() { inside "$1" sh -c 'grep -l "^State:.Z" /proc/[0-9]*/status 2>/dev/null | wc -l'; }

@test "orphans: with sleep as process 1 a thousand stay as zombies" {
  start_container orphans-sleep "${WITH_FIXTURES[@]}"
  local pid
  pid=$(pid_of orphans-sleep)
  assert_equal "$(zombies_of "$pid")" 0
  inside orphans-sleep /fixtures/orphans 1000
  assert_equal "$(zombies_of "$pid")" 1000
  assert_equal "$(zombies_inside orphans-sleep)" 1000
  # They are dead: only the death of their parent frees their places.
  remove_container orphans-sleep
  run ! ps -o stat= --ppid "$pid"
}

@test "orphans: with --init none stays, and the command is not process 1" {
  start_container orphans-init --init "${WITH_FIXTURES[@]}"
  local pid
  pid=$(pid_of orphans-init)
  inside orphans-init /fixtures/orphans 1000
  wait_until has_no_zombie "$pid"
  assert_equal "$(zombies_inside orphans-init)" 0
  run -0 inside orphans-init sh -c 'cat /proc/1/comm; ps -o pid,args | grep "sleep 1000$"'
  assert_line 0 isle-init
  refute_output --regexp ' 1 sleep'
  remove_container orphans-init
}

@test "orphans: --init passes on the command's exit status and its signals" {
  run -7 isle run --rm --init busybox sh -c 'exit 7'
  run -143 isle run --rm --init busybox sh -c 'kill -TERM $$'
  start_container init-signal --init -- sh -c 'trap "echo term >/tmp/got; exit 5" TERM; touch /tmp/up
    while :; do sleep .1; done'
  wait_until inside init-signal test -e /tmp/up
  local pid
  pid=$(pid_of init-signal)
  kill -TERM "$pid"
  wait_until is_gone "$pid"
  remove_container init-signal
}

@test "orphans: a shell as process 1 reaps by itself" {
  start_container orphans-shell "${WITH_FIXTURES[@]}" -- sh -c 'while :; do sleep .1; done'
  local pid
  pid=$(pid_of orphans-shell)
  inside orphans-shell /fixtures/orphans 100
  wait_until has_no_zombie "$pid"
  assert_equal "$(cat "/proc/$pid/comm")" sh
  remove_container orphans-shell
}
