# The residue check is what every other test's "nothing stays behind" rests on, so it is shown to
# see each kind of thing.
load ../helpers

@test "residue: a clean test has none" {
  residue_after
}

@test "residue: a mount, a file of a container and a namespace are seen" {
  require_root
  # A private mount namespace stands for the host here: nothing is mounted on the real one.
  run unshare --mount --propagation private bash -c "
    source '$ISLE_TESTS_DIR/helpers.bash' 2>/dev/null
    ISLE_TEST_DIR='$ISLE_TEST_DIR'; residue_before
    mkdir -p '$ISLE_TEST_DIR/point' '$ISLE_RUN/containers/left'
    mount -t tmpfs isle-left '$ISLE_TEST_DIR/point'
    unshare --uts sleep 30 3>&- 8>&- & sleeper=\$!
    SECONDS=0; residue_after; echo \"status \$?\"; kill \$sleeper; umount '$ISLE_TEST_DIR/point'"
  rm -r "$ISLE_RUN/containers"
  assert_line --partial "+ mount"
  assert_line --partial "+ namespace uts:["
  assert_line --partial "+ file run/containers/left"
  assert_line "status 1"
}

@test "run_as_user: an ordinary user without groups or capabilities" {
  require_root
  run run_as_user id
  assert_output "uid=12345 gid=12345 groups=12345"
  run run_as_user grep CapEff /proc/self/status
  assert_output --partial 0000000000000000
}
