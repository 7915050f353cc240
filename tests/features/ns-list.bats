# isle ns kinds, ls, tree, show and why: every namespace is found, whatever keeps it.
load ../helpers

ZOO=$(realpath -m "$ISLE_BIN_DIR/../tests/fixtures")/ns_zoo

# Runs a script in a mount namespace of its own, in which a zoo of namespaces is alive: the array
# `animal` has their inodes by name.
with_zoo() {
  mkdir "$ISLE_TEST_DIR/zoo"
  unshare --mount --propagation private bash -euc "
    BATS_VERSION=
    source '$ISLE_TESTS_DIR/helpers.bash'
    ISLE_TEST_DIR='$ISLE_TEST_DIR'
    declare -A animal
    coproc zoo { exec '$ZOO' '$ISLE_TEST_DIR/zoo' 8>&- 3>&-; }
    while read -r name kind inode <&\"\${zoo[0]}\"; do
      [ \"\$name\" != ready ] || break
      animal[\$name]=\$kind:\$inode
    done
    [ -n \"\${animal[time-for-children]-}\" ]
    shelter() { exec {zoo[1]}>&-; wait \"\$zoo_PID\" 2>/dev/null || true; }
    trap shelter EXIT
    $1" 3>&- 8>&-
}

@test "ns: the eight kinds, their flags and whether they are here" {
  run -0 isle ns kinds --format '{{.Kind}} {{.Flag}} {{.Since}} {{.Here}} {{.Own}}'
  assert_equal "${#lines[@]}" 8
  assert_line "uts CLONE_NEWUTS 2.6.19 yes $(readlink /proc/self/ns/uts)"
  assert_line "mnt CLONE_NEWNS 2.4.19 yes $(readlink /proc/self/ns/mnt)"
  assert_line --partial "cgroup CLONE_NEWCGROUP 4.6"
  assert_line --partial "time CLONE_NEWTIME 5.6"
}

@test "ns: ls agrees with lsns where lsns looks, for root and for an ordinary user" {
  require_program lsns
  require_root
  local kind
  for kind in uts net user pid; do
    run -0 --separate-stderr isle ns ls --kind $kind --members-only --format '{{.Inode}}'
    for inode in $(lsns -n -r -t $kind -o NS); do assert_line "$inode"; done
  done
  run -0 --separate-stderr run_as_user isle ns ls --kind uts -q
  assert_line "$(readlink /proc/self/ns/uts | tr -dc 0-9)"
  # What could not be read is counted, never passed over in silence.
  [[ $stderr =~ [0-9]+" processes could not be read" ]]
}

@test "ns: the zoo: each animal is found, and why it is alive" {
  require_root
  require_program lsns
  require_namespace time
  local found
  found=$(with_zoo '
    isle ns ls --format "{{.Kind}}:{{.Inode}} {{.Processes}} {{.Kept}}" 2>"$ISLE_TEST_DIR/notes" >"$ISLE_TEST_DIR/all"
    for name in "${!animal[@]}"; do
      echo "$name: $(grep "^${animal[$name]} " "$ISLE_TEST_DIR/all" | cut -d" " -f2-)"
      ! lsns -n -r -o NS | grep -qx "${animal[$name]#*:}" || echo "lsns: $name"
    done
    isle ns why "${animal[socket]#*:}"
    isle ns why "${animal[process-less]#*:}" 2>/dev/null
  ')
  output=$found lines=()
  mapfile -t lines <<<"$found"
  assert_line "bind-mount: 0 bind mount"
  assert_line "descriptor: 0 descriptor"
  assert_line "socket: 0 socket"
  assert_line "process-less: 0 descriptor"
  assert_line "nested-ipc: 0 bind mount"
  assert_line "thread: 0 thread"
  assert_line "parent-user: 0 child"
  assert_line "time-for-children: 0 for children"
  [ ! -c /dev/net/tun ] || assert_line "tun: 0 tun device"
  # Opened by a handle where the kernel has them; else its procfs is told.
  if [[ $found != *"dead-pid: 0 proc mount"* ]]; then
    require_kernel_lacks_handles
    run -0 cat "$ISLE_TEST_DIR/notes"
    assert_output --partial "shows a PID namespace without processes"
  fi
  # lsns sees none of them.
  refute_output --partial "lsns:"
  assert_output --partial "is a socket made in it"
  assert_output --partial "to end that: close descriptor"
}

# Handles of nsfs came with 6.18.
require_kernel_lacks_handles() {
  ! printf '%s\n%s\n' 6.18 "$(uname -r)" | sort -CV || _fail "the dead PID namespace was not found"
}

# A namespace that is held by a descriptor on its way through a socket alone: no walk meets it.
@test "ns: listns finds what no walk does, where the kernel has it; without it the rest is found" {
  require_root
  require_program python3
  local answer=$ISLE_BIN_DIR/../tests/fixtures/answer_listns
  [ -x "$answer" ] || _fail "the fixture is not built" path "$answer"
  python3 - "$ISLE_TEST_DIR/name" 3>&- 8>&- <<'PY' &
import ctypes, fcntl, os, socket, struct, sys, time
libc = ctypes.CDLL(None, use_errno=True)
NEWUTS = 0x4000000
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # numbers are given out by each CPU
near, far = socket.socketpair(socket.AF_UNIX)
assert libc.unshare(NEWUTS) == 0
name, space = os.readlink("/proc/self/ns/uts"), os.open("/proc/self/ns/uts", os.O_RDONLY)
# The neighbour, in which this process stays: --deep tries the numbers beside those that are known.
assert libc.unshare(NEWUTS) == 0
try:
    number = struct.unpack("Q", fcntl.ioctl(space, 0x8008b70d, bytes(8)))[0]  # NS_GET_ID
except OSError:
    number = 0
socket.send_fds(near, [b"x"], [space])
os.close(space)
with open(sys.argv[1] + ".new", "w") as file: file.write(f"{name} {number}")
os.rename(sys.argv[1] + ".new", sys.argv[1])
time.sleep(1000)
PY
  local holder=$! name id
  wait_until test -e "$ISLE_TEST_DIR/name"
  read -r name id <"$ISLE_TEST_DIR/name" || true
  run -0 --separate-stderr isle ns ls --format '{{.Name}}'
  assert_line "$(readlink /proc/self/ns/uts)"
  # Linux 6.19 and later have the call themselves.
  if printf '%s\n%s\n' 6.19 "$(uname -r)" | sort -CV; then
    assert_line "$name"
  else
    refute_output --partial "$name"
  fi
  [ "$id" != 0 ] || { kill "$holder"; skip "this kernel does not number namespaces (6.18 does)"; }
  # By handles, which 6.18 has; what is beside it in number is known.
  run -0 --separate-stderr isle ns ls --deep --kind uts --format '{{.Name}}'
  assert_line "$name"
  # Kinds are asked for one by one; an id that is none is passed over.
  local inode=${name#*[}
  inode=${inode%]}
  run -0 --separate-stderr "$answer" "0x4000000:$id:$inode" 0x4000000:999999999:5 -- \
    "$ISLE_BIN_DIR/isle" ns ls --format '{{.Name}} {{.Processes}}'
  assert_line "$name 0"
  assert_line --partial "$(readlink /proc/self/ns/uts) "
  kill "$holder"
  wait "$holder" || true
}

@test "ns: what was alive is gone when its last holder is" {
  require_root
  run -0 with_zoo '
    inode=${animal[socket]#*:}
    isle ns ls -q 2>/dev/null | grep -x "$inode"
    shelter
    trap - EXIT
    gone() { ! isle ns ls -q 2>/dev/null | grep -qx "$inode"; }
    wait_until gone
    isle ns why "$inode" 2>&1 || echo "status $?"'
  assert_output --partial "there is no namespace"
  assert_line "status 125"
}

@test "ns: a container's namespaces have its name, and show says whose they are" {
  require_root
  isle run -d --name ns-box --hostname box busybox sleep 100 >/dev/null
  local pid
  pid=$(isle inspect ns-box | sed -n 's/^ *"pid": \([0-9]*\),\{0,1\}$/\1/p' | head -1)
  run -0 --separate-stderr isle ns ls --format '{{.Kind}} {{.Container}} {{.PID}}'
  for kind in cgroup ipc mnt net pid uts; do assert_line "$kind ns-box $pid"; done
  run -0 isle ns show ns-box
  assert_output --partial "$(readlink "/proc/$pid/ns/uts")"
  assert_output --partial "container  ns-box"
  run -0 isle ns show "$(readlink "/proc/$pid/ns/net")" --format '{{.Inode}} {{.Flag}} {{len .Holders}}'
  assert_output --partial "CLONE_NEWNET"
  run -0 isle ns show "/proc/$pid/ns/ipc" --format '{{.Container}}'
  assert_output ns-box
  run -0 --separate-stderr isle ns tree
  assert_output --partial "$(readlink "/proc/$pid/ns/net") ns-box"
  run -0 --separate-stderr isle ns tree --by pid
  assert_output --partial "─ $(readlink "/proc/$pid/ns/pid") ns-box"
  isle rm -f ns-box >/dev/null
}

@test "ns: the initial ones never end, and what is none is said" {
  run -0 --separate-stderr isle ns why "$(readlink /proc/self/ns/user)"
  assert_output --partial "never ends"
  run -125 isle ns show 1
  assert_output --regexp "may not be read|there is no"
  run -125 isle ns show /etc/passwd
  assert_output --partial "is no namespace"
  run -125 isle ns ls --kind disk
  assert_output --partial '"disk" is no kind of namespace'
  run -125 isle ns tree --by net
  assert_output --partial "other kinds have no parents"
}
