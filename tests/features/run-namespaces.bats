# isle run: which namespaces the command has: --pid --ipc --uts --userns --cgroupns --network
# --time-offset --uidmap --gidmap.
load ../labs/lab

link_inside() { # KIND FLAG...
  local kind=$1
  shift
  isle run --rm "$@" busybox readlink "/proc/self/ns/$kind"
}

@test "namespaces: private, host and container:NAME, each kind" {
  require_root
  start_container other
  local pid kind flag
  pid=$(pid_of other)
  for pair in pid:--pid ipc:--ipc uts:--uts net:--network cgroup:--cgroupns; do
    kind=${pair%%:*} flag=${pair#*:}
    assert_not_equal "$(link_inside "$kind")" "$(ns_of self "$kind")"
    assert_equal "$(link_inside "$kind" "$flag" host)" "$(ns_of self "$kind")"
    assert_equal "$(link_inside "$kind" "$flag" container:other)" "$(ns_of "$pid" "$kind")"
    assert_equal "$(link_inside "$kind" "$flag" "ns:/proc/$pid/ns/$kind")" "$(ns_of "$pid" "$kind")"
  done
  assert_not_equal "$(link_inside mnt)" "$(ns_of self mnt)"
  assert_equal "$(link_inside user)" "$(ns_of self user)"
  remove_container other
}

# joining NAME: an ordinary user's container has a user namespace, and whoever joins another kind joins that.
joining() { [ "$(id -u)" -eq 0 ] || echo "--userns container:$1"; }

@test "namespaces: container:NAME of one that does not run" {
  run -0 isle run --name ended busybox true
  run isle run --rm $(joining ended) --pid container:ended busybox true
  assert_failure 125
  assert_output --partial '"ended"'
  assert_output --partial "does not run"
  run -0 isle rm ended
}

@test "namespaces: --network none has a loopback only, and it is up" {
  run -0 isle run --rm --network none busybox sh -c 'ip -o link show up | wc -l; ip -o addr show lo'
  assert_line 0 1
  assert_output --partial 127.0.0.1/8
  run -0 isle run --rm --net none busybox sh -c 'echo hello | nc -l -p 80 & sleep 0.3; nc -w1 127.0.0.1 80'
  assert_output hello
}

@test "namespaces: two containers listen on one port" {
  start_container one -- nc -l -p 8080
  start_container two -- nc -l -p 8080
  sleep 0.3
  run -0 isle ps -q
  assert_equal "${#lines[@]}" 2
  remove_container one two
}

@test "namespaces: --network host keeps the host's name and names" {
  require_root
  run -0 isle run --rm --network host busybox hostname
  assert_output "$(uname -n)"
  run -0 isle run --rm --network host busybox cat /etc/resolv.conf
  assert_output "$(cat /etc/resolv.conf)"
}

@test "namespaces: --network container:NAME shares port and loopback" {
  start_container server -- sh -c 'while :; do echo hello | nc -l -p 9000; done'
  wait_until sh -c "'$ISLE_BIN_DIR/isle' run --rm $(joining server) --network container:server busybox nc -w1 127.0.0.1 9000 | grep -q hello"
  remove_container server
}

@test "namespaces: --ipc host shares /dev/shm" {
  require_root
  run -0 isle run --rm --ipc host busybox stat -c %d:%i /dev/shm
  assert_output "$(stat -c %d:%i /dev/shm)"
  run -0 isle run --rm --ipc none busybox sh -c 'grep -c " /dev/shm " /proc/mounts || true'
  assert_output 0
}

@test "namespaces: --uidmap and --gidmap" {
  require_root
  start_container mapped --uidmap 0:100000:1000 --gidmap 0:200000:1000
  local pid
  pid=$(pid_of mapped)
  assert_equal "$(status_of "$pid" Uid)" "100000 100000 100000 100000"
  assert_equal "$(status_of "$pid" Gid)" "200000 200000 200000 200000"
  run -0 inside mapped sh -c 'id -u; tr -s " " </proc/self/uid_map; tr -s " " </proc/self/gid_map; touch /file && stat -c %u:%g /file'
  assert_output $'0\n 0 100000 1000\n 0 200000 1000\n0:0'
  remove_container mapped
}

@test "namespaces: --userns auto gives each container ids of its own" {
  require_root
  start_container one --userns auto
  start_container two --userns auto
  local one two
  one=$(status_of "$(pid_of one)" Uid) two=$(status_of "$(pid_of two)" Uid)
  assert_not_equal "${one%% *}" 0
  assert_not_equal "$one" "$two"
  run -0 inside one sh -c 'id -u; touch /file; stat -c %u /file /bin/busybox; awk "{ print \$3 }" /proc/self/uid_map'
  assert_output $'0\n0\n0\n65536'
  run -0 inside one readlink /proc/self/ns/time
  assert_not_equal "$output" "$(ns_of self time)"
  remove_container one two
}

@test "namespaces: --cgroupns" {
  require_controller memory
  run -0 isle run --rm busybox sh -c 'cut -d: -f3 /proc/self/cgroup | sort -u'
  assert_line /
  refute_output --partial isle
  run -0 isle run --rm --cgroupns host busybox cat /proc/self/cgroup
  assert_output --partial isle
}

@test "namespaces: --time-offset" {
  require_root
  require_namespace time
  require_fixture clocks
  local before after
  before=$("$FIXTURES/clocks" | tr '\n' ' ')
  run -0 isle run --rm --time-offset monotonic=1000 --time-offset boottime=-1.5 "${WITH_FIXTURES[@]}" busybox /fixtures/clocks
  after=$("$FIXTURES/clocks" | tr '\n' ' ')
  set -- $before $after
  assert_between "$(sed -n 's/^monotonic //p' <<<"$output")" $(($2 + 1000)) $(($8 + 1000))
  assert_between "$(sed -n 's/^boottime //p' <<<"$output")" $(($4 - 2)) $((${10} - 1))
  assert_between "$(sed -n 's/^realtime //p' <<<"$output")" "$6" "${12}"
  run -0 isle run --rm busybox readlink /proc/self/ns/time
  assert_output "$(ns_of self time)"
}
