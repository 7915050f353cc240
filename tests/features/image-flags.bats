# Every flag that podman's commands on images have is one of isle's, or is refused with a reason by its
# name: nothing that is typed from habit is unknown. The list is podman's own help.
load ../helpers

# flags_of COMMAND...: podman's long flags.
flags_of() {
  podman "$@" --help 2>/dev/null | sed -n '/^\(Options\|Flags\):/,$p' |
    grep -oE '^ +(-[a-zA-Z], )?--[a-z0-9-]+' | grep -oE -- '--[a-z0-9-]+' | sort -u
}

# none_is_unknown COMMAND...: sets `count`.
none_is_unknown() {
  local flag words
  for flag in $(flags_of "$@"); do
    # A flag that wants a value says so; one that does not lacks the image's name, or does its work on
    # a store that has nothing.
    words=$(timeout 20 "$ISLE_BIN_DIR/isle" "$@" "$flag" </dev/null 2>&1 3>&- 8>&- | cat) || true
    [[ $words != *"unknown flag"* && $words != *"there is no command"* ]] ||
      _fail "isle $* does not know podman's $flag" said "$words"
    count=$((count + 1))
  done
}

@test "image flags: podman's are taken, or refused by their names" {
  require_program podman
  local command count=0
  for command in pull push images rmi tag untag history inspect save load import export commit diff login \
    logout search; do
    none_is_unknown "$command"
  done
  for command in diff exists history import inspect list load mount prune pull push rm save search tag tree \
    unmount untag; do
    none_is_unknown image "$command"
  done
  for command in add annotate create exists inspect push rm; do none_is_unknown manifest "$command"; done
  # The help was understood: podman 4.3 has 216 of them.
  assert_between "$count" 150 1000
  assert_equal "$(isle ps -aq)" ""
}

@test "image flags: commands that isle does not have say why, and what to do" {
  local command
  for command in build buildx "image build" "image scp" "image sign" "image trust" trust; do
    # shellcheck disable=SC2086 # two words
    run -125 isle $command something
    assert_line --partial "isle: $command: isle "
    assert_output --partial "hint: "
  done
  run -125 isle image frobnicate
  assert_line 'isle: image: there is no command "frobnicate"'
}
