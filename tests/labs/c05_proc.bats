# Lab C5: /proc shows the PID namespace of whoever mounted it (proc(5)). Mounted for a new namespace
# in a mount namespace that was left shared it lands on the host and breaks it: the texts' error that
# nobody explained. Shown in a tree of its own; isle does not do it.
load lab

@test "proc: inside it is a fresh one, of the container's processes only" {
  require_root
  start_container proc-fresh
  local pid
  pid=$(pid_of proc-fresh)
  run -0 grep ' /proc ' "/proc/$pid/mounts"
  assert_output --regexp 'proc /proc proc rw,nosuid,nodev,noexec'
  run -0 inside proc-fresh sh -c 'echo /proc/[0-9]*; readlink /proc/self >/dev/null && cat /proc/1/comm'
  assert_output --regexp '^/proc/1 /proc/[0-9]+( /proc/[0-9]+)?'
  assert_output --partial sleep
  assert_not_equal "$(stat -c %d "/proc/$pid/root/proc")" "$(stat -c %d /proc)"
  remove_container proc-fresh
}

@test "proc: a proc mounted where / is shared breaks the host's" {
  require_root
  run -0 on_shared_host '
    unshare --pid --fork --mount --propagation unchanged sh -c "mount -t proc proc /proc; ps -o pid= | wc -l"
    # This "host" now has that mount on top. Its own processes have no number there.
    readlink /proc/self || echo "no self"
    umount /proc
    readlink /proc/self >/dev/null && echo healed'
  assert_line "no self"
  assert_line healed
}

@test "proc: isle leaves the host's as it is, also where / is shared" {
  require_root
  run -0 on_shared_host '
    before=$(grep " /proc " /proc/self/mountinfo)
    isle run --rm busybox sh -c "echo \$\$"
    start_container proc-shared
    [ "$(grep " /proc " /proc/self/mountinfo)" = "$before" ] && echo "same during"
    readlink /proc/self >/dev/null && echo works
    remove_container proc-shared
    [ "$(grep " /proc " /proc/self/mountinfo)" = "$before" ] && echo "same after"'
  assert_output $'1\nsame during\nworks\nsame after'
}

@test "proc: what steers or shows the host is masked or read-only" {
  require_root
  local core
  core=$(cat /proc/sys/kernel/core_pattern)
  start_container proc-masked
  run ! inside proc-masked sh -c 'echo "|/bin/false" >/proc/sys/kernel/core_pattern'
  assert_output --partial "Read-only file system"
  run ! inside proc-masked sh -c 'echo h >/proc/sysrq-trigger'
  assert_equal "$(cat /proc/sys/kernel/core_pattern)" "$core"
  run -0 inside proc-masked sh -c 'wc -c </proc/keys; ls /proc/acpi /proc/scsi 2>/dev/null | grep -v : | grep -c .; exit 0'
  assert_line 0 0
  assert_line 1 0
  # On the host the same file says something.
  run -0 sh -c 'wc -c </proc/interrupts'
  assert_between "$output" 1 100000000
  run -0 inside proc-masked sh -c 'wc -c </proc/interrupts'
  assert_output 0
  remove_container proc-masked
}
