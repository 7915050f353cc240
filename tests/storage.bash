# File systems for tests: a file, mounted by a loop device inside a private mount namespace.

# id_of NAME: the container's whole id.
id_of() { isle inspect --format '{{.id}}' "$1"; }

# with_file_system TYPE SCRIPT [SIZE [MKFS_OPTIONS [MOUNT_OPTION]]]: runs it with bash, with ISLE_ROOT on
# a file system of that type. It has the functions and variables of the test. Nothing of it is mounted
# on the host.
with_file_system() {
  require_program "mkfs.$1"
  grep -qw "$1" /proc/filesystems || modprobe "$1" 2>/dev/null || skip "this kernel has no $1"
  [ -e /dev/loop-control ] || skip "this host has no loop devices"
  local size=160M
  truncate -s "${3:-$size}" "$ISLE_TEST_DIR/disk"
  # shellcheck disable=SC2086 # several words
  "mkfs.$1" -q ${4-} "$ISLE_TEST_DIR/disk" >"$ISLE_TEST_DIR/mkfs.log" 2>&1 || {
    cat "$ISLE_TEST_DIR/mkfs.log" >&2; return 1; }
  declare -f >"$ISLE_TEST_DIR/functions.bash"
  # Not every test has all of them.
  declare -p ISLE_TEST_DIR ISLE_TESTS_DIR ISLE_BIN_DIR BATS_TEST_FILENAME what_is_there FIXTURES \
    2>/dev/null >>"$ISLE_TEST_DIR/functions.bash" || true
  mkdir -p "$ISLE_TEST_DIR/mounted"
  # A file and not -c: that would be one of the flags that bats' `run` sets again.
  cat >"$ISLE_TEST_DIR/script.bash" <<END
source '$ISLE_TEST_DIR/functions.bash'
mount -o loop${5:+,$5} "\$ISLE_TEST_DIR/disk" "\$ISLE_TEST_DIR/mounted"
export ISLE_ROOT=\$ISLE_TEST_DIR/mounted/root
$2
END
  unshare --mount --propagation private bash -eu "$ISLE_TEST_DIR/script.bash" 3>&- 8>&-
}
