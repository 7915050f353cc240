# Lab E2: over its limit of memory, with no swap to flee to, the kernel kills: 128 + KILL, and isle
# says what the status alone does not.
load lab

LIMITED=(--memory 32m --memory-swap 32m)
# dd keeps a block in memory, and has written all of it.
EATER=(dd if=/dev/zero of=/dev/null bs=64M count=1)

@test "memory: the limits arrive on the host" {
  require_root
  require_controller memory
  start_container limited "${LIMITED[@]}" --memory-reservation 16m
  local group
  group=$(cgroup_dir "$(pid_of limited)" memory)
  if [ "$(cgroup_mode)" = v2 ]; then
    assert_equal "$(cat "$group/memory.max")" 33554432
    assert_equal "$(cat "$group/memory.low")" 16777216
    [ ! -e "$group/memory.swap.max" ] || assert_equal "$(cat "$group/memory.swap.max")" 0
  else
    assert_equal "$(cat "$group/memory.limit_in_bytes")" 33554432
    assert_equal "$(cat "$group/memory.soft_limit_in_bytes")" 16777216
    [ ! -e "$group/memory.memsw.limit_in_bytes" ] ||
      assert_equal "$(cat "$group/memory.memsw.limit_in_bytes")" 33554432
  fi
  remove_container limited
}

@test "memory: PID 1 over the limit is killed: 137, and out of memory is said" {
  require_root
  require_controller memory
  run --separate-stderr isle run --rm "${LIMITED[@]}" busybox "${EATER[@]}"
  assert_failure 137
  output=$stderr
  assert_output --partial "out of memory: the kernel killed PID 1; limit 32.0 MiB, peak 3"
}

@test "memory: below the limit nothing happens" {
  require_root
  require_controller memory
  run --separate-stderr isle run --rm "${LIMITED[@]}" busybox dd if=/dev/zero of=/dev/null bs=8M count=1
  assert_success
  [[ $stderr != *"out of memory"* ]] || _fail "out of memory is said" told "$stderr"
}

@test "memory: a child over the limit is killed and PID 1 goes on; that is said too" {
  require_root
  require_controller memory
  run --separate-stderr isle run --rm "${LIMITED[@]}" busybox sh -c "${EATER[*]}; echo child \$?"
  assert_success
  assert_output "child 137"
  output=$stderr
  assert_output --partial "out of memory: the kernel killed a child, PID 1 went on; limit 32.0 MiB"
}

@test "memory: a detached container's end is kept" {
  require_root
  require_controller memory
  isle run -d --name eater "${LIMITED[@]}" busybox "${EATER[@]}" >/dev/null
  wait_until bash -c '"$0" ps -a | grep -q "Exited (137)"' "$ISLE_BIN_DIR/isle"
  run -0 isle ps -a
  assert_output --partial "out of memory"
  run -0 isle inspect eater
  assert_output --regexp '"oom_killed": *true'
  run -0 isle rm eater
}

@test "memory: who is killed by others is not out of memory" {
  require_root
  run --separate-stderr isle run --rm --init busybox sh -c 'kill -KILL $$'
  assert_failure 137
  [[ $stderr != *"out of memory"* ]] || _fail "out of memory is said" told "$stderr"
}
