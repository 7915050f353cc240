# Why: other people's engines run on islet here, without touching the host's own. All of an engine
# lives in a room: a mount, a network and a PID namespace in which the packages that
# tools/get-engines fetched lie over /usr and /etc, and /run, /var and the stores are tmpfs. What
# the engine writes goes with the room; what it starts dies with the room's process 1. Control
# groups are the host's: engines are told to make theirs below /isle.
#
#   setup_file() { room_start dockerd; ...; }    teardown_file() { room_end; }
#   run -0 room docker run ...

ISLE_ENGINES_DIR=${ISLE_ENGINES_DIR:-${ISLE_TESTS_DIR%/*}/build/engines}

# room_start PROGRAM...: the tests of the file are skipped when one of them cannot be had. ISLE_ROOM is
# the room's own directory, ISLE_ROOM_PID its process 1.
room_start() {
  require_root
  local outer program
  export ISLE_ROOM=${TMPDIR:-/tmp}/isle-room.$$ ISLE_ROOM_PID=
  mkdir -m 0755 "$ISLE_ROOM"
  unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private \
    "$ISLE_TESTS_DIR/clients/room-init" "$ISLE_ROOM" "$ISLE_ENGINES_DIR/root" \
    >"$ISLE_ROOM/log" 2>&1 </dev/null 3>&- &
  outer=$!
  wait_until -t 20 test -s "$ISLE_ROOM/log" || return 1
  ISLE_ROOM_PID=$(children_of "$outer")
  [ "$(tail -n 1 "$ISLE_ROOM/log")" = ready ] || skip "needs a room of its own: $(cat "$ISLE_ROOM/log")"
  for program; do
    room sh -c "command -v $program" >/dev/null ||
      skip "needs the program $program (tools/get-engines fetches it)"
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
# room_cgroup PID CONTROLLER: the directory of the group of one of the room's processes.
room_cgroup() {
  local root path
  root=$(_controller_root "$2")
  path=$(room cat "/proc/$1/cgroup" | awk -F: -v want="$2" '
    index("," $2 ",", "," want ",") { v1 = $3 } $1 == 0 && $2 == "" { v2 = $3 }
    END { print v1 != "" ? v1 : v2 }')
  echo "$root$path"
}
