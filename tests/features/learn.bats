# docs/learn/: every command on the pages is run as it stands there, and both languages show the same.
load ../helpers
load ../learn

@test "learn: both languages show the same commands" {
  local page
  for page in "$LEARN"/*.md; do
    [[ $page == *.zh.md ]] || assert_exists "${page%.md}.zh.md"
  done
  for page in "$LEARN"/*.zh.md; do
    assert_equal "$(blocks "$page")" "$(blocks "${page%.zh.md}.md")"
  done
}

@test "learn: namespaces, one by one" {
  require_namespace time
  run_page namespaces
  assert_line --partial "CLONE_NEWNS"
  assert_line box
  assert_line /proc/1
  assert_line "$(cat /proc/sys/kernel/overflowuid)"
  assert_line --partial ":/"
}

@test "learn: four calls" {
  run_page calls
  assert_line "child 1"
  assert_line --partial "no second"
  assert_line there
  assert_line "refused: that file is of another kind"
  assert_line refused
}

@test "learn: mounts" {
  run_page mounts
  assert_line "/mnt private"
  assert_line "not here"
  assert_line "not here either"
  assert_equal "$(grep -c ' Z ' <<<"$output")" 1 # the one that nobody waits for
  assert_line "no device"
  assert_exists "$ISLE_TEST_DIR/map.html"
}

@test "learn: what is often told" {
  run_page often-told
  assert_line "still here"
  assert_line before
}

@test "learn: control groups" {
  require_controller memory
  require_controller freezer
  run_page cgroups
  assert_line "no more inside"
  assert_line "but outside"
  assert_line "killed: 137"
  assert_output --regexp 'learn Up .*\(Paused\)'
}

@test "learn: the whole" {
  run_page whole
  assert_line hello
  assert_output --regexp "[0-9]+\.[0-9]+ ms +execute echo"
  assert_line started
  assert_line --partial "learn Exited (143)"
}

@test "learn: experiments that fail, and are safe" {
  require_namespace time
  local before
  before=$(uname -n; cat /proc/sys/kernel/panic; ls /proc/sys/fs/binfmt_misc)
  run_page failures
  assert_line --partial ENOSPC
  assert_line --partial EINVAL
  assert_line --partial "no CAP_MKNOD"
  assert_line "still here"
  assert_equal "$(uname -n; cat /proc/sys/kernel/panic; ls /proc/sys/fs/binfmt_misc)" "$before"
}

@test "learn: side by side" {
  run_page side-by-side
  assert_output --regexp "clone3\(.*CLONE_NEWPID"
  assert_line --partial "pivot_root(., .)"
  assert_output --regexp "execve\(/bin/true"
  assert_line --partial "unshare(CLONE_NEWNS | CLONE_NEWUTS)"
}
