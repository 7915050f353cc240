# isle run --sdnotify: what a service manager behind NOTIFY_SOCKET hears of a container, and from whom.
load ../helpers

# manager OUT: a service manager's end. Each datagram is a line, newlines as blanks; what comes with a
# descriptor closes it.
manager() {
  python3 - "$ISLE_TEST_DIR/manager" >"$1" 3>&- 8>&- <<'PY' &
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
print("listens", flush=True)
while True:
    text, fds, _, _ = socket.recv_fds(s, 4096, 4)
    if not fds: print(text.decode().strip().replace("\n", " "), flush=True)
    for fd in fds: os.close(fd)
PY
  manager=$!
  wait_until -t 60 grep -q listens "$1"
  export NOTIFY_SOCKET=$ISLE_TEST_DIR/manager
}
setup() {
  isle_setup
  require_program /usr/bin/python3
  HEARD=$ISLE_TEST_DIR/heard
  manager "$HEARD"
}
teardown() {
  [ -z "${manager-}" ] || kill "$manager"
  isle_teardown
}
heard() { grep -q -- "$1" "$HEARD"; }
# The flags that bring the host's python, which busybox has no equal of, and a program that says words.
python_inside() {
  local dir
  for dir in /usr /lib /lib64; do [ ! -d "$dir" ] || printf '%s\n' -v "$(realpath "$dir"):$dir:ro"; done
  cat >"$ISLE_TEST_DIR/say.py" <<'PY'
import os, socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(os.environ["NOTIFY_SOCKET"])
for text in sys.argv[1:]: s.send(text.encode())
time.sleep(1000)
PY
  printf '%s\n' -v "$ISLE_TEST_DIR/say.py:/say.py:ro"
}

@test "sdnotify container: READY=1 of the command goes on, with its monitor as main process; nothing else does" {
  require_root
  local flags
  mapfile -t flags < <(python_inside)
  isle run -d --name box --conmon-pidfile "$ISLE_TEST_DIR/pid" "${flags[@]}" busybox /usr/bin/python3 -I /say.py \
    STATUS=waiting $'MAINPID=1\nFDSTORE=1' READY=1 WATCHDOG=1 >/dev/null
  wait_until -t 60 heard READY=1
  local pid; pid=$(cat "$ISLE_TEST_DIR/pid")
  run -0 cat "$HEARD"
  assert_line "MAINPID=$pid"
  assert_line "READY=1 MAINPID=$pid"
  assert_equal "${#lines[@]}" 3
  # It stays where its manager looks for it.
  run ! grep isle-monitor "/proc/$pid/cgroup"
  run -0 isle inspect --format '{{.Config.Env}}' box
  refute_output --partial NOTIFY_SOCKET
  isle rm -f box
  assert_equal "$(find "$ISLE_ROOT/containers" -name notify)" ""
}

@test "sdnotify conmon: ready once it has started; the container gets no socket" {
  run -0 isle run -d --name box --sdnotify conmon --conmon-pidfile "$ISLE_TEST_DIR/pid" busybox sleep 1000
  run -0 cat "$HEARD"
  assert_line "MAINPID=$(cat "$ISLE_TEST_DIR/pid") READY=1"
  run isle exec box sh -c 'tr "\0" "\n" </proc/1/environ'
  refute_output --partial NOTIFY_SOCKET
  isle rm -f box
}

@test "sdnotify healthy: ready once its health check says so" {
  run -0 isle run -d --name box --sdnotify healthy --health-cmd 'test -e /well' --health-interval 100ms busybox sleep 1000
  wait_until heard MAINPID
  run ! heard READY
  isle exec box touch /well
  wait_until heard READY=1
  run -0 isle ps --format '{{.Status}}'
  assert_output --partial healthy
  isle rm -f box
  assert_equal "$(grep -c READY "$HEARD")" 1
  run isle run --sdnotify healthy busybox true
  assert_failure 125
  assert_output --partial 'has a health check'
}

@test "sdnotify ignore: nobody hears of it; a wrong word is refused; start tells, too" {
  isle run --rm --sdnotify ignore busybox true
  isle create --name box --sdnotify conmon busybox true >/dev/null
  assert_equal "$(cat "$HEARD")" listens
  isle start -a box
  run -0 cat "$HEARD"
  assert_match "${lines[1]}" '^MAINPID=[0-9]+ READY=1$'
  isle rm box
  run isle run --sdnotify other busybox true
  assert_failure 125
  assert_output --partial '--sdnotify cannot be "other"'
}

@test "sdnotify: a manager that has gone is a warning, the container runs" {
  NOTIFY_SOCKET=$ISLE_TEST_DIR/nobody run -0 isle run --rm --sdnotify conmon busybox echo hello
  assert_line hello
  assert_output --partial "connect($ISLE_TEST_DIR/nobody)"
}
