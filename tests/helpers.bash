# Why: every test at the shell runs isle with a private store, says what it expects in words, and
# proves that nothing of it stays on the host. A test file starts with
#
#   load ../helpers
#   @test "uts: the host name inside is the asked one" {
#     run -0 isle run --rm --hostname box busybox hostname
#     assert_output box
#   }
#
# setup() and teardown() below do the rest; a file that needs its own calls isle_setup first and
# isle_teardown last. Settings: ISLE_BIN_DIR (build/bin), ISLE_ROOT and ISLE_RUN (made here),
# ISLE_RESIDUE=off (only to look at what a failing test left).

[ -z "${BATS_VERSION-}" ] || bats_require_minimum_version 1.5.0

ISLE_TESTS_DIR=$(cd "${BASH_SOURCE[0]%/*}" && pwd)
: "${ISLE_BIN_DIR:=${ISLE_TESTS_DIR%/*}/build/bin}"
case $ISLE_BIN_DIR in */../*) ISLE_BIN_DIR=$(realpath -m "$ISLE_BIN_DIR") ;; esac
# Who run_as_user runs as: an id that no passwd file knows.
ISLE_TEST_UID=12345

setup() { isle_setup; }
teardown() { isle_teardown; }

# A private state root, outside bats' own directory: that is long (UNIX socket paths end at 108
# bytes) and closed to other users. Residue can only be told when one test runs at a time on this
# machine, hence the lock. Few programs are started here: in an emulated machine each is dear.
isle_setup() {
  if [ -z "${ISLE_TEST_IN_VM-}" ]; then
    exec 8>"${ISLE_TEST_LOCK:-/run/isle-tests.lock}"
    flock -w "${ISLE_TEST_LOCK_WAIT:-300}" 8 || _fail "another test holds the test lock"
  fi
  ISLE_TEST_DIR=${TMPDIR:-/tmp}/isle-t.$BASHPID
  export ISLE_ROOT=$ISLE_TEST_DIR/root ISLE_RUN=$ISLE_TEST_DIR/run
  # The machine's firewall and devices are not the tests': those about networks run in a network
  # namespace of their own (tests/network.bash) and say which they want.
  export ISLE_NETWORK=none
  # Nor are the machine's isle.conf and the caller's.
  export ISLE_CONFIG=
  mkdir -m 0755 "$ISLE_TEST_DIR"
  mkdir -m 0700 "$ISLE_ROOT" "$ISLE_RUN"
  residue_before
}

isle_teardown() {
  [ -n "${ISLE_TEST_DIR-}" ] || return 0 # setup did not get that far
  local status=0
  residue_after || status=1
  # A failed test may leave containers; the next one must not suffer from them.
  [ "$status" = 0 ] || _sweep
  rm -rf --one-file-system "$ISLE_TEST_DIR"
  { exec 8>&-; } 2>/dev/null
  return "$status"
}

# ---- the programs under test -------------------------------------------------------------------
# bats' report (3) and the lock (8) must not leak into what outlives the command.
isle() { "$ISLE_BIN_DIR/isle" "$@" 3>&- 8>&-; }
islet() { "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" "$@" 3>&- 8>&-; }

# Runs a command as an ordinary user who is in no group and no passwd file, with no capability and a
# store of its own. `isle` and `islet` name the programs under test.
run_as_user() {
  local dir=$ISLE_TEST_DIR/user bin=$ISLE_BIN_DIR
  [ -d "$dir" ] || install -d -o "$ISLE_TEST_UID" -g "$ISLE_TEST_UID" -m 0700 \
    "$dir" "$dir/root" "$dir/run" "$dir/xdg" "$dir/home"
  # The build directory may lie below a closed one.
  if [ -x "$bin/isle" ] && ! _as_user test -x "$bin/isle"; then
    bin=$ISLE_TEST_DIR/bin
    [ -d "$bin" ] || { cp -r "$ISLE_BIN_DIR" "$bin" &&
      cp -r "$ISLE_BIN_DIR/../share" "$ISLE_TEST_DIR/share"; } || return 1
  fi
  local -x ISLE_ROOT=$dir/root ISLE_RUN=$dir/run XDG_RUNTIME_DIR=$dir/xdg HOME=$dir/home
  local -x PATH=$bin:$PATH USER=12345 LOGNAME=12345
  local -x XDG_DATA_HOME=$dir/home/.local/share
  _as_user "$@" 3>&- 8>&-
}

_as_user() {
  (cd / && exec setpriv --reuid "$ISLE_TEST_UID" --regid "$ISLE_TEST_UID" --clear-groups \
    --inh-caps=-all -- "$@")
}

# ---- assertions -----------------------------------------------------------------------------
_fail() {
  { echo "-- $1"; shift; while [ $# -ge 2 ]; do printf '%-9s: %s\n' "$1" "$2"; shift 2; done; } >&2
  return 1
}

# assert_success; assert_failure [STATUS]: about the last `run`.
assert_success() { [ "$status" -eq 0 ] || _fail "the command failed" status "$status" output "$output"; }
assert_failure() {
  if [ $# -gt 0 ]; then
    [ "$status" -eq "$1" ] || _fail "another exit status" expected "$1" got "$status" output "$output"
  else
    [ "$status" -ne 0 ] || _fail "the command succeeded" output "$output"
  fi
}

# assert_output [--partial|--regexp] TEXT: all of `run`'s output is, contains or matches TEXT.
assert_output() {
  case $1 in
    --partial) [[ $output == *"$2"* ]] || _fail "output lacks the text" expected "$2" output "$output" ;;
    --regexp) [[ $output =~ $2 ]] || _fail "output does not match" pattern "$2" output "$output" ;;
    *) [ "$output" = "$1" ] || _fail "other output" expected "$1" got "$output" ;;
  esac
}
refute_output() {
  if [ $# -eq 0 ]; then
    [ -z "$output" ] || _fail "output where none was expected" output "$output"
  elif [ "$1" = --partial ]; then
    [[ $output != *"$2"* ]] || _fail "output has the text" text "$2" output "$output"
  elif [ "$1" = --regexp ]; then
    [[ ! $output =~ $2 ]] || _fail "output matches" pattern "$2" output "$output"
  else
    [ "$output" != "$1" ] || _fail "the very output" output "$output"
  fi
}
# assert_line [--partial] TEXT, or assert_line N TEXT: one of the lines (the Nth, from 0).
assert_line() {
  local line
  if [[ $1 =~ ^[0-9]+$ ]] && [ $# -eq 2 ]; then
    [ "${lines[$1]-}" = "$2" ] || _fail "another line $1" expected "$2" got "${lines[$1]-}"
    return
  fi
  for line in "${lines[@]}"; do
    if [ "$1" = --partial ]; then [[ $line != *"$2"* ]] || return 0
    else [ "$line" != "$1" ] || return 0; fi
  done
  _fail "no such line" expected "${*: -1}" output "$output"
}
assert_equal() { [ "$1" = "$2" ] || _fail "values differ" expected "$2" got "$1"; }
assert_not_equal() { [ "$1" != "$2" ] || _fail "values are the same" value "$1"; }
assert_match() { [[ $1 =~ $2 ]] || _fail "value does not match" value "$1" pattern "$2"; }
assert_exists() { [ -e "$1" ] || [ -L "$1" ] || _fail "missing" path "$1"; }
assert_not_exists() { { [ ! -e "$1" ] && [ ! -L "$1" ]; } || _fail "exists" path "$1"; }
# assert_between VALUE LOW HIGH: whole numbers, both ends included.
assert_between() {
  { [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]; } || _fail "out of range" value "$1" range "$2..$3"
}

# ---- when a test makes sense ----------------------------------------------------------------
require_root() { [ "$(id -u)" -eq 0 ] || skip "needs root"; }
require_program() { command -v "$1" >/dev/null || skip "needs the program $1"; }
# Debian's docker-registry, where it is installed, or where tools/get-engines has put it: sets
# registry_program.
require_registry() {
  registry_program=$(command -v docker-registry) ||
    registry_program=${ISLE_ENGINES_DIR:-${ISLE_TESTS_DIR%/*}/build/engines}/root/usr/bin/docker-registry
  [ -x "$registry_program" ] || skip "needs docker-registry (tools/get-engines fetches it)"
}
# require_namespace pid|net|...: this kernel has the kind.
require_namespace() { [ -e "/proc/self/ns/$1" ] || skip "this kernel has no $1 namespaces"; }
# require_controller memory|pids|...: some hierarchy of this host has it.
require_controller() { _controller_root "$1" >/dev/null || skip "this host has no $1 controller"; }
# require_kernel MAJOR.MINOR: only where a feature cannot be tried.
require_kernel() {
  printf '%s\n%s\n' "$1" "$(uname -r)" | sort -CV || skip "needs Linux $1, this is $(uname -r)"
}

# ---- looking at the host ----------------------------------------------------------------------
# wait_until [-t SECONDS] COMMAND...: tries until it succeeds (5 s unless told, 30 where the processor
# is emulated).
wait_until() {
  local limit=5
  [ -z "${ISLE_TEST_IN_VM-}" ] || limit=30
  if [ "$1" = -t ]; then limit=$2; shift 2; fi
  local end=$((SECONDS + limit + 1))
  until "$@"; do
    [ "$SECONDS" -lt "$end" ] || _fail "did not come true in $limit s" command "$*" || return 1
    sleep 0.02
  done
}

# ns_of PID KIND: "uts:[4026531838]".
ns_of() { readlink "/proc/$1/ns/$2"; }
# children_of PID, one a line.
children_of() { cat /proc/"$1"/task/*/children 2>/dev/null | tr ' ' '\n' | sed '/^$/d'; }

# cgroup_mode: v1, v2 or hybrid, as far as the controllers that containers need go.
cgroup_mode() {
  local v1 v2
  v1=$(_controller_root memory)
  [ -n "$v1" ] || { echo none; return; }
  v2=$(awk '$(NF-2) == "cgroup2" { print $5; exit }' /proc/self/mountinfo)
  if [ "$v1" = "$v2" ]; then echo v2; elif [ -n "$v2" ]; then echo hybrid; else echo v1; fi
}
# The mount point of the hierarchy that has a controller.
_controller_root() {
  awk -v want="$1" '
    { for (i = 7; i <= NF && $i != "-"; i++); type = $(i + 1); options = "," $(i + 3) "," }
    type == "cgroup" && index(options, "," want ",") { print $5; found = 1; exit }
    type == "cgroup2" && !v2 { v2 = $5 }
    END {
      if (found) exit 0
      if (v2 == "") exit 1
      getline line < (v2 "/cgroup.controllers")
      if (index(" " line " ", " " want " ") || want == "freezer" || want == "devices") {
        print v2; exit 0
      }
      exit 1
    }' /proc/self/mountinfo
}
# cgroup_dir PID CONTROLLER: the directory that holds a process, as the host sees it.
cgroup_dir() {
  local root path
  root=$(_controller_root "$2") || return 1
  path=$(awk -F: -v want="$2" '
    index("," $2 ",", "," want ",") { v1 = $3 } $1 == 0 && $2 == "" { v2 = $3 }
    END { print v1 != "" ? v1 : v2 }' "/proc/$1/cgroup")
  echo "$root$path"
}

# ---- nothing stays behind ------------------------------------------------------------------------
# In a program of its own: bats traces every line of this shell, which makes loops slow.
residue_before() { [ "${ISLE_RESIDUE-}" = off ] || "$ISLE_BIN_DIR/../tests/residue" before "$ISLE_TEST_DIR"; }
residue_after() {
  [ "${ISLE_RESIDUE-}" = off ] || "$ISLE_BIN_DIR/../tests/residue" after "$ISLE_TEST_DIR" >&2
}
# Ends what a failed test left, and only that: processes whose environment or arguments name this
# test's private directory.
_sweep() {
  local pid
  for pid in $(grep -lsaF "$ISLE_TEST_DIR/" /proc/[0-9]*/cmdline /proc/[0-9]*/environ | cut -d/ -f3 | sort -u); do
    [ "$pid" = $$ ] || [ "$pid" = "$BASHPID" ] || case $(cat "/proc/$pid/comm" 2>/dev/null) in
      isle*) kill -KILL "$pid" 2>/dev/null || true ;;
    esac
  done
}
