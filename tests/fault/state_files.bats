# What is on disk is damaged, full, read-only, or somebody else's by now.
load ../helpers
load ../islet-bundle

start_subject() { islet run -d -b "$bundle" "${1:-subject}" </dev/null >/dev/null 2>&1; }

@test "fault: a damaged state is an error by name, the others are listed, delete --force ends it" {
  require_root
  make_bundle sleep 1000
  start_subject good
  local damage text number=0
  for damage in empty cut garbage foreign; do
    number=$((number + 1))
    start_subject subject
    local pid; pid=$(pid_of subject)
    text=$(cat "$ISLE_RUN/islet/subject/state.json")
    case $damage in
      empty) : ;;
      cut) printf '%s' "${text:0:80}" ;;
      garbage) head -c 300 /dev/urandom ;;
      foreign) cat "$ISLE_RUN/islet/good/state.json" ;;
    esac >"$ISLE_TEST_DIR/damaged"
    cp "$ISLE_TEST_DIR/damaged" "$ISLE_RUN/islet/subject/state.json"
    run islet list
    assert_line --partial "good "
    assert_output --partial 'container "subject"'
    run islet state subject
    assert_failure 1
    assert_output --partial 'container "subject"'
    run islet delete subject
    assert_failure
    run -0 islet delete --force subject
    # Not only the file: the process that it told of is found by its control group.
    wait_until assert_ended "$pid"
    assert_not_exists "$ISLE_RUN/islet/subject"
  done
  [ "$(status_of good)" = running ]
  islet delete --force good
}

@test "fault: a number that belongs to another process by now is never signalled" {
  require_root
  make_bundle sleep 1000
  start_subject
  local pid stranger
  pid=$(pid_of subject)
  sleep 1000 3>&- 8>&- &
  stranger=$!
  sed -i "s/\"pid\":$pid,/\"pid\":$stranger,/" "$ISLE_RUN/islet/subject/state.json"
  run -0 islet list
  assert_output --regexp 'subject +0 +stopped'
  run islet kill subject KILL
  assert_failure 1
  assert_output --partial "container not running"
  run islet exec subject true
  assert_failure
  islet delete --force subject
  kill -0 "$stranger"
  kill "$stranger"
  wait "$stranger" || true
  wait_until assert_ended "$pid"
}

@test "fault: no space and no inodes for the state: an error that says so, and nothing left" {
  require_root
  make_bundle sleep 1000
  mkdir "$ISLE_TEST_DIR/small"
  local options
  # Room for the directory and little more; each later write is the one that fails.
  for options in size=4k size=8k nr_inodes=2 nr_inodes=3 nr_inodes=4 nr_inodes=5; do
    run -0 unshare --mount --propagation private bash -c '
      mount -t tmpfs -o "$1" small "$2"
      "$3" --root "$2/root" create -b "$4" subject </dev/null >/dev/null 2>"$5"
      echo "status $?"
      "$3" --root "$2/root" delete --force subject 2>/dev/null
      ls -A "$2/root" 2>/dev/null | grep -v seccomp || true
    ' - "$options" "$ISLE_TEST_DIR/small" "$ISLE_BIN_DIR/islet" "$bundle" "$ISLE_TEST_DIR/words" 8>&-
    case $output in
      "status 0") ;;
      "status 1") grep -q ENOSPC "$ISLE_TEST_DIR/words" || _fail "no reason" options "$options" words "$(cat "$ISLE_TEST_DIR/words")" ;;
      *) _fail "something stayed" options "$options" output "$output" ;;
    esac
  done
}

@test "fault: a read-only --root is named, and nothing starts" {
  require_root
  make_bundle sleep 1000
  mkdir "$ISLE_TEST_DIR/fixed"
  run unshare --mount --propagation private bash -c '
    mount -t tmpfs -o ro fixed "$1"
    "$2" --root "$1/root" create -b "$3" subject </dev/null
  ' - "$ISLE_TEST_DIR/fixed" "$ISLE_BIN_DIR/islet" "$bundle" 8>&-
  assert_failure 1
  assert_output --partial EROFS
  assert_output --partial "$ISLE_TEST_DIR/fixed"
}

@test "fault: too few descriptors are an error, and nothing is left" {
  require_root
  make_bundle sleep 1000
  local most
  for most in 4 5 6 7 8 10 12 14; do
    run with_descriptors "$most" "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" create -b "$bundle" subject
    [ "$status" -eq 0 ] || grep -q EMFILE "$ISLE_TEST_DIR/words" ||
      _fail "no reason" most "$most" words "$(cat "$ISLE_TEST_DIR/words")"
    islet delete --force subject
    assert_not_exists "$ISLE_RUN/islet/subject"
  done
}
# A container that was made keeps its output open: no pipe of bats'.
with_descriptors() { prlimit --nofile="$1:$1" -- "${@:2}" </dev/null >"$ISLE_TEST_DIR/words" 2>&1 3>&- 8>&-; }

# Faults of SECURITY: 8. Number and start time are what they were, so only the boot can tell.
@test "fault: a state of another boot is not believed, though its process seems to be there" {
  require_root
  make_bundle sleep 1000
  start_subject
  local pid file=$ISLE_RUN/islet/subject/state.json
  pid=$(pid_of subject)
  grep -qF "\"boot\":\"$(cat /proc/sys/kernel/random/boot_id)\"" "$file"
  sed -i 's/"boot":"[^"]*"/"boot":"00000000-0000-0000-0000-000000000000"/' "$file"
  run -0 islet state subject
  assert_match "$output" '"status": *"stopped"'
  run islet kill subject KILL
  assert_failure
  run islet exec subject true
  assert_failure
  # Deleting it signals nobody by number, and ends what is in its group.
  islet delete --force subject
  assert_not_exists "$ISLE_RUN/islet/subject"
  kill -9 "$pid" 2>/dev/null || true
  isle run -d --name box busybox sleep 1000 >/dev/null
  file=$(find "$ISLE_RUN/containers" -name state.json)
  pid=$(isle inspect --format '{{.State.Pid}}' box)
  sed -i 's/"boot":"[^"]*"/"boot":"00000000-0000-0000-0000-000000000000"/' "$file"
  run -0 isle ps -q
  refute_output
  kill -9 "$pid" 2>/dev/null || true
  isle rm -f box
  run -0 isle ps -aq
  refute_output
}
