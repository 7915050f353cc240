# What goes wrong around whole containers: too many of them, a full disk, readers and lock holders
# that stand still.
load ../labs/lab

# Two hundred short containers, eight at a time; the residue program compares mounts, control groups,
# namespaces, processes and files. By hand it takes ten thousand.
@test "fault: two hundred containers come and go, and nothing of them stays" {
  require_root
  run -0 "$ISLE_TESTS_DIR/soak" "$ISLE_BIN_DIR/isle" 200
  assert_output --partial "200 containers"
  run -0 isle ps -aq
  refute_output
}

@test "fault 21: a hundred runs of one name at once: one wins, the others are told, and nothing of them stays" {
  local i
  for i in $(seq 100); do
    "$ISLE_BIN_DIR/isle" run -d --name wanted busybox sleep 1000 >"$ISLE_TEST_DIR/won.$i" 2>"$ISLE_TEST_DIR/told.$i" \
      </dev/null 3>&- 8>&- &
  done
  wait
  assert_equal "$(cat "$ISLE_TEST_DIR"/won.* | wc -l)" 1
  assert_equal "$(grep -lE 'the name "wanted" belongs to' "$ISLE_TEST_DIR"/told.* | wc -l)" 99
  run -0 isle ps -a --format '{{.Names}}'
  assert_output wanted
  assert_equal "$(ls "$ISLE_ROOT/containers" | wc -l)" 1
  run -0 isle rm -f wanted
  run -0 isle run --rm --name wanted busybox true
}

@test "fault: a full disk: the container goes on, its lost output is told, and what is next works" {
  require_root
  mkdir "$ISLE_TEST_DIR/small"
  on_shared_host '
    mount -t tmpfs -o size=6m tmpfs "$ISLE_TEST_DIR/small"
    export ISLE_ROOT=$ISLE_TEST_DIR/small
    isle run -d --name box busybox sh -c "
      until [ -e /full ]; do sleep 0.1; done; i=0
      while [ \$i -lt 3000 ]; do echo \$i; i=\$((i+1)); done; exit 7" >/dev/null
    isle exec box touch /full
    dd if=/dev/zero of="$ISLE_TEST_DIR/small/filler" bs=64k 2>/dev/null || :
    [ "$(isle wait box)" = 7 ] || echo "another status"
    status=0; output=$(isle run --rm busybox true 2>&1) || status=$?
    [ "$status" = 125 ] && [[ $output == *ENOSPC* ]] || echo "not told: $status $output"
    rm "$ISLE_TEST_DIR/small/filler"
    [ "$(isle ps -aq | wc -l)" = 1 ] || isle ps -a
    isle rm -f box >/dev/null
    isle run --rm busybox true' >"$ISLE_TEST_DIR/out" 2>&1 || cat "$ISLE_TEST_DIR/out"
  run -0 cat "$ISLE_TEST_DIR/out"
  refute_output
}

@test "fault: somebody who watches and does not read is dropped, the container and its log go on" {
  require_root
  start_container talks -- sh -c 'until [ -e /go ]; do sleep 0.1; done
    i=0; while [ $i -lt 20000 ]; do echo "$i 0123456789012345678901234567890123456789"; i=$((i+1)); done; exit 3'
  "$ISLE_BIN_DIR/isle" attach talks 3>&- 8>&- >"$ISLE_TEST_DIR/watched" 2>&1 &
  local watcher=$!
  wait_until grep -q "attach" "/proc/$watcher/cmdline"
  kill -STOP "$watcher"
  isle exec talks touch /go
  run -0 isle wait talks
  assert_output 3
  assert_equal "$(isle logs talks | wc -l)" 20000
  kill -CONT "$watcher"
  wait "$watcher" || true
  isle rm talks
}

@test "fault: ten thousand orphans under --init" {
  require_root
  require_fixture orphans
  start_container orphans --init "${WITH_FIXTURES[@]}"
  local pid
  pid=$(pid_of orphans)
  inside orphans /fixtures/orphans 10000
  none_left() { [ "$(ps -o stat= --ppid "$pid" | grep -c '^Z')" = 0 ]; }
  wait_until none_left
  remove_container orphans
}

# Faults of SECURITY: 32.
@test "fault: who holds a lock and stands still is named; once he goes on so does what waits" {
  require_program flock
  isle create --name box busybox true >/dev/null
  local file holder
  file=$ISLE_ROOT/container-names
  [ -d "$file" ] || _fail "no such directory" file "$file"
  flock -F "$file" sleep 1000 3>&- 8>&- &
  holder=$!
  wait_until bash -c '! flock -n "$0" true' "$file"
  kill -STOP "$holder"
  run timeout 60 "$ISLE_BIN_DIR/isle" rename box other
  kill -CONT "$holder"
  assert_failure
  assert_output --partial "$file is locked by process $holder (sleep), which is stopped"
  assert_output --partial "kill -CONT $holder"
  # One that works is waited for.
  (sleep 6; kill "$holder") 3>&- 8>&- &
  isle rename box other
  wait
  isle rm other
}
