# Pulls that end early: killed, without room, on a read-only store. Afterwards the store is whole and the
# same pull succeeds. (Faults 5, 11, 12 and 14 of images; what registries do wrong, 29, is in
# features/registry-faults.bats.)
#
# ISLE_PULL_KILLS=N kills so many times.
load ../helpers
load ../registry

setup() { isle_setup; start_image_registry; }
teardown() {
  stop_servers
  isle_teardown
}

# Three layers that take a while: random data does not compress.
slow_image() {
  local n
  busybox_layer "$ISLE_TEST_DIR/base.tar.gz"
  for n in 1 2; do
    mkdir -p "$ISLE_TEST_DIR/big$n/dir"
    head -c 8000000 /dev/urandom >"$ISLE_TEST_DIR/big$n/data$n"
    for i in $(seq 200); do echo "$n $i" >"$ISLE_TEST_DIR/big$n/dir/$n.$i"; done
    pack "$ISLE_TEST_DIR/big$n" "$ISLE_TEST_DIR/big$n.tar.gz"
  done
  image slow "$ISLE_TEST_DIR/base.tar.gz" "$ISLE_TEST_DIR/big1.tar.gz" "$ISLE_TEST_DIR/big2.tar.gz"
  publish slow slow:1
}

assert_whole() {
  run -0 isle system check
  assert_output --partial "0 problems"
  isle run --rm --pull never "$REGISTRY/slow:1" cat /data1 /data2 |
    cmp - <(cat "$ISLE_TEST_DIR"/big?/data?) || _fail "the image's files are not the layers'"
}

no_helpers() { ! pgrep -f "isle-unpack layer --into $ISLE_ROOT" >/dev/null; }

@test "fault 5, pull: killed at any moment, the store is whole and the next pull completes" {
  slow_image
  local kills=${ISLE_PULL_KILLS:-15} n pid
  for n in $(seq "$kills"); do
    rm -rf "${ISLE_ROOT:?}"/*
    "$ISLE_BIN_DIR/isle" pull -q "${PULL[@]}" "$REGISTRY/slow:1" >/dev/null 2>&1 </dev/null 3>&- 8>&- &
    pid=$!
    # From before the first request to after the last rename.
    sleep "$(printf '0.%03d' $((RANDOM % 300)))"
    kill -KILL "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    # At once: what the killed one's helpers still do must not matter.
    run isle system check
    [ "$status" -eq 0 ] || _fail "the store is not whole after kill $n" output "$output"
    run isle pull -q "${PULL[@]}" "$REGISTRY/slow:1"
    [ "$status" -eq 0 ] || _fail "the next pull failed after kill $n" output "$output"
    assert_whole || _fail "after kill $n"
    wait_until no_helpers
  done
  run -0 isle image prune --force
  assert_equal "$(ls -A "$ISLE_ROOT/staging" "$ISLE_ROOT/partial" "$ISLE_ROOT/leases" "$ISLE_ROOT/trash" 2>/dev/null | grep -v ':$')" ""
}

# On a file system of so many bytes or inodes, in a mount namespace of its own.
pull_on_small() { # MOUNT_OPTIONS
  unshare -m --propagation private sh -c '
    mount -t tmpfs -o "$1" none "$2" || exit 99
    shift 2
    "$@"; status=$?
    echo "names: $(ls -A "$ISLE_ROOT/names" "$ISLE_ROOT/images" 2>/dev/null | grep -v :\$ | tr "\n" " ")"
    mount -o remount,size=200m,nr_inodes=100k "$ISLE_ROOT" || exit 98
    "$ISLE_BIN_DIR/isle" system check || exit 97
    "$@" >/dev/null || exit 96
    exit $status' - "$1" "$ISLE_ROOT" "$ISLE_BIN_DIR/isle" pull -q "${PULL[@]}" "$REGISTRY/slow:1" \
    3>&- 8>&- </dev/null
}

@test "fault 11 and 12, pull: no room and no inodes are told, leave nothing published, and pass" {
  require_root
  export ISLE_BIN_DIR
  slow_image
  run pull_on_small size=12m
  [ "$status" -eq 125 ] || _fail "another status" status "$status" output "$output"
  assert_output --partial "No space left on device (ENOSPC)"
  assert_line "names: "
  run pull_on_small nr_inodes=150
  [ "$status" -eq 125 ] || _fail "another status" status "$status" output "$output"
  assert_output --partial "No space left on device (ENOSPC)"
}

@test "fault 14, pull: a store that is read-only, or another user's, is told" {
  require_root
  slow_image
  run unshare -m --propagation private sh -c '
    mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99
    shift; exec "$@"' - "$ISLE_ROOT" "$ISLE_BIN_DIR/isle" pull -q "${PULL[@]}" "$REGISTRY/slow:1" 3>&- 8>&-
  assert_failure 125
  assert_output --partial "(EROFS)"
}

@test "fault 29, pull: a registry that goes away in the middle is told, and what came is kept" {
  slow_image
  local hex data
  hex=$(sha "$ISLE_TEST_DIR/big2.tar.gz")
  data=$(find "$REGISTRY_DIR" -path "*/$hex/data")
  # A blob that is shorter than the registry once knew.
  cp "$data" "$ISLE_TEST_DIR/whole"
  truncate -s 3000000 "$data"
  run isle pull -q --retry 0 "${PULL[@]}" "$REGISTRY/slow:1"
  assert_failure 125
  assert_equal "$(size "$ISLE_ROOT/partial/sha256-$hex")" 3000000
  cp "$ISLE_TEST_DIR/whole" "$data"
  run -0 isle pull "${PULL[@]}" "$REGISTRY/slow:1"
  assert_output --partial "3MB of them from an earlier pull"
  assert_whole
}
