# Lab C9: what the host reads of a container in /proc/PID/environ and /proc/PID/mounts, and that
# `isle inspect --isolation` shows the same.
load lab

# What `inspect` shows of one list, one entry a line, with JSON's quotes taken off.
isolation_list() { # CONTAINER KEY
  isle inspect --isolation "$1" | sed -n "/\"$2\": \[/,/\]/p" | sed '1d;$d;s/^ *"//;s/",\{0,1\}$//'
}
# The first of that name whose value is a text, a number or a word.
isolation_value() {
  isle inspect --isolation "$1" |
    sed -n "s/^ *\"$2\": \"\{0,1\}\([^\",{[]\{1,\}\)\"\{0,1\},\{0,1\}\$/\1/p" | head -1
}

@test "environment: it is what was asked, and nothing of the caller's" {
  require_root
  export ISLE_LAB_CALLER=leaks
  start_container env-seen --env COLOUR=green --env ISLE_LAB_ASKED
  run -0 sh -c "tr '\0' '\n' </proc/$(pid_of env-seen)/environ"
  assert_line COLOUR=green
  assert_line --partial PATH=
  refute_output --partial ISLE_
  refute_output --partial leaks
  assert_equal "$(inside env-seen sh -c "tr '\0' '\n' </proc/1/environ")" "$output"
  assert_equal "$(isolation_list env-seen environment)" "$output"
  remove_container env-seen
}

@test "environment: a name alone passes on the caller's value" {
  require_root
  ISLE_LAB_CALLER=wanted start_container env-name --env ISLE_LAB_CALLER
  run -0 sh -c "tr '\0' '\n' </proc/$(pid_of env-name)/environ"
  assert_line ISLE_LAB_CALLER=wanted
  remove_container env-name
}

@test "environment: the mounts are the same from inside, from the host and by inspect" {
  require_root
  start_container mounts-seen --tmpfs /scratch:size=1m --read-only
  local pid
  pid=$(pid_of mounts-seen)
  run -0 cat "/proc/$pid/mounts"
  assert_line --partial "overlay / overlay ro"
  assert_line --partial "tmpfs /scratch tmpfs"
  assert_equal "$(inside mounts-seen cat /proc/1/mounts)" "$output"
  assert_equal "$(isolation_list mounts-seen mounts)" "$output"
  remove_container mounts-seen
}

@test "environment: inspect shows the namespaces, ids, powers and filter that the kernel shows" {
  require_root
  start_container isolation-seen --userns auto --cap-drop ALL --cap-add CHOWN \
    --security-opt no-new-privileges
  local pid kind
  pid=$(pid_of isolation-seen)
  run -0 isle inspect --isolation isolation-seen
  for kind in cgroup ipc mnt net pid user uts; do
    assert_output --partial "\"$(ns_of "$pid" $kind)\""
  done
  assert_equal "$(isolation_value isolation-seen pid)" "$pid"
  assert_equal "$(isolation_value isolation-seen pidOnEachLevel)" "$pid\\t1"
  assert_equal "$(isolation_list isolation-seen uidMap)" "$(cat "/proc/$pid/uid_map")"
  assert_equal "$(isolation_list isolation-seen cgroups)" "$(cat "/proc/$pid/cgroup")"
  assert_equal "$(isolation_value isolation-seen seccomp)" filter
  assert_equal "$(status_of "$pid" Seccomp)" 2
  assert_equal "$(isolation_value isolation-seen noNewPrivileges)" true
  assert_equal "$(status_of "$pid" NoNewPrivs)" 1
  # CAP_CHOWN is bit 0.
  assert_equal "$(isolation_list isolation-seen effective)" CAP_CHOWN
  assert_equal "$(status_of "$pid" CapEff)" 0000000000000001
  assert_equal "$(status_of "$pid" CapInh)" 0000000000000000
  remove_container isolation-seen
}

@test "environment: of a container that does not run nothing is isolated, and inspect says so" {
  require_root
  isle run --name env-over busybox true
  run ! isle inspect --isolation env-over
  assert_output --partial "does not run"
  remove_container env-over
}
