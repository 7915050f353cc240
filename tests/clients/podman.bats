# podman on islet, which its configuration names as the runtime; networks are none.
load ../helpers
load room

setup_file() {
  room_start podman conmon || return 0
  podman_room
}
teardown_file() { podman_room_end; }
sweep() { podman rm -f -t 0 -a; }

podman() { room podman "$@"; }
# Health checks are run by hand here: podman asks systemd for its timers, and says so.
box() { podman run --network none --cgroup-parent /isle "$@"; }
state_of() { podman inspect --format '{{.State.Status}} {{.State.ExitCode}}' "$1"; }
is_in_state() { [ "$(state_of "$1")" = "$2" ]; }

@test "podman run: output, exit status, and a runtime called islet" {
  run -0 podman info --format '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Version}}'
  assert_line 0 "islet $("$ISLE_BIN_DIR/islet" --version | head -n 1)"
  run -0 box --rm busybox sh -c 'echo out; echo $$'
  assert_line out
  assert_line 1
  run -7 box --rm busybox sh -c 'exit 7'
  run -0 podman ps -aq
  refute_output
}

@test "podman run: a command that is missing is 127, one that cannot be executed 126" {
  run -127 box --rm busybox nosuch
  assert_output --partial "nosuch: executable file not found in \$PATH"
  run -127 box --rm busybox /bin/nosuch
  run -126 box --rm busybox /etc/passwd
  assert_output --partial "permission denied: /etc/passwd"
}

@test "podman: the life of a container, with exec, logs, top, pause, stop, start, kill" {
  box -d --name one busybox sh -c 'trap "exit 7" TERM; echo up; while :; do sleep 0.05; done'
  is_in_state one "running 0"
  local pid; pid=$(podman inspect --format '{{.State.Pid}}' one)
  assert_not_equal "$(room readlink "/proc/$pid/ns/pid")" "$(room readlink /proc/1/ns/pid)"
  run -0 podman exec -u nobody -w /tmp -e NAME=value one sh -c 'id -u; pwd; echo $NAME'
  assert_line 65534
  assert_line /tmp
  assert_line value
  run -5 podman exec one sh -c 'exit 5'
  run -127 podman exec one nosuch
  run -126 podman exec one /etc/passwd
  podman exec -d one touch /made
  wait_until podman exec one test -e /made
  run -0 podman logs one
  assert_output up
  run -0 podman top one pid capeff args
  assert_line --partial "NET_BIND_SERVICE"

  podman pause one
  is_in_state one "paused 0"
  run -255 podman exec one true
  podman unpause one
  podman exec one true

  podman stop -t 5 one
  is_in_state one "exited 7"
  podman start one
  podman kill one
  run -0 podman wait one
  assert_output 137
  run -125 podman kill one
  assert_output --partial "can only kill running containers"
  podman rm one
}

@test "podman: a terminal has the caller's size" {
  run -0 on_terminal podman run --rm -t --network none --cgroup-parent /isle busybox \
    sh -c 'tty; sleep 0.5; stty size'
  assert_line --partial /dev/pts/0
  assert_line --partial "30 100"
  box -d --name one busybox sleep 60
  run -0 on_terminal podman exec -t one tty
  assert_output --partial /dev/pts/
  podman rm -f -t 0 one
}

@test "podman run: --rootfs, as it is and below an overlay" {
  room mkdir "$ISLE_ROOM/tree"
  podman create --name one busybox
  room sh -c "podman export one | tar -C $ISLE_ROOM/tree -xf -"
  podman rm one
  run -0 box --rm --rootfs "$ISLE_ROOM/tree:O" sh -c 'touch /made && ls /made'
  assert_line /made
  room test ! -e "$ISLE_ROOM/tree/made"
  run -0 box --rm --rootfs "$ISLE_ROOM/tree" touch /made
  room test -e "$ISLE_ROOM/tree/made"
}

@test "podman run: limits, ids, mounts and the like reach the container" {
  require_controller memory
  require_controller pids
  box -d --name one --memory 64m --pids-limit 50 busybox sleep 60
  local group; group=$(room_cgroup "$(podman inspect --format '{{.State.Pid}}' one)" pids)
  assert_match "$group" '/isle/libpod-[0-9a-f]{64}$'
  assert_equal "$(cat "$group/pids.max")" 50
  run -0 podman stats --no-stream --format '{{.MemUsage}} | {{.BlockIO}} | {{.PIDs}}' one
  assert_output --regexp '/ 67.11MB \| .* \| 1$'
  podman rm -f -t 0 one

  podman volume create kept
  run -0 box --rm --user 1000:1001 --cap-drop all --read-only --tmpfs /scratch:size=1m -w /scratch \
    --ulimit nofile=100 --hostname there --uidmap 0:100000:65536 -v kept:/kept --pid host busybox sh -c '
      id -u; id -g; pwd; ulimit -n; hostname; cat /proc/self/uid_map
      touch /scratch/x && echo scratched; touch /x 2>&1 || echo closed'
  assert_line 0 1000
  assert_line 1 1001
  assert_line 2 /scratch
  assert_line 3 100
  assert_line 4 there
  assert_line --partial 100000
  assert_line scratched
  assert_line closed
  podman volume rm kept
}

@test "podman: health checks run in the container" {
  box -d --name one --health-cmd 'test -e /well' --health-retries 1 busybox sleep 60 2>/dev/null
  run -1 podman healthcheck run one
  podman exec one touch /well
  run -0 podman healthcheck run one
  podman rm -f -t 0 one 2>/dev/null
}

@test "podman update: limits of a running container" {
  require_controller memory
  require_controller pids
  box -d --name one --memory 64m --pids-limit 50 busybox sleep 60
  local pid; pid=$(podman inspect --format '{{.State.Pid}}' one)
  # podman 4.3 has no --pids-limit here.
  local limits=()
  if podman update --help | grep -q -- --pids-limit; then limits=(--pids-limit 40); fi
  podman update --memory 48m "${limits[@]}" one
  local file=memory.limit_in_bytes
  [ "$(cgroup_mode)" != v2 ] || file=memory.max
  assert_equal "$(cat "$(room_cgroup "$pid" memory)/$file")" $((48 << 20))
  if [ ${#limits[@]} -gt 0 ]; then assert_equal "$(cat "$(room_cgroup "$pid" pids)/pids.max")" 40; fi
  podman rm -f -t 0 one
}

@test "podman run: -v A:B:rshared: what the container mounts there the host sees, and keeps" {
  room sh -ec 'mkdir "$0" && mount -t tmpfs tmpfs "$0" && mount --make-shared "$0"' "$ISLE_ROOM/shared"
  run -0 box --rm --cap-add SYS_ADMIN -v "$ISLE_ROOM/shared:/mnt:rshared" busybox \
    sh -ec 'mkdir /mnt/in; mount -t tmpfs tmpfs /mnt/in; echo seen >/mnt/in/file'
  run -0 room cat "$ISLE_ROOM/shared/in/file"
  assert_output seen
  room umount "$ISLE_ROOM/shared/in" "$ISLE_ROOM/shared"
}
