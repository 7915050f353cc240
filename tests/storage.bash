# File systems for tests: a file, mounted by a loop device inside a private mount namespace.

# id_of NAME: the container's whole id.
id_of() { isle inspect --format '{{.id}}' "$1"; }

# run_mounted 'MOUNT WORDS' SCRIPT: runs it with bash, with ISLE_ROOT on what `mount WORDS` mounts. It has
# the functions and variables of the test. Nothing of it is mounted on the host.
run_mounted() {
  declare -f >"$ISLE_TEST_DIR/functions.bash"
  # Not every test has all of them.
  declare -p ISLE_TEST_DIR ISLE_TESTS_DIR ISLE_BIN_DIR BATS_TEST_FILENAME what_is_there FIXTURES KILL_AT at_most pool \
    2>/dev/null >>"$ISLE_TEST_DIR/functions.bash" || true
  mkdir -p "$ISLE_TEST_DIR/mounted"
  # A file and not -c: that would be one of the flags that bats' `run` sets again.
  cat >"$ISLE_TEST_DIR/script.bash" <<END
source '$ISLE_TEST_DIR/functions.bash'
mount $1 "\$ISLE_TEST_DIR/mounted"
export ISLE_ROOT=\$ISLE_TEST_DIR/mounted/root
$2
END
  unshare --mount --propagation private bash -eu "$ISLE_TEST_DIR/script.bash" 3>&- 8>&-
}

# with_file_system TYPE SCRIPT [SIZE [MKFS_OPTIONS [MOUNT_OPTION]]]: the script with a file system of that
# type, in a file.
with_file_system() {
  require_program "mkfs.$1"
  grep -qw "$1" /proc/filesystems || modprobe "$1" 2>/dev/null || skip "this kernel has no $1"
  [ -e /dev/loop-control ] || skip "this host has no loop devices"
  local size=160M
  truncate -s "${3:-$size}" "$ISLE_TEST_DIR/disk"
  # shellcheck disable=SC2086 # several words
  "mkfs.$1" -q ${4-} "$ISLE_TEST_DIR/disk" >"$ISLE_TEST_DIR/mkfs.log" 2>&1 || {
    cat "$ISLE_TEST_DIR/mkfs.log" >&2; return 1; }
  run_mounted "-o loop${5:+,$5} $ISLE_TEST_DIR/disk" "$2"
}

# with_zfs SCRIPT: the same with a data set, $pool/data, of a pool in a file.
with_zfs() {
  local status=0
  require_program zpool
  [ -e /dev/zfs ] || modprobe zfs 2>/dev/null || skip "this kernel has no ZFS (Debian: zfs-dkms)"
  pool=isle-test-$$
  truncate -s 512M "$ISLE_TEST_DIR/disk"
  zpool create -f -O mountpoint=none -O acltype=posixacl -O compression=off -o cachefile=none "$pool" "$ISLE_TEST_DIR/disk"
  zfs create -o mountpoint=legacy "$pool/data"
  run_mounted "-t zfs $pool/data" "$1" || status=$?
  # Mounts in namespaces of what has just ended go a moment later.
  wait_until zpool destroy -f "$pool" 2>/dev/null || status=1
  return "$status"
}
