# containerd on islet: its shim is told the runtime's path (ctr --runc-binary sets the option
# BinaryName, which a runtime of its configuration has, too).
load ../helpers
load room

setup_file() {
  room_start containerd ctr containerd-shim-runc-v2 || return 0
  containerd_room
}
teardown_file() { room_end; }
sweep() { remove one; }

ctr() { room ctr "$@"; }
# box ID COMMAND...: options of ctr run in front of the id.
box() { ctr run --runc-binary "$ISLE_ROOM/islet" --cgroup /isle/box "$@"; }
image=busybox:latest
# "RUNNING 1234"
task() { ctr task ls | awk -v id="$1" '$1 == id { print $3, $2 }'; }
is_in_state() { [ "$(task "$1" | cut -d' ' -f1)" = "$2" ]; }
remove() { ctr task rm -f "$1"; ctr container rm "$1"; }

@test "ctr run: output, exit status, a terminal" {
  run -0 box --rm $image one sh -c 'echo out; echo $$'
  assert_line out
  assert_line 1
  run -7 box --rm $image one sh -c 'exit 7'
  run -0 on_terminal ctr run --rm -t --runc-binary "$ISLE_ROOM/islet" --cgroup /isle/box $image one tty
  assert_output --partial /dev/pts/0
  run -0 ctr container ls -q
  refute_output
}

@test "ctr run: what islet says of a command that is missing arrives" {
  run -1 box --rm $image one nosuch
  assert_output --partial "OCI runtime create failed"
  assert_output --partial "nosuch: executable file not found in \$PATH"
  run -1 box --rm $image one /etc/passwd
  assert_output --partial "permission denied: /etc/passwd"
  run -0 ctr task ls -q
  refute_output
}

@test "ctr task: exec, ps, pause, resume, kill, delete" {
  box -d $image one sh -c 'trap "exit 7" TERM; while :; do echo . >>/count; sleep 0.02; done'
  wait_until is_in_state one RUNNING
  local pid; pid=$(task one | cut -d' ' -f2)
  run -0 ctr task exec --exec-id a one cat /proc/1/comm
  assert_output sh
  run -5 ctr task exec --exec-id b one sh -c 'exit 5'
  run -1 ctr task exec --exec-id c one nosuch
  assert_output --partial "nosuch: executable file not found in \$PATH"
  run -0 on_terminal ctr task exec -t --exec-id d one tty
  assert_output --partial /dev/pts/
  run -0 ctr task ps one
  assert_line --partial "$pid"

  wait_until room test -s "/proc/$pid/root/count"
  ctr task pause one
  is_in_state one PAUSED
  local before; before=$(count "$pid")
  run -1 ctr task exec --exec-id e one true
  assert_output --partial "paused"
  assert_equal "$(count "$pid")" "$before"
  ctr task resume one
  is_in_state one RUNNING
  wait_until counted_on "$pid" "$before"

  ctr task kill one
  wait_until is_in_state one STOPPED
  run -1 ctr task kill one
  assert_output --partial "process already finished"
  run -0 ctr task delete one
  assert_output --partial "exit code 7"
  ctr container rm one
}
count() { room stat -c %s "/proc/$1/root/count"; }
counted_on() { [ "$(count "$1")" -gt "$2" ]; }

@test "ctr task metrics: the container's own figures" {
  require_controller pids
  require_mounted_hierarchies
  box -d --memory-limit 33554432 $image one sleep 60
  run -0 ctr task metrics one
  case $(cgroup_mode) in
    v2) assert_output --regexp 'memory.usage +[1-9]' ;;
    *) assert_output --regexp 'memory.limit_in_bytes +33554432' ;;
  esac
  assert_output --regexp 'pids.current +1'
  remove one
}

@test "containerd: a container that is killed from outside is seen to end" {
  box -d $image one sleep 60
  room kill -KILL "$(task one | cut -d' ' -f2)"
  wait_until is_in_state one STOPPED
  run -0 ctr task delete one
  assert_output --partial "exit code 137"
  ctr container rm one
}
