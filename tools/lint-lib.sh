# Sourced by the checks of tools/. A check calls `finding` for each thing that is wrong and ends
# with `conclude`, which prints the one line that ./test and tools/lint add up:
#
#   check-NAME: 1 passed, 0 failed, 0 skipped
#
# A check is one test however many files it read; with findings it ends with status 1.
set -u
export LC_ALL=C
top=$(cd "$(dirname "$0")/.." && pwd)
cd "$top" || exit 2
# A clone may belong to another user than the one who checks it, which git refuses to read.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0="*"
check=$(basename "$0")
build=${BUILD_DIR:-build}

findings=$(mktemp "${TMPDIR:-/tmp}/$check.XXXXXX")
trap 'rm -f "$findings"' EXIT

finding() { printf '%s\n' "$*" >>"$findings"; }
# What was read, for the reader of the log; then the line that counts.
conclude() {
  if [ -s "$findings" ]; then
    sort -u "$findings"
    echo "$check: 0 passed, 1 failed, 0 skipped"
    exit 1
  fi
  echo "$check: 1 passed, 0 failed, 0 skipped ($*)" | sed 's/ ()$//'
  exit 0
}
skip() {
  echo "$check: 0 passed, 0 failed, 1 skipped: $*"
  exit 0
}

# Our sources, one a line: sources [PATTERN...], such as sources '*.h'.
sources() {
  [ $# -gt 0 ] || set -- '*.h' '*.cc' '*.c'
  local pattern
  { git ls-files --cached --others --exclude-standard -- src bench fuzz 2>/dev/null ||
    find src bench fuzz -type f 2>/dev/null; } | while IFS= read -r file; do
    for pattern in "$@"; do
      # shellcheck disable=SC2254
      case $file in $pattern) [ ! -e "$file" ] || echo "$file" ;; esac
    done
  done | sort -u
}
# The commit that "changed lately" counts from: LINT_BASE; else where this branch left origin/main;
# else ten commits back, which is what a fresh clone of main has.
lint_base() {
  local base
  if [ -n "${LINT_BASE-}" ]; then echo "$LINT_BASE"; return; fi
  base=$(git merge-base HEAD origin/main 2>/dev/null)
  if [ -z "$base" ] || [ "$base" = "$(git rev-parse HEAD)" ]; then
    base=$(git rev-list -n 1 --skip=10 --first-parent HEAD 2>/dev/null)
  fi
  [ -n "$base" ] || base=$(git rev-list --max-parents=0 HEAD 2>/dev/null | tail -n 1)
  echo "$base"
}
# The sources that changed lately, or with --all as $scope all of them.
scope=lately
for argument in "$@"; do
  case $argument in --all) scope=all ;; *) echo "$check: unknown argument $argument" >&2; exit 2 ;; esac
done
sources_in_scope() {
  if [ "$scope" = all ]; then sources "$@"; return; fi
  local changed
  changed=$(mktemp "${TMPDIR:-/tmp}/$check.XXXXXX")
  { git diff --name-only --diff-filter=d "$(lint_base)" -- src bench fuzz
    git ls-files --others --exclude-standard -- src bench fuzz; } 2>/dev/null | sort -u >"$changed"
  sources "$@" | comm -12 - "$changed"
  rm -f "$changed"
}
