# Lab A10: apart in every kind. Each link in /proc/self/ns differs from the host's, two containers
# differ from each other, and neither sees the other's processes.
load lab

KINDS="cgroup ipc mnt net pid time user uts"

# The kinds this kernel has.
kinds() { local kind; for kind in $KINDS; do [ ! -e "/proc/self/ns/$kind" ] || echo "$kind"; done; }

@test "apart: every link differs from the host's" {
  require_root
  run -0 isle run --rm --userns auto busybox ls -l /proc/self/ns
  local kind
  for kind in $(kinds); do
    assert_line --partial " $kind -> $kind:["
    refute_output --partial "$(ns_of self "$kind")"
  done
}

@test "apart: --userns nomap too, where the caller's own id is not inside" {
  require_root
  run -0 isle run --rm --userns nomap busybox sh -c 'ls -l /proc/self/ns; tr -s " " </proc/self/uid_map'
  local kind
  for kind in $(kinds); do refute_output --partial "$(ns_of self "$kind")"; done
  refute_output --regexp $'\n 0 0 '
}

@test "apart: two containers differ in every kind, as both sides see it" {
  require_root
  start_container apart-one --userns auto
  start_container apart-two --userns auto
  local one two kind
  one=$(pid_of apart-one) two=$(pid_of apart-two)
  for kind in $(kinds); do
    assert_not_equal "$(ns_of "$one" "$kind")" "$(ns_of "$two" "$kind")"
    assert_not_equal "$(ns_of "$one" "$kind")" "$(ns_of self "$kind")"
    assert_equal "$(inside apart-one readlink "/proc/1/ns/$kind")" "$(ns_of "$one" "$kind")"
    assert_equal "$(inside apart-two readlink "/proc/self/ns/$kind")" "$(ns_of "$two" "$kind")"
  done
  remove_container apart-one apart-two
}

@test "apart: neither sees the other's processes, the host sees both" {
  require_root
  start_container unseen-one --userns auto -- sleep 1111
  start_container unseen-two --userns auto -- sleep 2222
  run -0 inside unseen-one ps -o args
  assert_line "sleep 1111"
  refute_output --partial 2222
  run -0 inside unseen-two ps -o args
  assert_line "sleep 2222"
  refute_output --partial 1111
  run -0 cat "/proc/$(pid_of unseen-one)/cmdline" "/proc/$(pid_of unseen-two)/cmdline"
  assert_output --partial 1111
  assert_output --partial 2222
  # A host's number means nothing inside.
  run ! inside unseen-one kill -0 "$(pid_of unseen-two)"
  remove_container unseen-one unseen-two
}

@test "apart: root's container without a word has the host's ids and clocks, and nothing else" {
  require_root
  start_container apart-default
  local pid kind
  pid=$(pid_of apart-default)
  for kind in $(kinds); do
    case $kind in
      user | time) assert_equal "$(ns_of "$pid" "$kind")" "$(ns_of self "$kind")" ;;
      *) assert_not_equal "$(ns_of "$pid" "$kind")" "$(ns_of self "$kind")" ;;
    esac
  done
  remove_container apart-default
}
