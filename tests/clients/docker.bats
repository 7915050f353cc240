# Docker on islet, which its configuration names as a runtime. The daemon makes no network.
load ../helpers
load room

setup_file() {
  room_start dockerd docker containerd || return 0
  export DOCKER_HOST=unix://$ISLE_ROOM/docker.sock
  room_write "$ISLE_ROOM/daemon.json" <<JSON
{"runtimes": {"islet": {"path": "$ISLE_ROOM/islet"}}, "default-runtime": "islet",
 "bridge": "none", "iptables": false, "ip6tables": false, "cgroup-parent": "/isle"}
JSON
  room dockerd --config-file "$ISLE_ROOM/daemon.json" --host "$DOCKER_HOST" \
    --pidfile "$ISLE_ROOM/docker.pid" >"$ISLE_ROOM/log" 2>&1 </dev/null &
  wait_until -t 30 answers || { cat "$ISLE_ROOM/log"; return 1; }
  # Its one layer.
  local layer; layer=$(room sh -c "ls -S $ISLE_ROOM/image/blobs/sha256/* | head -n 1")
  docker import --change 'CMD ["sh"]' "$layer" busybox
}
answers() { docker version >/dev/null 2>&1; }
teardown_file() { room_end; }
sweep() { docker rm -f one; }

docker() { room docker "$@"; }
box() { docker run --network none "$@"; }
state_of() { docker inspect --format '{{.State.Status}} {{.State.ExitCode}}' "$1"; }
is_in_state() { [ "$(state_of "$1")" = "$2" ]; }

@test "docker run: output, exit status, and a runtime called islet" {
  run -0 docker info --format '{{.DefaultRuntime}}'
  assert_output islet
  run -0 box --rm busybox sh -c 'echo out; echo $$; hostname'
  assert_line out
  assert_line 1
  run -7 box --rm busybox sh -c 'exit 7'
  run -0 docker ps -aq
  refute_output
}

@test "docker run: a command that is missing is 127, one that cannot be executed 126" {
  run -127 box --rm busybox nosuch
  assert_output --partial "nosuch: executable file not found in \$PATH"
  run -127 box --rm busybox /bin/nosuch
  assert_output --partial "/bin/nosuch: no such file or directory"
  run -126 box --rm busybox /etc/passwd
  assert_output --partial "permission denied: /etc/passwd"
  run -126 box --rm busybox /etc
}

@test "docker: the life of a container, with exec, logs, top, pause, stop, start, kill" {
  box -d --name one busybox sh -c 'trap "exit 7" TERM; echo up; while :; do sleep 0.05; done'
  is_in_state one "running 0"
  run -0 docker exec one sh -c 'echo $$ && cat /proc/1/comm'
  assert_line sh
  run -5 docker exec one sh -c 'exit 5'
  run -126 docker exec one nosuch
  run -0 docker logs one
  assert_output up
  run -0 docker top one -o pid,comm
  assert_line --partial sh

  docker pause one
  is_in_state one "paused 0"
  run -1 docker exec one true
  docker unpause one
  docker exec one true

  docker stop -t 5 one
  is_in_state one "exited 7"
  docker start one
  run -0 docker kill one
  run -0 docker wait one
  assert_output 137
  run -1 docker kill one
  assert_output --partial "is not running"
  docker restart one
  is_in_state one "running 0"
  docker rm -f one
}

@test "docker: a terminal has the caller's size" {
  run -0 on_terminal docker run --rm -t --network none busybox sh -c 'tty; sleep 0.5; stty size'
  assert_line --partial /dev/pts/0
  assert_line --partial "30 100"
  box -d --name one busybox sleep 60
  run -0 on_terminal docker exec -t one tty
  assert_output --partial /dev/pts/
  docker rm -f one
}

@test "docker run: limits, user, capabilities, mounts and the like reach the container" {
  require_controller memory
  require_controller pids
  box -d --name one --memory 64m --pids-limit 50 busybox sleep 60
  local pid; pid=$(docker inspect --format '{{.State.Pid}}' one)
  local group; group=$(room_cgroup "$pid" pids)
  assert_match "$group" '/isle/[0-9a-f]{64}$'
  assert_equal "$(cat "$group/pids.max")" 50
  docker rm -f one

  run -0 box --rm --user 1000:1001 --cap-drop all --read-only --tmpfs /scratch:size=1m -w /scratch \
    -e NAME=value --hostname there --init --ulimit nofile=100 --sysctl net.ipv4.ip_forward=1 \
    -v "$ISLE_ROOM/image:/image:ro" --shm-size 3m busybox sh -c '
      id -u; id -g; pwd; echo $NAME; hostname; ulimit -n; cat /proc/1/comm
      cat /proc/sys/net/ipv4/ip_forward; grep CapEff /proc/self/status
      touch /scratch/x && echo scratched; touch /x 2>&1 || echo closed; touch /image/x 2>&1 || echo kept
      df -k /dev/shm | tail -n 1'
  assert_line 0 1000
  assert_line 1 1001
  assert_line 2 /scratch
  assert_line 3 value
  assert_line 4 there
  assert_line 5 100
  assert_line 6 docker-init
  assert_line 7 1
  assert_line --partial 0000000000000000
  assert_line scratched
  assert_line closed
  assert_line kept
  assert_line --partial 3072
}

@test "docker: running out of memory is 137, and said" {
  require_controller memory
  require_mounted_hierarchies
  # The shell goes on, for docker may hear of an exit before it hears of the memory.
  run -0 box --name one --memory 20m --memory-swap 20m busybox \
    sh -c 'tail /dev/zero; echo "ended with $?"; sleep 1'
  assert_output --partial "ended with 137"
  run -0 docker inspect --format '{{.State.OOMKilled}}' one
  assert_output true
  docker rm one
}

@test "docker stats: the container's own figures" {
  require_controller memory
  require_mounted_hierarchies
  box -d --name one --memory 64m busybox sleep 60
  run -0 docker stats --no-stream --format '{{.MemUsage}} | {{.BlockIO}} | {{.PIDs}}' one
  assert_output --regexp '/ 64MiB \| 0B / 0B \| 1$'
  docker rm -f one
}

@test "docker: health checks run in the container" {
  box -d --name one --health-cmd 'test -e /well' --health-interval 300ms --health-retries 1 busybox sleep 60
  wait_until -t 10 has_health one unhealthy
  docker exec one touch /well
  wait_until -t 10 has_health one healthy
  docker rm -f one
}
has_health() { [ "$(docker inspect --format '{{.State.Health.Status}}' "$1")" = "$2" ]; }

@test "docker update: limits of a running container" {
  require_controller memory
  require_controller pids
  box -d --name one --memory 64m --pids-limit 50 busybox sleep 60
  local pid; pid=$(docker inspect --format '{{.State.Pid}}' one)
  docker update --memory 80m --memory-swap 160m --pids-limit 70 --cpu-shares 512 one
  assert_equal "$(cat "$(room_cgroup "$pid" pids)/pids.max")" 70
  local file=memory.limit_in_bytes
  [ -e "$(room_cgroup "$pid" memory)/$file" ] || file=memory.max
  assert_equal "$(cat "$(room_cgroup "$pid" memory)/$file")" $((80 << 20))
  docker rm -f one
}

@test "docker run: -v A:B:rshared: what the container mounts there the host sees, and keeps" {
  room sh -ec 'mkdir "$0" && mount -t tmpfs tmpfs "$0" && mount --make-shared "$0"' "$ISLE_ROOM/shared"
  run -0 box --rm --cap-add SYS_ADMIN --security-opt apparmor=unconfined -v "$ISLE_ROOM/shared:/mnt:rshared" busybox \
    sh -ec 'mkdir /mnt/in; mount -t tmpfs tmpfs /mnt/in; echo seen >/mnt/in/file'
  run -0 room cat "$ISLE_ROOM/shared/in/file"
  assert_output seen
  room umount "$ISLE_ROOM/shared/in" "$ISLE_ROOM/shared"
}

@test "dockerd --add-runtime: docker run --runtime islet, beside the daemon's own" {
  local DOCKER_HOST=unix://$ISLE_ROOM/second.sock
  room dockerd --add-runtime "islet=$ISLE_ROOM/islet" --host "$DOCKER_HOST" --pidfile "$ISLE_ROOM/second.pid" \
    --data-root /var/lib/docker/second --exec-root /run/docker-second --cgroup-parent /isle \
    --bridge none --iptables=false --ip6tables=false >"$ISLE_ROOM/second.log" 2>&1 </dev/null &
  wait_until -t 30 answers || _fail "the daemon does not answer" log "$(cat "$ISLE_ROOM/second.log")"
  run -0 docker info --format '{{.DefaultRuntime}} {{(index .Runtimes "islet").Path}}'
  assert_output "runc $ISLE_ROOM/islet"
  local layer; layer=$(room sh -c "ls -S $ISLE_ROOM/image/blobs/sha256/* | head -n 1")
  docker import "$layer" busybox
  run -7 docker run --rm --runtime islet --network none busybox sh -c 'cat /proc/1/comm; exit 7'
  assert_output sh
  docker run -d --name one --runtime islet --network none busybox sleep 1000
  run -0 docker inspect --format '{{.HostConfig.Runtime}}' one
  assert_output islet
  run -0 docker exec one cat /proc/1/comm
  assert_output sleep
  docker rm -f one
  room sh -c 'kill "$(cat "$1")"' sh "$ISLE_ROOM/second.pid"
  wait_until -t 30 test ! -e "/proc/$ISLE_ROOM_PID/root$ISLE_ROOM/second.pid"
}
