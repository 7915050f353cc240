# What a process of a container must not have got:
#   CVE-2022-27650, 2022-29162  inheritable capabilities
#   CVE-2023-25809  a control group file system it can write
#   CVE-2024-21626  a descriptor of the host, also as working directory
#   CVE-2026-30892  another user than the one that was asked for
#   (no number)     a cgroupsPath with ".." that leads out of the control groups
#
# They can fail: runc 1.1.5 does not pass 2022-29162 (it grants what the specification lists) and
# 2026-30892; it passes the others. crun 1.8.1 passes neither of them, nor 2024-21626 (a working directory
# of /proc/self/fd/N shows the host's file) nor the cgroupsPath with "..".
load attack

@test "known: CVE-2022-27650 and CVE-2022-29162, run and exec leave no inheritable capability" {
  require_root
  local sets
  sets='"capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"], "permitted": ["CAP_KILL"],
    "inheritable": ["CAP_KILL"]},'
  make_bundle --process "$sets" sh -c 'grep CapInh /proc/self/status; sleep 1000'
  local out=$ISLE_TEST_DIR/out
  runtime run -d -b "$bundle" caps </dev/null >"$out" 2>&1
  wait_until grep -q CapInh "$out"
  run runtime exec --cap CAP_KILL caps grep CapInh /proc/self/status
  end_container caps
  assert_line --partial 0000000000000000
  run -0 grep CapInh "$out"
  assert_output --regexp 'CapInh:.0+$'
}

@test "known: CVE-2023-25809, control groups are read-only inside, also for an ordinary user" {
  require_root
  run isle run --rm busybox sh -c 'find /sys/fs/cgroup -name cgroup.procs | head -3 |
    while read -r f; do echo 0 >"$f" && echo WRITTEN; done; mkdir /sys/fs/cgroup/x && echo MADE'
  refute_output --partial WRITTEN
  refute_output --partial MADE
  run run_as_user isle run --rm busybox sh -c 'find /sys/fs/cgroup -name cgroup.procs | head -3 |
    while read -r f; do echo 0 >"$f" && echo WRITTEN; done; mkdir /sys/fs/cgroup/x && echo MADE'
  refute_output --partial WRITTEN
  refute_output --partial MADE
}

@test "known: CVE-2024-21626, a working directory of /proc/self/fd/N is refused or inside" {
  require_root
  make_canary
  exec 7<"$canary"
  local n
  for n in 3 4 5 6 7 8 9 10 11 12; do
    make_bundle --name "b$n" sh -c 'cat file ../file ../../../../../../../../etc/hostname 2>/dev/null; pwd'
    sed -i "s|\"cwd\": \"/\"|\"cwd\": \"/proc/self/fd/$n\"|" "$bundle/config.json"
    run runtime run -b "$bundle" "cwd$n"
    end_container "cwd$n"
    refute_output --partial untouched
    [ "$status" -ne 0 ] || assert_output --regexp '^/'
  done
  exec 7<&-
}

@test "known: CVE-2024-21626, exec with such a working directory" {
  require_root
  make_bundle sleep 1000
  runtime run -d -b "$bundle" cwd </dev/null >/dev/null 2>&1
  local n
  for n in 3 4 5 6 7 8 9 10 11 12 13 14; do
    run runtime exec --cwd "/proc/self/fd/$n" cwd sh -c 'ls ../../../../../../../../../etc/shadow; pwd'
    refute_output --regexp '^[./]*/etc/shadow'
  done
  end_container cwd
}

@test "known: CVE-2024-21626, a command of /proc/self/fd/N does not reach the host's files" {
  require_root
  make_bundle sleep 1000
  # The program is on the host alone.
  cp /bin/busybox "$ISLE_TEST_DIR/only-outside"
  runtime run -d -b "$bundle" fds </dev/null >/dev/null 2>&1
  local n up=../../../../../../../../../..
  for n in 3 4 5 6 7 8 9 10 11 12 13 14; do
    run runtime exec fds "/proc/self/fd/$n/$up$ISLE_TEST_DIR/only-outside" echo REACHED
    assert_failure
  done
  end_container fds
}

@test "known: CVE-2024-21626, no descriptor is left over, with or without a terminal" {
  require_root
  make_bundle ls /proc/self/fd
  exec 7<"$BATS_TEST_FILENAME"
  run -0 runtime run -b "$bundle" fds
  exec 7<&-
  assert_output $'0\n1\n2\n3' # 3 is ls' own
}

@test "known: CVE-2026-30892, exec --user runs as that user, or not at all" {
  require_root
  make_bundle sleep 1000
  runtime run -d -b "$bundle" user </dev/null >/dev/null 2>&1
  run -0 runtime exec -u 1000 user id -u
  assert_output 1000
  run -0 runtime exec --user 1000:1001 user sh -c 'id -u; id -g'
  assert_output $'1000\n1001'
  local bad
  for bad in '' 1000x x1000 -1 4294967295 4294967296 1000: :1000 ' 0' 0x0 1e3 18446744073709551616; do
    run runtime exec --user "$bad" user id -u
    [ "$status" -ne 0 ] || refute_output 0
    refute_output 0
  done
  end_container user
}

@test "known: a cgroupsPath with .. writes no file outside the control groups" {
  require_root
  make_canary
  local path
  for path in "../../../../../../../..$canary/group" "/a/../../../../../../../../..$canary/group" \
    "/../escaped-group" ".." "/islet/../../x"; do
    make_bundle --linux "\"cgroupsPath\": \"$path\", \"resources\": {\"pids\": {\"limit\": 10}}," true
    run runtime run -b "$bundle" climber
    end_container climber
    assert_canary
    rm -rf "$bundle/config.json"
  done
  run -0 find /sys/fs/cgroup -maxdepth 3 -name escaped-group -print -quit
  refute_output
}
