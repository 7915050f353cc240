# What the labs share: containers that stay for a while, looked at from both sides. A lab starts with
#
#   load lab
#   @test "uts: ..." {
#     start_container box --hostname box
#     run -0 inside box hostname
#     ...
#     remove_container box
#   }
load ../helpers

# Small programs of the tests' own (tests/fixtures/); inside a container they are /fixtures/NAME.
FIXTURES=$(realpath -m "$ISLE_BIN_DIR/../tests/fixtures")
WITH_FIXTURES=(--volume "$FIXTURES:/fixtures:ro")

# A container that hangs fails its test, and not the whole run.
# No command takes that long; an emulated processor does.
at_most=60
[ -z "${ISLE_TEST_IN_VM-}" ] || at_most=300
isle() { timeout --foreground -k 5 "$at_most" "$ISLE_BIN_DIR/isle" "$@" 3>&- 8>&-; }
islet() { timeout --foreground -k 5 "$at_most" "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" "$@" 3>&- 8>&-; }

# Programs that the build did not make are a failure of the build, never a reason to skip.
require_fixture() { [ -x "$FIXTURES/$1" ] || _fail "the fixture is not built" path "$FIXTURES/$1"; }

# start_container NAME FLAG... [-- COMMAND...]: runs in the background, `sleep 1000` unless told.
start_container() {
  local name=$1 flags=() command=(sleep 1000)
  shift
  while [ $# -gt 0 ] && [ "$1" != -- ]; do flags+=("$1"); shift; done
  [ $# -le 1 ] || command=("${@:2}")
  isle run -d --name "$name" "${flags[@]}" busybox "${command[@]}" >/dev/null
}
inside() { local name=$1; shift; isle exec "$name" "$@"; }
# The host's number of a container's PID 1.
pid_of() { isle inspect "$1" | sed -n 's/^ *"pid": \([0-9]*\),\{0,1\}$/\1/p' | head -1; }
remove_container() { isle rm -f "$@" >/dev/null; }

# status_of PID FIELD: a line of /proc/PID/status, blanks squeezed.
status_of() { sed -n "s/^$2:[[:blank:]]*//p" "/proc/$1/status" | tr '\t' ' '; }
is_gone() { [ ! -e "/proc/$1" ] || [ "$(status_of "$1" State | cut -c1)" = Z ]; }
# processes_in KIND LINK: the host's numbers of those in a namespace, such as pid "pid:[4026532180]".
processes_in() {
  find /proc/[0-9]*/ns/"$1" -maxdepth 0 -lname "${2/\[/\\[}" 2>/dev/null | cut -d/ -f3
}
host_mounts() { cat /proc/self/mountinfo; }

# Runs a script with bash in a mount namespace of its own that stands for a host on which `/` is
# shared, as distributions have it: nothing of it reaches the real one. The script has this file's
# functions and variables.
on_shared_host() {
  unshare --mount --propagation private bash -euc "
    BATS_VERSION=
    source '$ISLE_TESTS_DIR/helpers.bash'; load() { :; }; source '$ISLE_TESTS_DIR/labs/lab.bash'
    ISLE_TEST_DIR='$ISLE_TEST_DIR'
    mount --make-rshared /
    $1" 3>&- 8>&-
}
