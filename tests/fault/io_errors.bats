# An error of the kernel at the calls of each verb, one at a time: EIO (a disk that dies), ENFILE (a
# full table of files), EAGAIN and ENOMEM. Either the verb does without what it asked for, or it ends
# with an error that names the reason, and nothing of the container stays.
#
# ISLE_FAIL_STEP=N tries every Nth call: 1 is the whole sweep.
load ../helpers
load ../islet-bundle

FAIL_AT=$(realpath -m "$ISLE_BIN_DIR/../tests/fixtures/fail_at")
islet() { timeout --foreground -k 5 60 "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" "$@" 3>&- 8>&-; }
no_groups() { ! compgen -G '/sys/fs/cgroup/islet-subject' && ! compgen -G '/sys/fs/cgroup/*/islet-subject'; }
in_groups() { cat /sys/fs/cgroup{,/*}/islet-subject/cgroup.procs 2>/dev/null; }

assert_nothing() {
  assert_not_exists "$ISLE_RUN/islet/subject"
  wait_until no_groups
}
nothing() { :; }
created() { islet create -b "$bundle" subject </dev/null >/dev/null; }
running() { islet run -d -b "$bundle" subject </dev/null >/dev/null; }
remove() { islet delete --force subject; }

# fails ERRNO NAME BEFORE AFTER VERB...: BEFORE makes what the verb needs; AFTER must hold when it failed.
fails() {
  local errno=$1 name=$2 before=$3 after=$4 step=${ISLE_FAIL_STEP:-7} at=1 words=$ISLE_TEST_DIR/words
  shift 4
  require_root
  [ "$(uname -m)" = x86_64 ] || skip "calls can be made to fail on x86_64 only"
  make_bundle sleep 1000
  local result=
  while [[ $result != ended* ]]; do
    $before
    result=$("$FAIL_AT" "$errno" "$at" "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" "$@" \
      </dev/null 2>"$words" 3>&- 8>&-)
    case $result in
      *"status 0" | ended\ 0*) remove ;;
      *"status 1" | *"status 255")
        grep -q "$name" "$words" || _fail "the reason is not told" at "$at" result "$result" words "$(cat "$words")"
        $after || _fail "after call $at of $*" result "$result" words "$(cat "$words")" ;;
      *) _fail "it ended in no way it should" at "$at" result "$result" words "$(cat "$words")" ;;
    esac
    assert_nothing
    at=$((at + step))
  done
  echo "# $*: $name at $((at / step)) calls, $result" >&3
}
still_there() { islet state subject >/dev/null && remove; }
remove_rest() { remove; }

@test "EIO at the calls of islet create: an error with the reason, and nothing is left" {
  fails 5 EIO nothing assert_nothing create -b "$ISLE_TEST_DIR/bundle" subject
}
@test "EIO at the calls of islet run -d" {
  fails 5 EIO nothing assert_nothing run -d -b "$ISLE_TEST_DIR/bundle" subject
}
@test "ENFILE at the calls of islet create" {
  fails 23 ENFILE nothing assert_nothing create -b "$ISLE_TEST_DIR/bundle" subject
}
@test "ENOMEM at the calls of islet create" {
  fails 12 ENOMEM nothing assert_nothing create -b "$ISLE_TEST_DIR/bundle" subject
}
@test "EIO at the calls of islet start: what cannot be started can be deleted" {
  fails 5 EIO created remove_rest start subject
}
@test "EIO at the calls of islet kill: the container is as it was" {
  fails 5 EIO running still_there kill subject KILL
}
@test "EIO at the calls of islet exec: the container goes on" {
  fails 5 EIO running still_there exec subject true
}
@test "EIO at the calls of islet delete --force: the next one ends it" {
  fails 5 EIO running remove_rest delete --force subject
}
