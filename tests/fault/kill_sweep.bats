# SIGKILL of islet at the system call boundaries of each verb. After each death: nothing of it runs on
# its own, `list` tells the truth, the same command again succeeds, and `delete --force` leaves
# neither process nor control group nor file. What teardown compares (mounts, namespaces, cgroups,
# files) holds for all of them together.
#
# ISLE_KILL_STEP=N tries every Nth boundary: 1 is the whole sweep.
load ../helpers
load ../islet-bundle

KILL_AT=$(realpath -m "$ISLE_BIN_DIR/../tests/fixtures/kill_at")
ISLET_GLOBALS=()
# Its control group is the host's: another sweep at the same time has another name.
victim=victim-$$
islet() {
  timeout --foreground -k 5 60 "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" "${ISLET_GLOBALS[@]}" "$@" 3>&- 8>&-
}

is_gone() { [ ! -e "/proc/$1" ] || grep -q '^State:.*[ZX]' "/proc/$1/status" 2>/dev/null; }
in_groups() { cat /sys/fs/cgroup{,/*}/"islet-$victim"/cgroup.procs 2>/dev/null; }
no_groups() { ! compgen -G "/sys/fs/cgroup/islet-$victim" && ! compgen -G "/sys/fs/cgroup/*/islet-$victim"; }

# The status that `list` shows is what the processes say.
assert_truth() {
  local line status pid
  line=$(islet list | grep "^$victim " || true)
  read -r _ pid status _ <<<"$line"
  case $status in
    created | running | paused)
      # It may be dying just now: then the list says so the next time.
      ! is_gone "$pid" || [ "$(status_of "$victim")" = stopped ] || _fail "listed as $status, and dead" pid "$pid" ;;
    '' | stopped) wait_until is_empty || _fail "listed as \"$status\", and has processes" pids "$(in_groups)" ;;
    *) _fail "another status" got "$status" ;;
  esac
}
is_empty() { [ -z "$(in_groups)" ]; }

assert_clean() {
  islet delete --force "$victim"
  wait_until no_groups
  assert_not_exists "$ISLE_RUN/islet/$victim"
  local pid
  for pid in $left; do wait_until is_gone "$pid"; done
}

# sweep BEFORE AGAIN VERB [ARGUMENT...]: BEFORE makes what the verb needs, AGAIN is what must succeed
# once it was killed.
sweep() {
  local before=$1 again=$2 at=${ISLE_KILL_FIRST:-1} step=${ISLE_KILL_STEP:-13} count=0
  shift 2
  require_root
  make_bundle sleep 1000
  while :; do
    $before
    result=$("$KILL_AT" "$at" "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" "${ISLET_GLOBALS[@]}" "$@" \
      </dev/null 2>/dev/null 3>&- 8>&-)
    left=
    [[ $result != *left* ]] || left=${result#*left}
    { assert_truth && $again && assert_clean; } || _fail "killed at boundary $at of $*" result "$result"
    [[ $result != ended* ]] || break
    at=$((at + step)) count=$((count + 1))
  done
  echo "# $*: killed at $count boundaries, $result" >&3
}

create_victim() { islet create -b "$bundle" "$victim" </dev/null >/dev/null; }
run_victim() { islet run -d -b "$bundle" "$victim" </dev/null >/dev/null; }
has_ended() { [ "$(status_of "$victim")" = stopped ]; }

# A name whose container was made all the same stays taken; else the second try makes it.
create_again() { has_status "$victim" created 2>/dev/null || create_victim; }
run_again() { has_status "$victim" running 2>/dev/null || run_victim; }
start_again() { has_status "$victim" running 2>/dev/null || islet start "$victim"; has_status "$victim" running; }
exec_again() { islet exec "$victim" true; }
kill_again() { has_ended || islet kill "$victim" KILL; wait_until has_ended; }
delete_again() { ! islet state "$victim" >/dev/null 2>&1 || islet delete "$victim"; create_victim; }
force_again() { islet delete --force "$victim"; create_victim; }
stopped_victim() { run_victim && islet kill "$victim" KILL && wait_until has_ended; }
nothing() { :; }

@test "kill -9 of islet create at its system calls" {
  sweep nothing create_again create -b "$ISLE_TEST_DIR/bundle" "$victim"
}
@test "kill -9 of islet run -d at its system calls" {
  sweep nothing run_again run -d -b "$ISLE_TEST_DIR/bundle" "$victim"
}
@test "kill -9 of islet create without control groups at its system calls" {
  ISLET_GLOBALS=(--cgroup-manager disabled)
  sweep nothing create_again create -b "$ISLE_TEST_DIR/bundle" "$victim"
}
@test "kill -9 of islet start at its system calls" {
  sweep create_victim start_again start "$victim"
}
@test "kill -9 of islet exec at its system calls" {
  sweep run_victim exec_again exec "$victim" true
}
@test "kill -9 of islet kill at its system calls" {
  sweep run_victim kill_again kill "$victim" KILL
}
@test "kill -9 of islet delete at its system calls" {
  sweep stopped_victim delete_again delete "$victim"
}
@test "kill -9 of islet delete --force at its system calls" {
  sweep run_victim force_again delete --force "$victim"
}
