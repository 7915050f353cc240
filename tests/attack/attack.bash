# What the attacks share. Each test of known_*.bats builds an escape that some runtime had and shows
# that islet refuses it; run against such a runtime the same test fails:
#
#   ISLE_ATTACK_RUNTIME=runc bats tests/attack/known_binary.bats
#
# The header of each file says how that went.
load ../helpers
load ../islet-bundle

FIXTURES=$(realpath -m "$ISLE_BIN_DIR/../tests/fixtures")
require_fixture() { [ -x "$FIXTURES/$1" ] || _fail "the fixture is not built" path "$FIXTURES/$1"; }

# crun 1.8.1 takes no document of a later version.
[ -z "${ISLE_ATTACK_RUNTIME-}" ] || ISLE_BUNDLE_VERSION=1.0.2

# The runtime under attack: islet, or another that is known to be weak. On hybrid hosts some of
# those run only where the v2 tree is not seen.
runtime() {
  if [ -z "${ISLE_ATTACK_RUNTIME-}" ]; then
    timeout --foreground -k 5 60 "${ISLET:-$ISLE_BIN_DIR/islet}" --root "$ISLE_RUN/islet" "$@" 3>&- 8>&-
  else
    timeout --foreground -k 5 60 "${ISLE_TESTS_DIR%/*}/bench/v1-view" "${ISLET:-$ISLE_ATTACK_RUNTIME}" \
      --root "$ISLE_RUN/islet" "$@" 3>&- 8>&-
  fi
}
# Removes what a weak one left running.
end_container() { runtime delete --force "$1" >/dev/null 2>&1 || true; }

# A file and a directory of the host that nothing may change or reach.
make_canary() {
  canary=$ISLE_TEST_DIR/host
  mkdir -p "$canary"
  echo untouched >"$canary/file"
  canary_before=$(_canary_state)
}
_canary_state() { (cd "$canary" && find . -printf '%P %y %m %s %l\n' | sort && cat file); }
assert_canary() { assert_equal "$(_canary_state)" "$canary_before"; }

# bare_bundle LINUX SCRIPT [TERMINAL]: a bundle with nothing mounted but /proc, so that what the root
# has in /dev and elsewhere is what the runtime meets. LINUX: more members of linux.
bare_bundle() {
  bundle=$ISLE_TEST_DIR/bundle
  _busybox_root "$bundle/rootfs"
  cat >"$bundle/config.json" <<EOF
{"ociVersion": "${ISLE_BUNDLE_VERSION:-1.2.0}", "root": {"path": "rootfs"}, "hostname": "box",
 "process": {"terminal": ${3:-false}, "user": {"uid": 0, "gid": 0}, "cwd": "/",
  "env": ["PATH=/bin"], "args": ["sh", "-c", "$2"]},
 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}],
 "linux": {$1 "namespaces": [{"type": "pid"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}]}}
EOF
}
