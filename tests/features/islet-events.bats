# islet events: runc's lines of JSON, and the end with the container.
load ../helpers
load ../islet-bundle

# value_of JSON PATH...: by python's reading, not ours.
value_of() { python3 -c 'import json,sys
v = json.loads(sys.argv[1])
for key in sys.argv[2:]: v = v[key]
print(v)' "$@"; }

@test "islet events --stats: one line, with the group's own figures" {
  require_root
  require_program python3
  require_controller memory
  require_controller pids
  make_bundle --linux '"resources": {"memory": {"limit": 67108864}, "pids": {"limit": 40}},' sleep 100
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  run -0 islet events --stats one
  assert_equal "${#lines[@]}" 1
  assert_equal "$(value_of "$output" type)" stats
  assert_equal "$(value_of "$output" id)" one
  assert_equal "$(value_of "$output" data memory usage limit)" 67108864
  assert_equal "$(value_of "$output" data pids limit)" 40
  assert_equal "$(value_of "$output" data pids current)" 1
  [ "$(value_of "$output" data cpu usage total)" -gt 0 ]
  [ "$(value_of "$output" data memory usage usage)" -gt 0 ]
  [ "$(value_of "$output" data memory raw pgfault)" -ge 0 ]
  islet delete -f one
}

@test "islet events: tells of memory that ran out, now and again of the use, and ends with the container" {
  require_root
  require_controller memory
  make_bundle --linux '"resources": {"memory": {"limit": 16777216, "swap": 16777216}},' \
    sh -c 'while [ ! -e /go ]; do sleep 0.05; done; (x=a; while :; do x=$x$x; done); sleep 0.3'
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  timeout 20 "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" events --interval 50ms one \
    >"$ISLE_TEST_DIR/out" 3>&- 8>&- &
  local reader=$!
  wait_until grep -q '"type":"stats"' "$ISLE_TEST_DIR/out"
  run ! grep -q '"type":"oom"' "$ISLE_TEST_DIR/out"
  touch "$bundle/rootfs/go"
  wait_until grep -q '{"type":"oom","id":"one"}' "$ISLE_TEST_DIR/out"
  wait "$reader"
  [ "$(status_of one)" = stopped ]
  run islet events one
  assert_failure 1
  assert_output --partial "container not running"
  islet delete one
}

@test "islet events: an interval is a length of time" {
  require_root
  make_bundle sleep 100
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  local wrong
  for wrong in 5 0s -1s 5parsec ''; do
    run islet events --interval "$wrong" one
    assert_failure 1
    assert_output --partial "is no length of time"
  done
  islet delete -f one
}
