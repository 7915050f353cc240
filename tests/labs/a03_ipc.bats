# Lab A3: System V objects and POSIX queues belong to the IPC namespace (ipc_namespaces(7)); /dev/shm
# is a mount, and so the mount namespace's matter.
load lab

KEY=1769173861 # "isle": a key that nobody else uses
ALL=$'queue yes\nsemaphore yes\nmemory yes\nposix-queue yes'
NONE=$'queue no\nsemaphore no\nmemory no\nposix-queue no'

setup() {
  isle_setup
  require_root
  require_fixture ipc
}
teardown() {
  "$FIXTURES/ipc" remove "$KEY"
  isle_teardown
}

@test "ipc: what the host made is not seen inside" {
  "$FIXTURES/ipc" make "$KEY"
  run -0 "$FIXTURES/ipc" look "$KEY"
  assert_output "$ALL"
  run -0 isle run --rm "${WITH_FIXTURES[@]}" busybox /fixtures/ipc look "$KEY"
  assert_output "$NONE"
  run -0 isle run --rm busybox cat /proc/sysvipc/msg /proc/sysvipc/sem /proc/sysvipc/shm
  assert_equal "${#lines[@]}" 3 # only the headings
}

@test "ipc: what is made inside is not seen on the host, and is gone with the namespace" {
  start_container ipc-own "${WITH_FIXTURES[@]}"
  inside ipc-own /fixtures/ipc make "$KEY"
  run -0 inside ipc-own /fixtures/ipc look "$KEY"
  assert_output "$ALL"
  run -0 inside ipc-own ls /dev/mqueue
  assert_output "isle-$KEY"
  run -0 "$FIXTURES/ipc" look "$KEY"
  assert_output "$NONE"
  # From the host, inside the same namespace: the kernel's own table shows it.
  run -0 nsenter --target "$(pid_of ipc-own)" --ipc "$FIXTURES/ipc" look "$KEY"
  assert_output "$ALL"
  local space
  space=$(ns_of "$(pid_of ipc-own)" ipc)
  assert_not_equal "$space" "$(ns_of self ipc)"
  remove_container ipc-own
  run processes_in ipc "$space"
  refute_output
}

@test "ipc: two containers see each other's only when they share the namespace" {
  start_container ipc-first "${WITH_FIXTURES[@]}"
  inside ipc-first /fixtures/ipc make "$KEY"
  run -0 isle run --rm "${WITH_FIXTURES[@]}" busybox /fixtures/ipc look "$KEY"
  assert_output "$NONE"
  run -0 --separate-stderr isle run --rm --ipc container:ipc-first "${WITH_FIXTURES[@]}" busybox /fixtures/ipc look "$KEY"
  assert_output "$ALL"
  # What people take for part of it is said: /dev/shm is a mount.
  [[ $stderr == *"/dev/shm is a mount"* ]] || _fail "no warning" stderr "$stderr"
  remove_container ipc-first
}

@test "ipc: --ipc host shows the host's" {
  "$FIXTURES/ipc" make "$KEY"
  run -0 isle run --rm --ipc host "${WITH_FIXTURES[@]}" busybox /fixtures/ipc look "$KEY"
  assert_output "$ALL"
}

@test "ipc: /dev/shm is a mount: private, and not shared by a shared IPC namespace" {
  local name=isle-lab-shm
  start_container ipc-shm --shm-size 4m
  inside ipc-shm touch "/dev/shm/$name"
  assert_not_exists "/dev/shm/$name"
  run -0 inside ipc-shm df -k /dev/shm
  assert_output --regexp ' 4096 '
  run -0 grep ' /dev/shm ' "/proc/$(pid_of ipc-shm)/mounts"
  assert_output --partial "tmpfs"
  run -0 --separate-stderr isle run --rm --ipc container:ipc-shm busybox ls /dev/shm
  refute_output --partial "$name"
  remove_container ipc-shm
}
