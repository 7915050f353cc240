# Lab E4: a node is a name, the control group is the permission: what is not on the list fails with
# EPERM at open(2), although the node is there (devices.rst; on v2 a BPF program).
load lab

# A device of this host that is on no default list, and that to open does nothing.
find_device() {
  local path
  for path in /dev/fuse /dev/loop-control /dev/net/tun /dev/vga_arbiter /dev/hpet; do
    (: <>"$path") 2>/dev/null || continue
    DEVICE=$path NUMBER="$(stat -c '%Hr %Lr' "$path")"
    return
  done
  skip "this host has none of the devices that may be opened for a test"
}
make_node() {
  NODE=$ISLE_TEST_DIR/node
  # shellcheck disable=SC2086
  mknod -m 0666 "$NODE" c $NUMBER
  (: >>"$NODE") 2>/dev/null || skip "device nodes do not work in $ISLE_TEST_DIR"
}

@test "devices: a node that exists and is not on the list: EPERM" {
  require_root
  require_controller devices
  find_device
  make_node
  run isle run --rm --volume "$NODE:/node" busybox sh -c 'stat -c "%F" /node; : >>/node'
  assert_failure
  assert_line "character special file"
  assert_output --partial "Operation not permitted"
}

@test "devices: added with --device it works, and only as far as the letters say" {
  require_root
  require_controller devices
  find_device
  run -0 isle run --rm --device "$DEVICE" busybox sh -c ": >>$DEVICE && : <$DEVICE && echo both"
  assert_output both
  run -0 isle run --rm --device "$DEVICE:/dev/other:w" busybox sh -c \
    ': >>/dev/other && echo written; (: </dev/other) 2>&1 || echo not read'
  assert_line written
  assert_line "not read"
  assert_output --partial "Operation not permitted"
  run ! isle run --rm busybox test -e "$DEVICE"
}

@test "devices: a node cannot be made for what is not on the list, CAP_MKNOD or not" {
  require_root
  require_controller devices
  find_device
  run isle run --rm --cap-add MKNOD busybox mknod /tmp/node c $NUMBER
  assert_failure
  assert_output --partial "Operation not permitted"
  run -0 isle run --rm --cap-add MKNOD busybox sh -c 'mknod /tmp/null c 1 3 && echo x >/tmp/null && echo made'
  assert_output made
  run isle run --rm busybox mknod /tmp/null c 1 3
  assert_failure
}

@test "devices: the usual ones are there and work" {
  require_root
  run -0 isle run --rm busybox sh -c 'exec 2>&1
    head -c4 /dev/zero | wc -c; head -c4 /dev/urandom | wc -c; head -c4 /dev/random | wc -c
    echo x >/dev/null; echo x >/dev/full || echo full; ls /dev/pts /dev/ptmx /dev/shm >/dev/null && echo dirs'
  assert_output --regexp $'^4\n4\n4\n.*full'
  assert_line dirs
}

@test "devices: the host's list of the group holds the defaults and nothing more" {
  require_root
  require_controller devices
  [ "$(cgroup_mode)" != v2 ] || skip "on v2 the list is a BPF program"
  start_container listed --device /dev/kmsg:/dev/kmsg:r
  run -0 sort "$(cgroup_dir "$(pid_of listed)" devices)/devices.list"
  remove_container listed
  assert_output "$(printf '%s\n' 'c 1:3 rwm' 'c 1:5 rwm' 'c 1:7 rwm' 'c 1:8 rwm' 'c 1:9 rwm' \
    'c 1:11 rm' 'c 5:0 rwm' 'c 5:1 rwm' 'c 5:2 rwm' 'c 136:* rwm' | sort)"
}

@test "devices: --privileged has all of the host's" {
  require_root
  run -0 isle run --rm --privileged busybox sh -c ': >>/dev/kmsg && echo opened'
  assert_output opened
}
