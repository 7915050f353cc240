# What the tests of docs/learn share: its pages' commands.

LEARN=$(realpath "$ISLE_TESTS_DIR/../docs/learn")

blocks() { awk '/^```sh/ { inside = 1; next } /^```/ { inside = 0 } inside' "$1"; }

# run_page PAGE [COMMAND...]: runs a page's commands in turn, in a directory and with a host name of
# their own, below COMMAND. Prints each, then what it says.
run_page() {
  require_root
  blocks "$LEARN/$1.md" >"$ISLE_TEST_DIR/commands"
  mkdir -p "$ISLE_TEST_DIR/bin"
  ln -sf "$ISLE_BIN_DIR/isle" "$ISLE_TEST_DIR/bin/isle"
  run "${@:2}" unshare --uts bash -c '
    cd "$1"; PATH=$2:$PATH
    while IFS= read -r line; do
      echo "\$ $line"
      eval "$line" </dev/null || { echo "failed: $line"; exit 1; }
    done <commands' - "$ISLE_TEST_DIR" "$ISLE_BIN_DIR" 3>&- 8>&-
  assert_success
}
