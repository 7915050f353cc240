# Ways out of a container by files that the engine opens for it: attempts 27 (cp through a link) and 28 (a
# link in the place of a volume's part), also while the container exchanges what it has there.
load attack

# swapper NAME A B: a container that exchanges two names without end.
swapper() {
  isle run -d --name "$1" -v vol:/v busybox sh -c "
    mkdir -p /v/part /v/hold; echo inside >/v/part/secret; ln -s '$ISLE_TEST_DIR' /v/link
    touch /v/ready
    while :; do mv -T /v/part /v/hold/p; mv -T /v/link /v/part; mv -T /v/part /v/link; mv -T /v/hold/p /v/part; done" >/dev/null
  wait_until isle exec "$1" test -e /v/ready
}
setup() {
  isle_setup
  echo outside >"$ISLE_TEST_DIR/secret"
}

@test "attempt 27: cp reads and writes through no link that leads out" {
  isle run -d --name box busybox sh -c "ln -s '$ISLE_TEST_DIR/secret' /file; ln -s '$ISLE_TEST_DIR' /dir; ln -s /proc/1/root/../../.. /up; sleep 1000" >/dev/null
  wait_until isle exec box test -L /up
  local place
  for place in box:/dir/secret box:/up/etc/shadow; do
    isle cp "$place" "$ISLE_TEST_DIR/got" 2>/dev/null || true
    run cat "$ISLE_TEST_DIR/got"
    refute_output --partial outside
  done
  isle cp -L box:/file "$ISLE_TEST_DIR/got" 2>/dev/null || true
  run cat "$ISLE_TEST_DIR/got"
  refute_output --partial outside
  echo overwritten >"$ISLE_TEST_DIR/new"
  isle cp "$ISLE_TEST_DIR/new" box:/dir/secret 2>/dev/null || true
  isle cp "$ISLE_TEST_DIR/new" box:/file 2>/dev/null || true
  assert_equal "$(cat "$ISLE_TEST_DIR/secret")" outside
  # Of one that does not run the same holds.
  isle stop -t 0 box
  isle cp -L box:/file "$ISLE_TEST_DIR/got" 2>/dev/null || true
  run cat "$ISLE_TEST_DIR/got"
  refute_output --partial outside
  isle cp "$ISLE_TEST_DIR/new" box:/dir/secret 2>/dev/null || true
  assert_equal "$(cat "$ISLE_TEST_DIR/secret")" outside
  isle rm box
}

@test "attempt 27: nor while the container exchanges a directory and a link" {
  swapper box
  local i
  echo overwritten >"$ISLE_TEST_DIR/new"
  for i in $(seq 30); do
    isle cp box:/v/part/secret "$ISLE_TEST_DIR/got" 2>/dev/null || true
    ! grep -qs outside "$ISLE_TEST_DIR/got" || _fail "cp read through a link" try "$i"
    isle cp "$ISLE_TEST_DIR/new" box:/v/part/secret 2>/dev/null || true
    assert_equal "$(cat "$ISLE_TEST_DIR/secret")" outside
  done
  isle rm -f box
  isle volume rm vol
}

@test "attempt 28: a part of a volume that is a link, or becomes one, is not mounted" {
  isle run --rm -v vol:/v busybox sh -c "mkdir /v/part; ln -s '$ISLE_TEST_DIR' /v/link; ln -s / /v/root; ln -s .. /v/up"
  local part
  for part in link link/secret root/etc up ../vol; do
    run isle run --rm --mount "type=volume,source=vol,target=/s,subpath=$part" busybox cat /s/secret /s
    assert_failure
    refute_output --partial outside
  done
  isle volume rm vol
  swapper box
  local seen=0 i
  for i in $(seq 40); do
    run isle run --rm --mount type=volume,source=vol,target=/s,subpath=part busybox cat /s/secret
    refute_output --partial outside
    [ "$status" != 0 ] || seen=$((seen + 1))
  done
  # The way itself is there: what is meant is mounted when it is in its place.
  [ "$seen" -gt 0 ] || _fail "it was never mounted"
  isle rm -f box
  isle volume rm vol
}
