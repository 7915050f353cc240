# The power fails in the middle of a pull: what the disk held at that moment, and nothing of the page
# cache, is what the next boot finds. The disk is a file on btrfs, whose clone (FICLONE) is such a moment;
# on it is ext4, as on most hosts.
#
# ISLE_POWER_LOSSES=N looks at so many moments.
load ../helpers
load ../registry
load ../storage

setup() { isle_setup; require_root; start_image_registry; }
teardown() {
  stop_servers
  isle_teardown
}

# Two layers that take a while: random data does not compress.
image_to_pull() {
  local i
  busybox_layer "$ISLE_TEST_DIR/base.tar.gz"
  mkdir -p "$ISLE_TEST_DIR/big/dir"
  head -c 6000000 /dev/urandom >"$ISLE_TEST_DIR/big/data"
  for i in $(seq 200); do echo "$i" >"$ISLE_TEST_DIR/big/dir/$i"; done
  pack "$ISLE_TEST_DIR/big" "$ISLE_TEST_DIR/big.tar.gz"
  image big "$ISLE_TEST_DIR/base.tar.gz" "$ISLE_TEST_DIR/big.tar.gz"
  publish big big:1
}

@test "power loss: whenever it comes in a pull, the store is whole or mended, and the pull completes" {
  image_to_pull
  # shellcheck disable=SC2016
  with_file_system btrfs '
    REGISTRY='"$REGISTRY"' moments='"${ISLE_POWER_LOSSES:-6}"'
    cd "$ISLE_TEST_DIR/mounted"
    mkdir live after
    truncate -s 80M disk
    mkfs.ext4 -q disk
    mount -o loop disk live
    pull() { "$ISLE_BIN_DIR/isle" pull -q --tls-verify=false "$REGISTRY/big:1" </dev/null; }
    is_right() {
      "$ISLE_BIN_DIR/isle" run --rm --pull never "$REGISTRY/big:1" sh -c "cat /data; cat /dir/* | wc -l" |
        cmp - <(cat "$ISLE_TEST_DIR/big/data"; echo 200)
    }
    after_loss() { # FILE
      mount -o loop "$1" after
      export ISLE_ROOT=$PWD/after/root
      if ! "$ISLE_BIN_DIR/isle" system check >log 2>&1; then
        mended=$((mended + 1))
        "$ISLE_BIN_DIR/isle" system check --repair >>log 2>&1 || true
        "$ISLE_BIN_DIR/isle" system check >>log 2>&1 || _fail "not mended" log "$(<log)"
      fi
      [ -z "${2-}" ] || "$ISLE_BIN_DIR/isle" image exists "$REGISTRY/big:1" || _fail "what was pulled is gone"
      ls "$ISLE_ROOT/names" >/dev/null 2>&1 && named=$((named + 1))
      pull >/dev/null || _fail "the next pull failed" log "$(<log)"
      is_right || _fail "the files are others"
      umount after
      rm "$1"
    }
    seen=0 mended=0 named=0
    while [ "$seen" -lt "$moments" ]; do
      export ISLE_ROOT=$PWD/live/root
      rm -rf "$ISLE_ROOT"
      sync
      pull >pulled 2>&1 &
      pid=$!
      sleep "0.$(printf %03d $((RANDOM % 400)))"
      cp --reflink=always disk moment
      wait "$pid" || _fail "the pull failed" output "$(<pulled)"
      cp --reflink=always disk end
      after_loss moment
      # Once it has said that it is done, it is on the disk.
      after_loss end whole
      seen=$((seen + 1))
    done
    umount live
    echo "# $seen moments, $named of 2 x $seen with a name, $mended mended" >&2
  ' 700M
}
