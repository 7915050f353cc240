# Lab A9: a time namespace moves the monotonic and the boot-time clock, never the wall clock
# (time_namespaces(7)). One enters it by being born into it.
load lab

DAY=86400

setup() {
  isle_setup
  require_root
  require_namespace time
  require_fixture clocks
}

# clock NAME, of a `clocks` output on standard input.
clock() { awk -v want="$1" '$1 == want { print $2 }'; }

# assert_ahead INSIDE OUTSIDE SECONDS: of two readings taken one after the other.
assert_ahead() { assert_between $(($1 - $2)) $(($3 - 1)) $(($3 + 10)); }

@test "time: uptime and both clocks are shifted inside, the host's and the wall clock are not" {
  local before after
  before=$("$FIXTURES/clocks")
  run -0 isle run --rm --time-offset $DAY "${WITH_FIXTURES[@]}" busybox /fixtures/clocks
  after=$("$FIXTURES/clocks")
  assert_ahead "$(clock monotonic <<<"$output")" "$(clock monotonic <<<"$before")" $DAY
  assert_ahead "$(clock boottime <<<"$output")" "$(clock boottime <<<"$before")" $DAY
  assert_ahead "$(clock realtime <<<"$output")" "$(clock realtime <<<"$before")" 0
  assert_ahead "$(clock monotonic <<<"$after")" "$(clock monotonic <<<"$before")" 0
  before=$(cut -d. -f1 /proc/uptime)
  run -0 isle run --rm --time-offset $DAY busybox cut -d. -f1 /proc/uptime
  assert_ahead "$output" "$before" $DAY
}

@test "time: each clock has an offset of its own, backwards too" {
  local before
  before=$("$FIXTURES/clocks")
  [ "$(clock monotonic <<<"$before")" -gt 120 ] || skip "this host has not been up for two minutes"
  run -0 isle run --rm --time-offset monotonic=-60 --time-offset boottime=1000.5 \
    "${WITH_FIXTURES[@]}" busybox /fixtures/clocks
  assert_ahead "$(clock monotonic <<<"$output")" "$(clock monotonic <<<"$before")" -60
  assert_ahead "$(clock boottime <<<"$output")" "$(clock boottime <<<"$before")" 1000
}

@test "time: the host sees the link and the offsets, which cannot change once a process is inside" {
  start_container time-offsets --time-offset monotonic=100 --time-offset boottime=200
  local pid
  pid=$(pid_of time-offsets)
  assert_not_equal "$(ns_of "$pid" time)" "$(ns_of self time)"
  assert_equal "$(ns_of "$pid" time_for_children)" "$(ns_of "$pid" time)"
  run -0 sh -c "tr -s ' ' </proc/$pid/timens_offsets"
  assert_output $'monotonic 100 0\nboottime 200 0'
  run ! bash -c "echo 'monotonic 5 0' >/proc/$pid/timens_offsets"
  assert_output --partial "Permission denied"
  # Who joins has them: exec.
  run -0 inside time-offsets readlink /proc/self/ns/time
  assert_output "$(ns_of "$pid" time)"
  run -0 inside time-offsets cut -d. -f1 /proc/uptime
  assert_ahead "$output" "$(cut -d. -f1 /proc/uptime)" 200
  remove_container time-offsets
}

@test "time: only the children of an unshare enter, and clone() ignores the flag" {
  require_fixture time_entry
  run -0 "$FIXTURES/time_entry"
  assert_output $'clone ignores\ncaller stays\nchild enters'
}

@test "time: without an offset and a user namespace the container has the host's" {
  run -0 isle run --rm busybox readlink /proc/self/ns/time
  assert_output "$(ns_of self time)"
  run -125 isle run --rm --time-offset wall=5 busybox true
  assert_output --partial '"wall"'
}
