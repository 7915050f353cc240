# What is made of images when something goes wrong in the middle: helpers that are killed, commits that
# are, calls of the kernel that fail. Afterwards the store is whole and the same again succeeds.
# pull.bats has the kills of isle pull itself, full and read-only disks; power_loss.bats the power.
#
# ISLE_FAIL_STEP=N, ISLE_KILL_STEP=N try every Nth call.
load ../helpers
load ../registry

setup() { isle_setup; start_image_registry; }
teardown() {
  stop_servers
  isle_teardown
}

FAIL_AT=$(realpath -m "$ISLE_BIN_DIR/../tests/fixtures/fail_at")
KILL_AT=$(realpath -m "$ISLE_BIN_DIR/../tests/fixtures/kill_at")

small_image() {
  mkdir "$ISLE_TEST_DIR/more"
  echo more >"$ISLE_TEST_DIR/more/text"
  pack "$ISLE_TEST_DIR/more" "$ISLE_TEST_DIR/more.tar.gz"
  busybox_layer "$ISLE_TEST_DIR/base.tar.gz"
  image small "$ISLE_TEST_DIR/base.tar.gz" "$ISLE_TEST_DIR/more.tar.gz"
  publish small small:1
}

assert_whole() { # AFTER
  run isle system check
  [ "$status" -eq 0 ] || _fail "the store is not whole" after "$1" output "$output"
}

# Whatever was begun is given back by the next prune.
assert_no_work() {
  run -0 isle system prune --force
  assert_equal "$(ls -A "$ISLE_ROOT/staging" "$ISLE_ROOT/partial" "$ISLE_ROOT/leases" "$ISLE_ROOT/trash" 2>/dev/null | grep -v ':$')" ""
}

@test "fault 6, pull: isle-unpack or isle-fetch killed: an error that says so, a whole store, and the next pull" {
  local helper pid
  head -c 40000000 /dev/urandom >"$ISLE_TEST_DIR/random"
  mkdir "$ISLE_TEST_DIR/big"
  mv "$ISLE_TEST_DIR/random" "$ISLE_TEST_DIR/big/random"
  pack "$ISLE_TEST_DIR/big" "$ISLE_TEST_DIR/big.tar.gz"
  busybox_layer "$ISLE_TEST_DIR/base.tar.gz"
  image big "$ISLE_TEST_DIR/base.tar.gz" "$ISLE_TEST_DIR/big.tar.gz"
  publish big big:1
  local partial
  partial=$ISLE_ROOT/partial/sha256-$(sha "$ISLE_TEST_DIR/big.tar.gz")
  for helper in isle-unpack isle-fetch; do
    rm -rf "${ISLE_ROOT:?}"/*
    "$ISLE_BIN_DIR/isle" pull -q --retry 0 "${PULL[@]}" "$REGISTRY/big:1" \
      >"$ISLE_TEST_DIR/words" 2>&1 </dev/null 3>&- 8>&- &
    pid=$!
    # No wait_until: its pauses are longer than the blob takes.
    until [ -s "$partial" ]; do kill -0 "$pid"; done
    # shellcheck disable=SC2046 # of the unpackers all
    kill -KILL $(pgrep -P "$pid" -x "$helper")
    status=0
    wait "$pid" || status=$?
    [ "$status" -eq 125 ] || _fail "another status" status "$status"
    grep -q "$helper" "$ISLE_TEST_DIR/words" || _fail "it is not told" words "$(cat "$ISLE_TEST_DIR/words")"
    assert_whole "$helper"
    run -0 isle pull -q "${PULL[@]}" "$REGISTRY/big:1"
    isle run --rm --pull never "$REGISTRY/big:1" cat /random | cmp - "$ISLE_TEST_DIR/big/random"
  done
  assert_no_work
}

@test "fault 7, commit: killed at its system calls, the store is whole and the next commit makes the same" {
  require_root
  local step=${ISLE_KILL_STEP:-23} at=1 result='' layer='' now
  isle run --name changed busybox sh -c 'mkdir /d; for i in 1 2 3; do echo $i >/d/$i; done'
  while [[ $result != ended* ]]; do
    result=$("$KILL_AT" "$at" "$ISLE_BIN_DIR/isle" commit -q changed made:1 3>&- 8>&-)
    assert_whole "call $at: $result"
    isle commit -q changed made:1 >/dev/null
    now=$(isle image inspect --format '{{index .RootFS.Layers 1}}' made:1)
    assert_equal "${layer:=$now}" "$now"
    run -0 isle run --rm made:1 cat /d/1 /d/2 /d/3
    assert_output $'1\n2\n3'
    isle rmi made:1 >/dev/null
    at=$((at + step))
  done
  echo "# killed at $((at / step)) calls, $result" >&3
  isle rm changed
  assert_no_work
}

# fails ERRNO NAME STEP UNDO COMMAND...: a call fails, every STEPth of them by turns.
fails() {
  local errno=$1 name=$2 step=${ISLE_FAIL_STEP:-$3} undo=$4 at=1 result='' words=$ISLE_TEST_DIR/words
  shift 4
  while [[ $result != ended* ]]; do
    result=$("$FAIL_AT" "$errno" "$at" "$ISLE_BIN_DIR/isle" "$@" </dev/null 2>"$words" 3>&- 8>&- | tail -1)
    case $result in
      *"status 0" | ended\ 0*) ;;
      *"status 125") grep -q "$name" "$words" || _fail "the reason is not told" at "$at" result "$result" words "$(cat "$words")" ;;
      *) _fail "it ended in no way it should" at "$at" result "$result" words "$(cat "$words")" ;;
    esac
    assert_whole "call $at of $*: $result"
    run isle "$@"
    [ "$status" -eq 0 ] || _fail "the next one failed" at "$at" result "$result" output "$output"
    $undo
    at=$((at + step))
  done
  echo "# $1: $name at $((at / step)) calls, $result" >&3
}

@test "fault 13 and 15: EIO and ENFILE at the calls of isle pull and isle commit: told, and the next one succeeds" {
  require_root
  [ "$(uname -m)" = x86_64 ] || skip "calls can be made to fail on x86_64 only"
  small_image
  forget() { isle rmi "$REGISTRY/small:1" >/dev/null; }
  fails 5 EIO 17 forget pull -q "${PULL[@]}" "$REGISTRY/small:1"
  fails 23 ENFILE 41 forget pull -q "${PULL[@]}" "$REGISTRY/small:1"
  isle run --name changed busybox touch /made
  unmake() { isle rmi made:1 >/dev/null; }
  fails 5 EIO 29 unmake commit -q changed made:1
  isle rm changed
  assert_no_work
}
