# CVE-2019-5736: the runtime's own binary, overwritten from inside through /proc/self/exe. While a
# process enters a container it is still the runtime; a command, a link or an interpreter line that
# says /proc/self/exe even makes it the runtime again.
#
# The monitor is sealed as well: its command may be /proc/self/exe.
#
# They can fail: against islet as it was before it sealed itself (read from its own file, writable),
# "by its name" and "a link" end with WRITABLE. runc 1.1.5 and crun 1.8.1 pass: they run from a sealed copy.
load attack

# A copy of the runtime, which may be spoiled.
prepare() {
  require_root
  require_fixture steal_program
  original=$(command -v "${ISLE_ATTACK_RUNTIME:-$ISLE_BIN_DIR/islet}")
  ISLET=$ISLE_TEST_DIR/runtime-copy
  cp "$original" "$ISLET"
  make_bundle steal_program 60
  cp "$FIXTURES/steal_program" "$bundle/rootfs/bin/"
}
# Starts the container with the one who waits; its words are in $words.
start_thief() {
  words=$ISLE_TEST_DIR/words
  runtime run -d -b "$bundle" thief </dev/null >"$words" 2>&1
  wait_until grep -q waiting "$words"
}
assert_safe() {
  local ended=0
  runtime kill thief KILL
  wait_until runtime delete thief
  # The thief did look, and saw nothing it could write.
  ! grep -x WRITABLE "$words" || ended=1
  cmp "$ISLET" "$original"
  assert_equal "$ended" 0
}
enter() { local i; for i in 1 2 3 4 5; do runtime exec thief "$@" >/dev/null 2>&1 || true; done; }

@test "known: CVE-2019-5736, the runtime as it enters a running container" {
  prepare
  start_thief
  enter true
  assert_safe
}

@test "known: CVE-2019-5736, exec of /proc/self/exe by its name" {
  prepare
  start_thief
  enter /proc/self/exe list
  assert_safe
}

@test "known: CVE-2019-5736, exec of a link to /proc/self/exe" {
  prepare
  ln -s /proc/self/exe "$bundle/rootfs/bin/innocent"
  start_thief
  enter innocent list
  assert_safe
}

@test "known: CVE-2019-5736, a script whose interpreter is /proc/self/exe" {
  prepare
  printf '#!/proc/self/exe\n' >"$bundle/rootfs/bin/script"
  chmod 755 "$bundle/rootfs/bin/script"
  start_thief
  enter script
  assert_safe
}

@test "known: CVE-2019-5736, a container whose command is /proc/self/exe runs no writable file" {
  prepare
  make_bundle --name self /proc/self/exe spec --help
  run runtime run -b "$ISLE_TEST_DIR/self" self
  end_container self
  cmp "$ISLET" "$original"
}

@test "known: CVE-2019-5736, isle exec" {
  require_root
  require_fixture steal_program
  mkdir "$ISLE_TEST_DIR/out"
  isle run -d --name thief -v "$FIXTURES:/fixtures:ro" -v "$ISLE_TEST_DIR/out:/out" \
    busybox sh -c '/fixtures/steal_program 60 >/out/words' >/dev/null
  wait_until grep -q waiting "$ISLE_TEST_DIR/out/words"
  local i
  for i in 1 2 3 4; do run isle exec thief /proc/self/exe --version; done
  isle rm -f thief >/dev/null
  run ! grep WRITABLE "$ISLE_TEST_DIR/out/words"
}

@test "known: CVE-2019-5736, the monitor runs from a read-only mount as well" {
  require_root
  isle run -d --name held busybox sleep 1000 >/dev/null
  local pid monitor
  pid=$(isle ps --format json | sed -n 's/.*"pid": \([0-9]*\).*/\1/p')
  monitor=$(sed -n 's/^PPid:[[:blank:]]*//p' "/proc/$pid/status")
  assert_equal "$(cat "/proc/$monitor/comm")" isle-monitor
  # Its program is the root of a mount of its own; open(2) says ETXTBSY before it would say EROFS.
  assert_equal "$(readlink "/proc/$monitor/exe")" /
  isle rm -f held >/dev/null
}
