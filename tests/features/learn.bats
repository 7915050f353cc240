# docs/learn/: every command on the pages is run as it stands there, and both languages show the same.
load ../helpers

LEARN=$(realpath "$ISLE_TESTS_DIR/../docs/learn")

blocks() { awk '/^```sh/ { inside = 1; next } /^```/ { inside = 0 } inside' "$1"; }

# Runs a page's commands in turn, in a directory and with a host name of their own. Prints each, then
# what it says.
run_page() {
  require_root
  blocks "$LEARN/$1.md" >"$ISLE_TEST_DIR/commands"
  mkdir -p "$ISLE_TEST_DIR/bin"
  ln -sf "$ISLE_BIN_DIR/isle" "$ISLE_TEST_DIR/bin/isle"
  run unshare --uts bash -c '
    cd "$1"; PATH=$2:$PATH
    while IFS= read -r line; do
      echo "\$ $line"
      eval "$line" </dev/null || { echo "failed: $line"; exit 1; }
    done <commands' - "$ISLE_TEST_DIR" "$ISLE_BIN_DIR" 3>&- 8>&-
  assert_success
}

@test "learn: both languages show the same commands" {
  local page
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
  assert_line "no device"
  assert_exists "$ISLE_TEST_DIR/map.html"
}

@test "learn: what is often told" {
  run_page often-told
  assert_line "still here"
  assert_line before
}
