# The residue check is what every other test's "nothing stays behind" rests on, so it is shown to
# see each kind of thing.
load ../helpers

@test "residue: a clean test has none" {
  residue_after
}

@test "residue: a mount, a file of a container and a namespace are seen" {
  require_root
  # A private mount namespace stands for the host here: nothing is mounted on the real one. Three
  # namespaces: one may get the number of another test's that has gone since the first look.
  local own=$ISLE_TEST_DIR/own
  mkdir -p "$own/point" "$own/run" "$own/root"
  ISLE_TEST_DIR=$own ISLE_ROOT=$own/root ISLE_RUN=$own/run ISLE_RESIDUE= \
    run unshare --mount --propagation private bash -c "
    source '$ISLE_TESTS_DIR/helpers.bash'
    residue_before
    mkdir -p '$own/run/containers/left'
    mount -t tmpfs isle-left '$own/point'
    sleepers=
    for i in 1 2 3; do unshare --uts sleep 300 3>&- 8>&- & sleepers=\"\$sleepers \$!\"; done
    residue_after; echo \"status \$?\"; kill \$sleepers; umount '$own/point'"
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
