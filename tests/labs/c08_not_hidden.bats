# Lab C8: what namespaces do not hide, and that each is closed by default (docs/isolation.md has the
# table). The same attempts under `isle ns unshare` alone, which makes namespaces and nothing else, go
# through: the namespaces are not what stops them.
load lab

setup() {
  isle_setup
  require_root
}

# All namespaces but the user's, and none of a container's other walls.
bare() { isle ns unshare --mount --pid --fork --mount-proc --net --ipc --uts --cgroup -- "$@"; }

@test "not hidden: files of the kernel" {
  run -0 bare sh -c 'wc -c </proc/timer_list; (: >>/proc/sys/kernel/core_pattern) && echo writable'
  assert_line writable
  assert_not_equal "${lines[0]}" 0
  run -0 isle run --rm busybox sh -c 'wc -c </proc/timer_list; (: >>/proc/sys/kernel/core_pattern) 2>/dev/null || echo not writable'
  assert_output $'0\nnot writable'
}

@test "not hidden: devices of the machine" {
  run -0 bare sh -c 'mknod "$1" c 1 7 && echo made; rm "$1"' - "$ISLE_TEST_DIR/full"
  assert_output made
  run ! isle run --rm busybox mknod /tmp/disk b 8 0
  assert_output --partial "not permitted"
  run -0 isle run --rm busybox ls /dev
  refute_output --partial kvm
}

@test "not hidden: /sys and the control groups are the machine's" {
  run -0 bare sh -c 'ls /sys/class/block | wc -l; test -w /sys/kernel/uevent_helper || test -w /sys/kernel/profiling; echo $?'
  assert_line 0
  run -0 isle run --rm busybox sh -c 'mkdir /sys/fs/cgroup/made 2>&1 || true; echo x >/sys/kernel/profiling 2>&1 || true; ls /sys/firmware | wc -l'
  assert_line --partial "Read-only"
  assert_line 0
}

@test "not hidden: keyrings, with the same user namespace" {
  require_fixture user_key
  local name=isle-lab-$BASHPID
  "$FIXTURES/user_key" make "$name"
  run -0 bare "$FIXTURES/user_key" look "$name"
  assert_output "key yes"
  run ! isle run --rm "${WITH_FIXTURES[@]}" busybox /fixtures/user_key look "$name"
  "$FIXTURES/user_key" remove "$name"
}

@test "not hidden: the clock on the wall and the kernel's log" {
  run -0 bare sh -c 'dmesg 2>/dev/null | head -1 | wc -l'
  run ! isle run --rm busybox dmesg
  run isle run --rm busybox date -s 2030-01-01
  assert_output --partial "not permitted"
  assert_not_equal "$(date +%Y)" 2030
}
