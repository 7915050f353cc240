# isle completion: what bash, fish and zsh themselves make of its scripts.
load ../labs/lab

in_bash() { # LINE: what bash would offer
  LINE=$1 bash --norc --noprofile -c '
    . <(isle completion bash)
    COMP_LINE=$LINE COMP_POINT=${#LINE}
    _isle
    printf "%s\n" "${COMPREPLY[@]}"'
}
in_fish() { fish --no-config -c 'isle completion fish | source; complete -C "$argv[1]"' "$1" | cut -f1; }
# compadd works only while a line is edited: here it tells what it was given.
in_zsh() {
  zsh -f -c '
    autoload -Uz compinit; compinit -D -u
    eval "$(isle completion zsh)"
    compadd() { shift 4; print -l -- "$@"; }
    _files() { print files; }
    words=("${(@s: :)1}") CURRENT=${#words}
    _isle' zsh "$1"
}
offers() { # SHELL LINE EXPECTED...
  local shell=$1 line=$2
  shift 2
  assert_equal "$("in_$shell" "$line" | grep . | sort | xargs)" "$*" || _fail "completed" shell "$shell" line "$line"
}

setup() {
  isle_setup
  mkdir "$ISLE_TEST_DIR/path"
  printf '#!/bin/sh\nexec "%s/isle" "$@" 3>&- 8>&-\n' "$ISLE_BIN_DIR" >"$ISLE_TEST_DIR/path/isle"
  chmod +x "$ISLE_TEST_DIR/path/isle"
  export PATH=$ISLE_TEST_DIR/path:$PATH HOME=$ISLE_TEST_DIR
}

@test "completion: commands, flags, their values, and the names of this moment, in bash" {
  require_root
  isle run -d --name web-up busybox sleep 1000
  isle create --name web-down busybox true
  isle volume create kept
  offers bash "isle st" start stats stop
  offers bash "isle container st" start stats stop
  offers bash "isle stop " web-up
  offers bash "isle start w" web-down
  offers bash "isle rm w" web-down web-up
  offers bash "isle logs --tail 3 w" web-down web-up
  offers bash "isle run --stop-t" --stop-timeout
  offers bash "isle run --restart un" unless-stopped
  offers bash "isle run --restart=un" unless-stopped
  offers bash "isle run --rm bus" busybox:latest
  # bash completes what is behind the colon.
  offers bash "isle run --rm busybox:l" latest
  offers bash "isle volume rm " kept
  offers bash "isle run busybox "
  run isle completion tcsh
  assert_failure 125
  assert_output --partial "bash, fish and zsh"
  isle rm -f web-up web-down
  isle volume rm kept
}

@test "completion: fish and zsh ask the same" {
  require_root
  require_program fish
  require_program zsh
  isle create --name web busybox true
  for shell in fish zsh; do
    offers $shell "isle st" start stats stop
    offers $shell "isle start w" web
    offers $shell "isle run --restart un" unless-stopped
  done
  isle rm web
}
