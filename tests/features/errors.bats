# What people get wrong, and what isle answers: the thing by its name, the step and the system call
# where there was one, errno in words, and what to do about it. 125 says that isle could not do it,
# 126 that the command cannot be executed, 127 that it is not there, as docker and podman have it.
# Nothing of a container that never ran is kept, with --rm or without.
load ../helpers

teardown() {
  local status=0
  assert_equal "$(isle ps -aq)" "" || status=1
  isle_teardown && return "$status"
}

# refuse STATUS ARGUMENT...: isle run ends so and says why on standard error, on nothing else.
refuse() {
  local want=$1
  shift
  run "-$want" --separate-stderr isle run "$@"
  told=$stderr
  assert_equal "$output" ""
  assert_match "$told" "^isle: "
}
# says TEXT...: each is part of what was told.
says() {
  local text
  for text; do [[ $told == *"$text"* ]] || _fail "it does not say" text "$text" told "$told"; done
}
hints() { [[ $told == *$'\nhint: '*"$1"* ]] || _fail "no such hint" hint "$1" told "$told"; }
# It broke at a step of the plan, in a system call.
names_step() { assert_match "$told" "step [0-9]+ of [0-9]+, .*\): .+ \(E[A-Z]+\)"; }

# ---- the command line ---------------------------------------------------------------------------
@test "errors: an unknown command, with a suggestion" {
  run isle rnu
  assert_failure 125
  assert_line 'isle: there is no command "rnu"'
  assert_line "hint: did you mean isle run?"
}

@test "errors: no image named" {
  refuse 125
  says "no image is named"
  hints "isle run -it busybox sh"
}

@test "errors: an unknown flag, with a suggestion" {
  refuse 125 --hostnme box busybox true
  says 'unknown flag "--hostnme"'
  hints "did you mean --hostname?"
  refuse 125 --frobnicate busybox true
  says 'unknown flag "--frobnicate"'
  hints "--help lists the flags"
  refuse 125 -itx busybox true
  says 'unknown flag "-x"'
}

@test "errors: a flag of docker's that isle does not have is refused with the reason" {
  refuse 125 --pod x busybox true
  says "--pod: " "do not exist yet"
  refuse 125 --link one busybox true
  says "--link: " "find each other by name"
}

@test "errors: ports, and policies that do not go together with --rm" {
  refuse 125 -p 80:80 busybox true
  says "-p: " "with --network none there is nothing to publish on"
  refuse 125 --restart=sometimes busybox true
  says '"sometimes"'
}

@test "errors: a flag without its value" {
  refuse 125 --hostname
  says "--hostname needs a value"
}

@test "errors: a switch takes true or false only" {
  refuse 125 --rm=maybe busybox true
  says '"maybe"' "neither true nor false" "--rm"
}

# FLAG VALUE TEXT...: what the flag cannot take.
malformed() {
  refuse 125 "$1" "$2" busybox true
  says "${@:3}"
}

@test "errors: malformed sizes" {
  malformed --memory lots '"lots"' "is not a size"
  hints "512m"
  malformed --memory 12q '"12q"'
  malformed --memory -5m '"-5m"'
  malformed --shm-size 1.2.3m '"1.2.3m"'
  malformed --shm-size 0 "too small"
  malformed --memory 99999999999999999999g '"99999999999999999999g"'
}

@test "errors: malformed numbers" {
  malformed --cpus many '"many"' "no number of CPUs"
  malformed --pids-limit few "few"
  malformed --oom-score-adj 2000 "not between -1000 and 1000"
  malformed --blkio-weight 5 "not between 10 and 1000"
  malformed --timeout soon "soon"
  malformed --cpuset-cpus a-b '"a-b"' "is not a list of numbers"
  malformed --cpuset-cpus 3-1 '"3-1"'
}

@test "errors: malformed names" {
  malformed --name "../up" '"../up"' "cannot be a container's name"
  malformed --name "" "cannot be a container's name"
  malformed --hostname "a b" '"a b"'
  malformed --hostname "$(printf 'x%.0s' {1..65})" "at most 64"
  malformed --env =value "has no name"
  malformed --workdir relative '"relative"' "is not an absolute path"
}

@test "errors: malformed maps, clocks, limits and devices" {
  malformed --uidmap 0 '"0"' "is not INSIDE:HOST:SIZE"
  malformed --gidmap a:b:c "--gidmap" '"a'
  malformed --time-offset midnight=1 '"midnight"' "there is no clock"
  malformed --time-offset boottime=late '"late"'
  malformed --ulimit nofile "nofile" "is not NAME=SOFT[:HARD]"
  malformed --ulimit files=3 '"files"' "unknown resource limit"
  malformed --ulimit nofile=9:3 "soft limit 9 is above the hard limit 3"
  malformed --device /dev/null:x "x" "absolute path"
  malformed --device-read-bps 1m "is not /dev/NAME:VALUE"
  malformed --stop-signal SIGNOTHING '"SIGNOTHING"' "unknown signal"
}

@test "errors: modes of namespaces" {
  for flag in --pid --ipc --uts --cgroupns; do
    malformed "$flag" elsewhere '"elsewhere"' "cannot be"
    hints "private, host, container:NAME"
  done
  malformed --userns nobody '"nobody"'
  malformed --network '-mynet' '"-mynet"' "cannot be a network's name"
  hints "none of the words for modes"
  malformed --pid container:ghost "ghost"
  malformed --explain=loud busybox '"loud"'
  hints "text, json and only"
}

@test "errors: flags that exclude each other" {
  require_root
  refuse 125 --cpus 1 --cpu-quota 10000 busybox true
  says "--cpus" "--cpu-quota" "exclude each other"
  refuse 125 --cap-add ALL --cap-drop ALL busybox true
  says "exclude each other"
  refuse 125 --uts host --hostname box busybox true
  says "--hostname"
  refuse 125 -d --explain=only busybox true
  says "--explain=only runs nothing"
}

@test "errors: a bad capability" {
  malformed --cap-add CAP_EVERYTHING "unknown capability" '"CAP_EVERYTHING"'
  hints "capabilities(7)"
  malformed --cap-drop "" "unknown capability"
}

@test "errors: a sysctl that is the host's" {
  malformed --sysctl kernel.panic=1 '"kernel.panic"' "is not a setting of a namespace"
  malformed --sysctl net/../kernel/panic=1 "is not a setting of a namespace"
  malformed --sysctl net.ipv4.ip_forward '"net.ipv4.ip_forward"' "is not NAME=value"
  require_root
  refuse 125 --network host --sysctl net.ipv4.ip_forward=1 busybox true
  says "net.ipv4.ip_forward" "host's network namespace"
}

@test "errors: a sysctl that the kernel does not have, or not with that value" {
  require_root
  refuse 125 --sysctl net.ipv4.no_such_thing=1 busybox true
  says "net/ipv4/no_such_thing" "No such file or directory (ENOENT)"
  names_step
  hints "this kernel has no"
  refuse 125 --sysctl net.ipv4.ip_forward=maybe busybox true
  says "maybe" "Invalid argument (EINVAL)"
  names_step
  hints "does not take"
}

@test "errors: security options" {
  malformed --security-opt shield=up '"shield"' "unknown key"
  hints "seccomp="
  malformed --security-opt seccomp=/nowhere/profile.json "/nowhere/profile.json" "(ENOENT)"
  echo "not json" >"$ISLE_TEST_DIR/profile.json"
  malformed --security-opt "seccomp=$ISLE_TEST_DIR/profile.json" "profile.json"
  echo '{"defaultAction":"SCMP_ACT_SHRUG"}' >"$ISLE_TEST_DIR/profile.json"
  malformed --security-opt "seccomp=$ISLE_TEST_DIR/profile.json" SCMP_ACT_SHRUG
}

# ---- what is named and not there ----------------------------------------------------------------
@test "errors: no such image" {
  refuse 125 --pull never nosuchimage true
  says 'run "nosuchimage"' 'image "nosuchimage:latest" is not here'
  hints busybox
  refuse 125 "UPPER/case" true
  says '"UPPER/case"'
  refuse 125 "" true
}

@test "errors: a root directory that is not there, or no directory" {
  require_root
  refuse 125 --rootfs "$ISLE_TEST_DIR/nowhere" true
  says "$ISLE_TEST_DIR/nowhere" "No such file or directory (ENOENT)"
  echo >"$ISLE_TEST_DIR/file"
  refuse 125 --rootfs "$ISLE_TEST_DIR/file" true
  says "$ISLE_TEST_DIR/file" "Not a directory (ENOTDIR)"
}

@test "errors: the command is not found: 127" {
  refuse 127 --rm busybox nosuchcommand
  says nosuchcommand "No such file or directory (ENOENT)"
  names_step
  hints 'nosuchcommand: executable file not found in $PATH of the container'
  refuse 127 --rm busybox /bin/nosuchcommand
  says /bin/nosuchcommand
  hints "/bin/nosuchcommand: no such file or directory in the container"
  refuse 127 busybox nosuchcommand # without --rm: nothing is kept either
  refuse 127 -d busybox nosuchcommand
}

@test "errors: the command is not executable: 126" {
  refuse 126 --rm busybox /etc/passwd
  says /etc/passwd "Permission denied (EACCES)"
  names_step
  hints "executable"
  refuse 126 --rm busybox /etc
  says "/etc"
}

@test "errors: a script whose interpreter is missing, and a file that is no program" {
  printf '#!/no/interpreter\n' >"$ISLE_TEST_DIR/script"
  chmod a+rx "$ISLE_TEST_DIR/script"
  refuse 127 --rm -v "$ISLE_TEST_DIR/script:/script" busybox /script
  says "/script" "(ENOENT)"
  hints "interpreter"
  printf '\0\0\0\0' >"$ISLE_TEST_DIR/junk"
  chmod a+rx "$ISLE_TEST_DIR/junk"
  refuse 126 --rm -v "$ISLE_TEST_DIR/junk:/junk" busybox /junk
  says "/junk" "Exec format error (ENOEXEC)"
}

@test "errors: the command's own 125, 126 and 127 are told by their silence" {
  for code in 125 126 127; do
    run "-$code" --separate-stderr isle run --rm busybox sh -c "exit $code"
    assert_equal "$stderr" ""
  done
}

@test "errors: an unknown user or group" {
  refuse 125 --user somebody busybox true
  says "somebody" "no user"
  hints "/etc/passwd"
  refuse 125 --user root:somegroup busybox true
  says "somegroup" "no group"
  refuse 125 --user -1 busybox true
  refuse 125 --user 99999999999 busybox true
  says 99999999999
  refuse 125 --group-add nogroupofthatname busybox true
  says nogroupofthatname
}

@test "errors: no command" {
  require_root
  mkdir "$ISLE_TEST_DIR/empty"
  refuse 125 --rootfs "$ISLE_TEST_DIR/empty"
  says "no command"
}

@test "errors: an environment file" {
  refuse 125 --env-file "$ISLE_TEST_DIR/nowhere" busybox true
  says "--env-file" "$ISLE_TEST_DIR/nowhere" "No such file or directory (ENOENT)"
  printf 'GOOD=1\nbad name=2\n' >"$ISLE_TEST_DIR/env"
  refuse 125 --env-file "$ISLE_TEST_DIR/env" busybox true
  says "line 2" '"bad name"'
}

@test "errors: working directory is a file" {
  refuse 125 --workdir /etc/passwd busybox true
  says /etc/passwd "Not a directory (ENOTDIR)"
  names_step
}

# ---- mounts and devices --------------------------------------------------------------------------
@test "errors: mounts that are malformed" {
  malformed --volume a:b:c:d '"a:b:c:d"'
  malformed --volume "$ISLE_TEST_DIR:relative" relative "absolute"
  malformed --volume "$ISLE_TEST_DIR:/x:shiny" '"shiny"'
  malformed --volume "$ISLE_TEST_DIR:/" "nothing can be mounted on the container's /"
  malformed --mount type=bind,target=/x "source"
  malformed --mount "type=bind,source=$ISLE_TEST_DIR" "target is missing"
  malformed --mount type=cloud,target=/x '"cloud"'
  malformed --mount type=tmpfs,target=/x,colour=red '"colour"' "unknown key"
  malformed --tmpfs /x:size=big "mount /x" "size=big" "Invalid argument (EINVAL)"
  malformed --tmpfs relative relative
  refuse 125 --tmpfs /x --tmpfs /x busybox true
  says '"/x" is a mount point already'
}

@test "errors: a mount source that is not there" {
  refuse 125 --mount "type=bind,source=$ISLE_TEST_DIR/nowhere,target=/x" busybox true
  says "--mount" "$ISLE_TEST_DIR/nowhere" "does not exist"
  hints "make it first"
  assert_not_exists "$ISLE_TEST_DIR/nowhere"
}

@test "errors: a volume over /proc, which would fool masks and settings" {
  mkdir "$ISLE_TEST_DIR/fake"
  for place in /proc /proc/self /proc/sys /sys/../proc/sys/kernel; do
    refuse 125 --volume "$ISLE_TEST_DIR/fake:$place" busybox true
    says "${place#/sys/..}"
  done
  hints "mount it elsewhere"
}

@test "errors: a device that is not there, or none" {
  require_root
  refuse 125 --device /dev/nothing busybox true
  says "--device" "/dev/nothing" "No such file or directory (ENOENT)"
  refuse 125 --device /etc/passwd busybox true
  says '"/etc/passwd" is not a device'
  require_controller blkio
  refuse 125 --device-read-bps /dev/null:1m busybox true
  says "/dev/null" "is not a block device"
}

# ---- limits --------------------------------------------------------------------------------------
@test "errors: limits that contradict each other" {
  require_root
  refuse 125 --memory-swap 64m busybox true
  says "--memory-swap needs --memory"
  refuse 125 --memory 64m --memory-swap 32m busybox true
  says "--memory-swap" "is less than --memory"
  refuse 125 --cpus 4096 busybox true
  says "--cpus" "the CPUs of this host"
}

@test "errors: a limit the kernel refuses" {
  require_root
  require_controller cpuset
  refuse 125 --rm --cpuset-cpus 4000 busybox true
  says "cpuset.cpus" 4000
  names_step
  hints "cpus"
  refuse 125 --rm --cpuset-mems 60 busybox true
  says "cpuset.mems" 60
  names_step
  hints "memory nodes"
  refuse 125 --rm --cpu-quota 1 busybox true
  says "--cpu-quota: 1 is not between 1000 and"
}

@test "errors: a controller that this host does not have" {
  require_root
  # A private copy of the mounts, without the one controller.
  local root
  root=$(_controller_root memory) || skip "this host has no memory controller"
  [ "$(cgroup_mode)" != v2 ] || skip "cgroup v2 hands all controllers out at one place"
  run --separate-stderr unshare --mount --propagation private sh -c \
    "umount '$root' && exec '$ISLE_BIN_DIR/isle' run --rm --memory 64m busybox true 3>&- 8>&-"
  told=$stderr
  assert_failure 125
  says "--memory needs the memory controller" "does not have"
  hints "mount it"
}

@test "errors: an ordinary user without a group of his own is told so" {
  require_root
  _user_may_make_cgroups && skip "this user may make control groups"
  run --separate-stderr run_as_user isle run --rm --memory 64m busybox true
  told=$stderr
  assert_failure 125
  says "--memory" "may not make control groups"
  hints "delegated"
}
_user_may_make_cgroups() { [ -w /sys/fs/cgroup/user.slice/user-12345.slice ]; }

# ---- containers ------------------------------------------------------------------------------------
@test "errors: a duplicate name" {
  run -0 isle run -d --name twin busybox sleep 100
  run --separate-stderr isle run --rm --name twin busybox true
  told=$stderr
  assert_failure 125
  says 'the name "twin" belongs to container'
  hints "isle rm twin"
  run -0 isle ps # the first one lives
  assert_output --partial twin
  run -0 isle rm -f twin
}

@test "errors: containers that are not there" {
  run isle kill ghost
  assert_failure 1
  assert_output --partial '"ghost"'
  run isle rm ghost
  assert_failure 1
  assert_output --partial '"ghost"'
  run isle rm -f ghost # nothing to do
  assert_success
  run isle exec ghost true
  assert_failure 125
  assert_output --partial '"ghost"'
  run isle inspect ghost
  assert_failure
  assert_output --partial '"ghost"'
}

@test "errors: exec tells command and container apart" {
  run -0 isle run -d --name box busybox sleep 100
  run -127 isle exec box nosuchcommand
  assert_output --partial nosuchcommand
  run isle exec box /etc/passwd
  assert_failure 126
  assert_output --partial "Permission denied (EACCES)"
  run isle exec --user somebody box true
  assert_failure 125
  assert_output --partial somebody
  run isle rm box # it runs
  assert_failure 1
  assert_output --partial "run"
  run -0 isle kill box
  wait_until bash -c '[ -z "$("$0" ps -q)" ]' "$ISLE_BIN_DIR/isle"
  run isle exec box true
  assert_failure 125
  assert_output --partial '"box"'
  run isle kill box
  assert_failure 1
  assert_output --partial '"box"'
  run isle kill --signal NOSUCH box
  assert_failure 125
  assert_output --partial '"NOSUCH"'
  run -0 isle rm box
}

@test "errors: -t without a terminal" {
  run --separate-stderr isle run --rm -it busybox true </dev/null
  assert_failure 125
  assert_match "$stderr" "standard input is not a terminal"
}
