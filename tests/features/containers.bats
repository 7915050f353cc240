# isle pause, unpause, rename, top, container ...: what is done with containers that are there.
load ../labs/lab

state_of() { isle inspect --format '{{.status}}' "$1"; }

@test "pause: every process stops, the host sees them frozen; unpause lets them go on" {
  isle run -d --name one busybox sh -c 'while :; do date +%N >/tmp/now; usleep 1000; done'
  local file
  file=/proc/$(pid_of one)/root/tmp/now
  wait_until test -s "$file"
  run -0 isle pause one
  assert_output one
  assert_equal "$(state_of one)" paused
  local before
  before=$(cat "$file")
  run -0 isle top one
  sleep 0.1
  assert_equal "$(cat "$file")" "$before"
  run isle pause one
  assert_failure 1
  assert_output --partial 'container "one" is paused already'
  run -0 isle unpause one
  assert_equal "$(state_of one)" running
  changed() { [ "$(cat "$file")" != "$before" ]; }
  wait_until changed
  run isle unpause one
  assert_failure 1
  assert_output --partial 'container "one" is not paused'
  isle rm -f one
}

@test "pause --all takes those that run, unpause --all those that are paused" {
  isle run -d --name one busybox sleep 100
  isle run -d --name two busybox sleep 100
  isle pause two
  run -0 isle pause --all
  assert_output one
  run -0 isle unpause --all
  assert_line one
  assert_line two
  run isle pause --all one
  assert_failure 125
  isle rm -f one two
}

@test "rename: the new name is the container's, the old one is free; a taken one is refused" {
  isle run -d --name one busybox sleep 100
  isle run -d --name two busybox sleep 100
  run -0 isle rename one three
  refute_output
  assert_equal "$(isle inspect --format '{{.name}}' three)" three
  run isle inspect one
  assert_failure 1
  run isle rename two three
  assert_failure 1
  assert_output --partial 'the name "three" belongs to container'
  run isle rename two 'a/b'
  assert_failure 1
  isle run --rm --name one busybox true
  isle rm -f two three
}

@test "rename: what a crash in the middle left is no obstacle" {
  isle run -d --name one busybox sleep 100
  # As after the first of three steps: both names lead to the container, whose record knows one.
  ln -s "$(readlink "$ISLE_ROOT/container-names/one")" "$ISLE_ROOT/container-names/other"
  isle run --rm --name other busybox true
  run isle run --rm --name one busybox true
  assert_failure 125
  isle rm -f one
}

@test "top: the container's processes as the host knows them, in the columns asked for" {
  isle run -d --name one busybox sh -c 'sleep 1000 & wait'
  two_processes() { [ "$(isle top one | wc -l)" -eq 3 ]; }
  wait_until two_processes
  run -0 isle top one
  assert_line --partial 'sleep 1000'
  assert_line --partial " $(pid_of one) "
  run -0 isle top one -o pid,comm
  assert_output --regexp 'PID +COMMAND'
  assert_output --regexp "$(pid_of one) sh"
  run isle top one -o comm
  assert_failure 1
  assert_output --partial 'no column PID'
  isle rm -f one
  run isle top one
  assert_failure 1
}

@test "container: the commands under their long names; exists by the status, prune only those that ended" {
  isle run --name ended busybox true
  isle run -d --name live busybox sleep 100
  run -0 isle container ls -a --format '{{.Names}}'
  assert_line ended
  assert_line live
  isle container exists live
  run isle container exists nobody
  assert_failure 1
  refute_output
  run -0 isle container inspect --format '{{.name}}' live
  assert_output live
  run isle container inspect busybox
  assert_failure 1
  run -0 isle container prune --force
  assert_output --partial 'ended'
  run -0 isle ps -a --format '{{.Names}}'
  assert_output live
  run isle container bananas
  assert_failure 125
  assert_output --partial 'no command "bananas"'
  isle container rm -f live
}

@test "stats: CPU, memory and processes are near what the host's files say" {
  require_controller memory
  isle run -d --name busy --memory 64m --cpuset-cpus 0 busybox sh -c 'while :; do :; done'
  isle run -d --name idle busybox sleep 1000
  isle run --name ended busybox true
  run -0 isle stats --no-stream --format '{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.PIDs}}'
  assert_output --regexp 'busy [0-9]{1,3}\.[0-9]{2}% [0-9.]+[kM]?B / 67.1MB 1'
  assert_output --regexp 'idle [01]\.[0-9]{2}% [0-9.]+[kM]?B / [0-9.]+GB 1'
  refute_output --partial ended
  local percent
  percent=$(isle stats --no-stream --format '{{.CPUPerc}}' busy)
  assert_between "${percent%.*}" 5 110
  run -0 isle stats --no-stream -a
  assert_line --partial 'CONTAINER ID   NAME'
  assert_line --partial ended
  run isle stats --no-stream nobody
  assert_failure 1
  isle rm -f busy idle ended
}

@test "stats: live, a block for each look, until it is interrupted" {
  isle run -d --name idle busybox sleep 1000
  "$ISLE_BIN_DIR/isle" stats --format '{{.Name}}' >"$ISLE_TEST_DIR/out" 3>&- 8>&- &
  local watcher=$!
  two_looks() { [ "$(wc -l <"$ISLE_TEST_DIR/out")" -ge 2 ]; }
  wait_until two_looks
  kill "$watcher"
  wait "$watcher" || true
  assert_equal "$(sort -u "$ISLE_TEST_DIR/out")" idle
  isle rm -f idle
}

@test "update: the kernel's files change at once, the record too; what is not named stays" {
  require_controller memory
  isle run -d --name one --memory 64m --pids-limit 50 busybox sleep 1000
  run -0 isle update --memory 96m --cpus 0.5 one
  assert_output one
  run -0 isle stats --no-stream --format '{{.MemUsage}}' one
  assert_output --partial '/ 101MB'
  run -0 isle inspect --format '{{.record.resources.memory}} {{.record.resources.pids}} {{.spec.linux.resources.memory.limit}} {{.spec.linux.resources.cpu.quota}}' one
  assert_output '100663296 50 100663296 50000'
  run isle update --memory 1 one
  assert_failure 1
  assert_output --partial 'update "one"'
  assert_equal "$(isle inspect --format '{{.record.resources.memory}}' one)" 100663296
  run isle update one
  assert_failure 125
  assert_output --partial 'no limit and no restart policy is given'
  run isle update --memory 64m nobody
  assert_failure 1
  isle rm -f one
  isle run --name ended busybox true
  isle update --pids-limit 9 ended
  assert_equal "$(isle inspect --format '{{.spec.linux.resources.pids.limit}}' ended)" 9
  isle rm ended
}

@test "doctor: this host's findings, in words and for programs; an ordinary user has more of them" {
  run isle doctor
  assert_line --partial 'namespaces       all eight kinds'
  assert_line --partial 'control groups'
  run isle doctor --format '{{.Subject}}: {{.Grade}}'
  assert_line "isle's programs: fine"
  refute_output --partial 'ranges of ids'
  run run_as_user isle doctor --format json
  assert_output --partial '"Subject": "ranges of ids"'
}
