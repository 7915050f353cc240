# Why: other people's engines run on islet here, without touching the host's own. All of an engine
# lives in a room: a mount, a network and a PID namespace in which the packages that
# tools/get-engines fetched lie over /usr and /etc, and /run, /var and the stores are tmpfs. What
# the engine writes goes with the room; what it starts dies with the room's process 1. Control
# groups are the host's: engines are told to make theirs below /isle.
#
#   setup_file() { room_start dockerd || return 0; ...; }    teardown_file() { room_end; }
#   run -0 room docker run ...

ISLE_ENGINES_DIR=${ISLE_ENGINES_DIR:-${ISLE_TESTS_DIR%/*}/build/engines}

# bats 1.8 cannot skip a file: each test does.
setup() {
  [ -z "${ISLE_ROOM_LACKS-}" ] || skip "$ISLE_ROOM_LACKS"
  isle_setup
}

# A failed test must not take the next one's names: each file says how its engine is swept.
teardown() {
  [ -n "${ISLE_ROOM_LACKS-}" ] || [ -n "${BATS_TEST_COMPLETED-}" ] || sweep >/dev/null 2>&1 || true
  isle_teardown
}

# room_start PROGRAM...: status 1, and the tests of the file are skipped, when one of them cannot be
# had. ISLE_ROOM is the room's own directory, ISLE_ROOM_PID its process 1.
room_start() {
  export ISLE_ROOM=${TMPDIR:-/tmp}/isle-room.$$ ISLE_ROOM_PID='' ISLE_ROOM_LACKS=''
  [ "$(id -u)" -eq 0 ] || { ISLE_ROOM_LACKS="needs root"; return 1; }
  local outer program
  mkdir -m 0755 "$ISLE_ROOM"
  unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private \
    "$ISLE_TESTS_DIR/clients/room-init" "$ISLE_ROOM" "$ISLE_ENGINES_DIR/root" \
    >"$ISLE_ROOM/log" 2>&1 </dev/null 3>&- &
  outer=$!
  wait_until -t 20 test -s "$ISLE_ROOM/log" || return 1
  ISLE_ROOM_PID=$(children_of "$outer")
  if [ "$(tail -n 1 "$ISLE_ROOM/log")" != ready ]; then
    ISLE_ROOM_LACKS="needs a room of its own: $(cat "$ISLE_ROOM/log")"
    ISLE_ROOM_PID=
    return 1
  fi
  for program; do
    room sh -c "command -v $program" >/dev/null && continue
    ISLE_ROOM_LACKS="needs the program $program (tools/get-engines fetches it)"
    return 1
  done
  room cp -r "$ISLE_BIN_DIR/../share/isle/images/busybox" "$ISLE_ROOM/image"
  room cp "$ISLE_BIN_DIR/islet" "$ISLE_ROOM/islet"
}

room_end() {
  [ -n "${ISLE_ROOM-}" ] || return 0
  [ -z "$ISLE_ROOM_PID" ] || kill -KILL "$ISLE_ROOM_PID"
  wait_until room_is_gone
  rm -rf --one-file-system "$ISLE_ROOM"
}
room_is_gone() { [ -z "$ISLE_ROOM_PID" ] || [ ! -e "/proc/$ISLE_ROOM_PID/ns/pid" ]; }

# room COMMAND...: runs it in the room, which is the host to the engines.
room() { nsenter -t "$ISLE_ROOM_PID" --mount --net --pid -- "$@" 3>&- 8>&-; }
# room_write FILE: standard input becomes a file of the room.
room_write() { room sh -c 'mkdir -p "${1%/*}" && cat >"$1"' sh "$1"; }
# on_terminal COMMAND...: with a terminal of 30 rows and 100 columns.
on_terminal() {
  local words
  printf -v words '%q ' "$@"
  room script -qec "stty rows 30 cols 100; exec $words" /dev/null </dev/null
}
# containerd has no figures, whatever the runtime, when the kernel has a v1 hierarchy that is mounted
# nowhere (somebody's mount namespace may have made it).
require_mounted_hierarchies() {
  local controllers
  while IFS=: read -r _ controllers _; do
    [ -z "$controllers" ] || grep -q " - cgroup .*[,]${controllers##*,}\(,\|$\)" /proc/self/mountinfo ||
      skip "the v1 hierarchy $controllers is mounted nowhere"
  done </proc/self/cgroup
}
# room_cgroup PID CONTROLLER: the directory of the group of one of the room's processes.
room_cgroup() {
  local root path
  root=$(_controller_root "$2")
  path=$(room cat "/proc/$1/cgroup" | awk -F: -v want="$2" '
    index("," $2 ",", "," want ",") { v1 = $3 } $1 == 0 && $2 == "" { v2 = $3 }
    END { print v1 != "" ? v1 : v2 }')
  echo "$root$path"
}

# ---- engines that more than one file uses --------------------------------------------------------
# podman_room [TOML]: sets podman up in the room that was started, as docs/engines.md has it, TOML on
# top of that, and pulls the image localhost/busybox.
podman_room() {
  room_write /etc/containers/containers.conf <<TOML
${1-}
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "islet"
runtime_supports_json = ["islet"]
runtime_supports_nocgroup = ["islet"]
helper_binaries_dir = ["$ISLE_ROOM/helpers", "/usr/lib/podman", "/usr/libexec/podman"]
[engine.runtimes]
islet = ["$ISLE_ROOM/islet"]
TOML
  room podman pull -q "oci:$ISLE_ROOM/image"
  room sh -c "podman tag \$(podman images -q) localhost/busybox"
  # podman leaves conmon's group behind: it is there from the start, and goes with the file.
  room podman run --cgroup-parent /isle --rm --network none busybox true
}
podman_room_end() {
  room_end
  local root
  for root in $(awk '/ - cgroup/ { print $5 }' /proc/self/mountinfo); do
    [ ! -d "$root/isle/conmon" ] || wait_until rmdir "$root/isle/conmon"
  done
}

# containerd_room [COMMAND...]: starts containerd by COMMAND (room) in the room that was started, and
# imports the image busybox:latest.
containerd_room() {
  [ $# -gt 0 ] || set -- room
  room_write "$ISLE_ROOM/config.toml" <<TOML
version = 2
disabled_plugins = ["io.containerd.grpc.v1.cri"]
TOML
  "$@" containerd --config "$ISLE_ROOM/config.toml" >"$ISLE_ROOM/log" 2>&1 </dev/null &
  wait_until -t 30 containerd_answers || { cat "$ISLE_ROOM/log"; return 1; }
  room tar -C "$ISLE_ROOM/image" -cf "$ISLE_ROOM/image.tar" .
  room ctr image import --base-name busybox "$ISLE_ROOM/image.tar"
}
containerd_answers() { room ctr version >/dev/null 2>&1; }
