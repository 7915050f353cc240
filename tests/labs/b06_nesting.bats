# Lab B6: a container in a container. Each level of PID namespaces adds a number, and siblings do not
# see each other, neither inside nor across.
load lab

# What the outer container needs to be a host: the programs, a place for their state on a file
# system that overlay takes as upper directory, and the powers of root.
outer_flags() {
  OUTER=(--privileged --tmpfs /state:mode=0755,exec --env ISLE_ROOT=/state/root
    --env ISLE_RUN=/state/run --env PATH=/isle/bin:/bin:/sbin:/usr/bin:/usr/sbin
    --volume "$ISLE_BIN_DIR:/isle/bin:ro")
}
# start_inner OUTER NAME SECONDS: a sleep in a container of its own, over the outer's root.
start_inner() {
  inside "$1" isle run -d --name "$2" --rootfs /:O "${@:4}" sleep "$3" >/dev/null
}
# The host's number of the process that sleeps N seconds.
sleeper() {
  local file
  file=$(grep -lxz "$1" /proc/[0-9]*/cmdline 2>/dev/null | head -1)
  file=${file#/proc/}
  echo "${file%%/*}"
}

@test "nesting: one process, a number on each of three levels" {
  require_root
  outer_flags
  start_container nest-outer "${OUTER[@]}"
  start_inner nest-outer nest-inner 3333
  local outer inner numbers
  outer=$(pid_of nest-outer) inner=$(sleeper 3333)
  read -ra numbers <<<"$(status_of "$inner" NSpid)"
  assert_equal "${#numbers[@]}" 3
  assert_equal "${numbers[0]}" "$inner"
  assert_equal "${numbers[2]}" 1
  # The middle number is the one the outer container knows it by.
  run -0 inside nest-outer sh -c "tr '\0' ' ' </proc/${numbers[1]}/cmdline"
  assert_output "sleep 3333 "
  run -0 inside nest-outer sh -c "grep NSpid /proc/${numbers[1]}/status | tr '\t' ' '"
  assert_output "NSpid: ${numbers[1]} 1"
  local kind
  for kind in ipc mnt net pid uts; do
    assert_not_equal "$(ns_of "$inner" $kind)" "$(ns_of "$outer" $kind)"
    assert_not_equal "$(ns_of "$inner" $kind)" "$(ns_of self $kind)"
  done
  inside nest-outer isle rm -f nest-inner
  wait_until is_gone "$inner"
  remove_container nest-outer
}

@test "nesting: siblings inside do not see each other, their host sees both" {
  require_root
  outer_flags
  start_container nest-host "${OUTER[@]}"
  start_inner nest-host nest-a 4441
  start_inner nest-host nest-b 4442
  run -0 inside nest-host isle exec nest-a ps -o args
  assert_line "sleep 4441"
  refute_output --partial 4442
  run -0 inside nest-host isle exec nest-b ps -o args
  assert_line "sleep 4442"
  refute_output --partial 4441
  run -0 inside nest-host ps -o args
  assert_line "sleep 4441"
  assert_line "sleep 4442"
  assert_not_equal "$(ns_of "$(sleeper 4441)" pid)" "$(ns_of "$(sleeper 4442)" pid)"
  inside nest-host isle rm -f nest-a nest-b
  remove_container nest-host
}

@test "nesting: the death of the outer process 1 is the end of everything below" {
  require_root
  outer_flags
  start_container nest-dies "${OUTER[@]}"
  start_inner nest-dies nest-below 5555
  local inner
  inner=$(sleeper 5555)
  kill -KILL "$(pid_of nest-dies)"
  wait_until is_gone "$inner"
  remove_container nest-dies
}

@test "nesting: a container without --privileged cannot be a host, and the message names the step" {
  require_root
  outer_flags
  start_container nest-plain "${OUTER[@]:1}"
  run -125 inside nest-plain isle run --rm --rootfs /:O true
  assert_output --regexp "step [0-9]+ of [0-9]+|not permitted|EPERM"
  remove_container nest-plain
}
