# NOTIFY_SOCKET (sd_notify(3)): a service manager hears that the container's command is ready, and nothing
# else that the container says.
load ../helpers
load ../islet-bundle

# manager ADDRESS OUT: a service manager's end. Each datagram is a line, newlines as blanks; what comes
# with a descriptor closes it.
manager() {
  python3 - "$1" >"$2" 3>&- 8>&- <<'PY' &
import os, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
name = sys.argv[1]
s.bind("\0" + name[1:] if name[0] == "@" else name)
print("listens", flush=True)
while True:
    text, fds, _, _ = socket.recv_fds(s, 4096, 4)
    print(text.decode().strip().replace("\n", " "), flush=True)
    for fd in fds: os.close(fd)
PY
  manager=$!
  wait_until -t 60 grep -q listens "$2"
}
teardown() {
  [ -z "${manager-}" ] || kill "$manager"
  isle_teardown
}

# A command that says TEXT to its socket: busybox has no client of such sockets, so the host's python is
# bound into the container.
notifying() { # TEXT...
  local text=$1
  shift
  local mounts='' dir
  for dir in /usr /lib /lib64; do
    [ ! -d "$dir" ] || mounts+="{\"destination\": \"$dir\", \"type\": \"bind\", \"source\": \"$(realpath "$dir")\", \"options\": [\"rbind\", \"ro\"]},"
  done
  make_bundle "$@" --mounts "$mounts" /usr/bin/python3 -I /say.py "$text"
  cat >"$bundle/rootfs/say.py" <<'PY'
import os, socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.connect(os.environ["NOTIFY_SOCKET"])
for text in sys.argv[1].split("|"): s.send(text.replace(" ", "\n").encode())
print(os.environ["NOTIFY_SOCKET"], flush=True)
if os.path.exists("/tmp/stay"): time.sleep(100)
PY
}
require_host_python() {
  require_root
  require_program /usr/bin/python3
}

@test "islet run: READY=1 goes on, with the main process we name; nothing else does" {
  require_host_python
  manager "$ISLE_TEST_DIR/manager" "$ISLE_TEST_DIR/heard"
  notifying 'STATUS=waiting|MAINPID=1 FDSTORE=1|READY=1 MAINPID=7|WATCHDOG=1'
  NOTIFY_SOCKET=$ISLE_TEST_DIR/manager run -0 islet run -b "$bundle" one
  assert_output "$ISLE_TEST_DIR/manager/notify"
  run -0 cat "$ISLE_TEST_DIR/heard"
  assert_match "${lines[1]}" '^READY=1 MAINPID=[0-9]+$'
  assert_equal "${#lines[@]}" 2
  run -0 islet list -q
  refute_output
}

@test "islet run -d and start: they end when the command is ready; the manager is told its process" {
  require_host_python
  manager "@islet-test-$$" "$ISLE_TEST_DIR/heard"
  notifying 'READY=1'
  touch "$bundle/rootfs/tmp/stay"
  export NOTIFY_SOCKET=@islet-test-$$
  islet run -d -b "$bundle" one </dev/null >"$ISLE_TEST_DIR/out" 2>&1
  run -0 cat "$ISLE_TEST_DIR/heard"
  assert_line 1 "READY=1 MAINPID=$(pid_of one)"
  assert_line 2 BARRIER=1
  islet delete -f one
  islet create -b "$bundle" one </dev/null >"$ISLE_TEST_DIR/out" 2>&1
  assert_equal "$(wc -l <"$ISLE_TEST_DIR/heard")" 3
  islet start one
  run -0 cat "$ISLE_TEST_DIR/heard"
  assert_line 3 "READY=1 MAINPID=$(pid_of one)"
  islet delete -f one
  assert_not_exists "$ISLE_RUN/islet/one"
}

@test "islet: a command that ends without a word does not keep start; nor one that is not there the manager" {
  require_root
  require_program python3
  manager "$ISLE_TEST_DIR/manager" "$ISLE_TEST_DIR/heard"
  export NOTIFY_SOCKET=$ISLE_TEST_DIR/manager
  make_bundle true
  islet create -b "$bundle" one </dev/null >/dev/null 2>&1
  islet start one
  islet delete -f one
  make_bundle nosuch
  run islet run -b "$bundle" one
  assert_failure
  assert_output --partial nosuch
  assert_equal "$(cat "$ISLE_TEST_DIR/heard")" listens
  NOTIFY_SOCKET=vsock:2:9 run islet run -b "$bundle" one
  assert_failure 1
  assert_output --partial 'NOTIFY_SOCKET: "vsock:2:9" is neither a path nor an abstract name'
  run -0 islet list -q
  refute_output
}

@test "islet run: a manager that has gone is a warning" {
  require_host_python
  notifying READY=1
  NOTIFY_SOCKET=$ISLE_TEST_DIR/nobody run -0 islet run -b "$bundle" one
  assert_line "$ISLE_TEST_DIR/nobody/notify"
  assert_output --partial "warning: connect($ISLE_TEST_DIR/nobody)"
}

@test "islet: what users of a container's own namespace say is heard, too; the directory cannot be filled" {
  require_host_python
  manager "$ISLE_TEST_DIR/manager" "$ISLE_TEST_DIR/heard"
  export NOTIFY_SOCKET=$ISLE_TEST_DIR/manager
  notifying READY=1 --namespaces 'pid network ipc uts mount user' \
    --linux '"uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}], "gidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],'
  mkdir -p "$bundle/rootfs$ISLE_TEST_DIR" "$bundle/rootfs/usr" "$bundle/rootfs/lib" "$bundle/rootfs/lib64"
  mkdir -p "$bundle/rootfs$NOTIFY_SOCKET"
  run -0 islet run -b "$bundle" one
  assert_equal "$(wc -l <"$ISLE_TEST_DIR/heard")" 2
  make_bundle sh -c 'touch "${NOTIFY_SOCKET%/*}/file"'
  run -1 islet run -b "$bundle" two
  assert_output --partial "Read-only file system"
}
