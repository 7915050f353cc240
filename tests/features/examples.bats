# examples/: the programs that grow step by step, and a program built against the installed library.
load ../helpers

STEPS=$(realpath -m "$ISLE_BIN_DIR/../examples/steps")
BUILD=$(realpath -m "$ISLE_BIN_DIR/..")

setup() {
  isle_setup
  [ -x "$STEPS/8_cgroup" ] || skip "the examples are not built"
}

# What differs from the caller's, of the kinds.
own_kinds() {
  "$STEPS/$1" sh -c 'readlink /proc/self/ns/*' |
    while read -r link; do
      [ "$link" = "$(readlink "/proc/self/ns/${link%%:*}")" ] || echo "${link%%:*}"
    done | sort -u | paste -sd' '
}

@test "steps: each program has one kind more than the one before" {
  require_root
  assert_equal "$(own_kinds 1_clone)" ""
  assert_equal "$(own_kinds 2_uts)" "uts"
  assert_equal "$(own_kinds 3_ipc)" "ipc uts"
  assert_equal "$(own_kinds 4_pid)" "ipc pid uts"
  assert_equal "$(own_kinds 5_mount)" "ipc mnt pid uts"
  assert_equal "$(own_kinds 6_user)" "ipc mnt pid user uts"
  assert_equal "$(own_kinds 7_net)" "ipc mnt net pid user uts"
  assert_equal "$(own_kinds 8_cgroup)" "cgroup ipc mnt net pid user uts"
}

@test "steps: what each shows inside, and that the host stays as it was" {
  require_root
  local name
  name=$(hostname)
  run -0 "$STEPS/2_uts" hostname
  assert_output box
  run -0 "$STEPS/4_pid" sh -c 'echo $$'
  assert_output 1
  run -0 "$STEPS/5_mount" sh -c 'echo /proc/[0-9]*'
  assert_output /proc/1
  run -0 "$STEPS/7_net" grep -c : /proc/net/dev
  assert_output 1
  run -0 "$STEPS/8_cgroup" sh -c 'grep -vc ":/$" /proc/self/cgroup || true'
  assert_output 0
  assert_equal "$(hostname)" "$name"
  [ -e /proc/$$ ]
  install -m 0755 "$STEPS/8_cgroup" "$ISLE_TEST_DIR/step"
  run -0 run_as_user "$ISLE_TEST_DIR/step" id -u
  assert_output 0
  run ! run_as_user "$ISLE_TEST_DIR/step" no-such-command
}

@test "library: libisle-ns is installed, found by pkg-config, and a program works with it" {
  require_root
  require_program pkg-config
  require_program cmake
  [ -e "$BUILD/libisle-ns.a" ] || skip "the library is not built"
  # As a package is made: for /usr, in another directory. The .pc file finds its own place.
  DESTDIR=$ISLE_TEST_DIR/installed run -0 cmake --install "$BUILD" --component isle-ns --prefix /usr
  export PKG_CONFIG_PATH=$ISLE_TEST_DIR/installed/usr/lib/pkgconfig
  run -0 pkg-config --cflags --libs libisle-ns
  assert_output --partial "$ISLE_TEST_DIR/installed/usr/"
  refute_output --partial "$BUILD"
  # shellcheck disable=SC2046
  run -0 g++ -std=gnu++23 "$ISLE_TESTS_DIR/../examples/ns/holders.cc" \
    $(pkg-config --cflags --libs libisle-ns) -o "$ISLE_TEST_DIR/holders"
  run -0 unshare --mount --propagation private bash -euc "
    mount -t tmpfs tmpfs /run
    '$ISLE_BIN_DIR/isle' ns pin kept
    '$ISLE_TEST_DIR/holders'" 3>&- 8>&-
  assert_output --partial "it is bind mounted at /run/netns/kept"
}
