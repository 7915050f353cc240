# Lab E9: control groups in control groups. A container makes groups below its own; isle runs in a
# container; an ordinary user runs containers below a group that was handed to him (cgroups(7),
# "Delegation"); and a group with processes of its own hands no controllers down (v2).
load ../islet-bundle
load lab

# The directories in which the tests make groups: one for each hierarchy that matters.
hierarchies() {
  local controller
  for controller in memory pids freezer; do _controller_root "$controller"; done | sort -u
}
# own_groups NAME [OWNER]: makes group NAME in each of them; those on v2 hand memory and pids down.
own_groups() {
  local root dir file
  GROUPS_MADE=()
  for root in $(hierarchies); do
    dir=$root/$1
    if [ -e "$root/cgroup.controllers" ]; then
      echo "+memory +pids" >"$root/cgroup.subtree_control" || return 1
    fi
    mkdir "$dir"
    GROUPS_MADE+=("$dir")
    [ $# -lt 2 ] || for file in "" /cgroup.procs /cgroup.subtree_control /cgroup.threads /tasks; do
      [ ! -e "$dir$file" ] || chown "$2:$2" "$dir$file"
    done
  done
}
# Whatever a test leaves in them has no process any more.
remove_groups() {
  local dir
  for dir in "${GROUPS_MADE[@]}"; do find "$dir" -depth -type d -exec rmdir {} +; done
  GROUPS_MADE=()
}
# A failed test must not stand in the way of the next.
teardown() {
  local status=0
  isle_teardown || status=1
  [ ${#GROUPS_MADE[@]} = 0 ] || wait_until remove_groups 2>/dev/null || true
  return "$status"
}
GROUPS_MADE=()
# in_groups COMMAND...: in each group made above, in a leaf of its own.
in_groups() (
  for dir in "${GROUPS_MADE[@]}"; do
    mkdir -p "$dir/session"
    [ ! -e "$dir/cgroup.controllers" ] || chown --reference "$dir" "$dir/session" "$dir/session/cgroup.procs"
    echo 0 >"$dir/session/cgroup.procs" || exit 99
  done
  "$@"
)
below_groups() { find "${GROUPS_MADE[@]}" -mindepth 1 -type d ! -name session ! -name isle-monitor; }

@test "hierarchy: groups a container made, with processes in them, go with it" {
  require_root
  require_controller memory
  start_container tree --privileged --memory 64m
  # Where it has a group of its own; in the others a privileged container sees the host's root.
  run -0 inside tree sh -c '
    cd /sys/fs/cgroup
    for dir in memory pids freezer .; do
      [ -e "$dir/cgroup.procs" ] || continue
      mkdir -p "$dir/a/b/c" "$dir/a/d" || exit 1
      (echo 0 >"$dir/a/b/c/cgroup.procs" && exec sleep 1000) >/dev/null 2>&1 &
      (echo 0 >"$dir/a/d/cgroup.procs" && exec sleep 1000) >/dev/null 2>&1 &
    done
    sleep 0.2; grep -l . a/b/c/cgroup.procs */a/b/c/cgroup.procs 2>/dev/null | wc -l'
  assert_between "$output" 1 3
  local group
  group=$(cgroup_dir "$(pid_of tree)" memory)
  assert_exists "$group/a/b/c"
  remove_container tree
  assert_not_exists "$group"
  run -0 find /sys/fs/cgroup -type d -path '*/a/b/c'
  refute_output
}

@test "hierarchy: isle in a container, its limit below that of the outer one" {
  require_root
  require_controller memory
  start_container outer --privileged --memory 128m --tmpfs /state:mode=0755,exec \
    --env ISLE_ROOT=/state/root --env ISLE_RUN=/state/run \
    --env PATH=/isle/bin:/bin:/sbin:/usr/bin --volume "$ISLE_BIN_DIR:/isle/bin:ro"
  if [ "$(cgroup_mode)" = v2 ]; then
    # The outer's group is the root of what it sees, and has its processes.
    run -125 inside outer isle run --rm --memory 32m --rootfs /:O true
    assert_output --partial "first move the processes out of its own group"
    inside outer sh -c 'mkdir /sys/fs/cgroup/init
      for pid in $(cat /sys/fs/cgroup/cgroup.procs); do echo $pid >/sys/fs/cgroup/init/cgroup.procs; done 2>/dev/null; true'
    inside outer sh -c 'echo 0 >/sys/fs/cgroup/init/cgroup.procs
      exec isle run -d --name inner --memory 32m --rootfs /:O sleep 1000' >/dev/null
  else
    inside outer isle run -d --name inner --memory 32m --rootfs /:O sleep 1000 >/dev/null
  fi
  local above below
  above=$(cgroup_dir "$(pid_of outer)" memory)
  below=$(find "${above%/init}" -mindepth 2 -maxdepth 2 -type d -path '*/isle/*' | head -1)
  assert_exists "$below"
  run cat "$below/memory.max"
  [ "$status" = 0 ] || run -0 cat "$below/memory.limit_in_bytes"
  assert_output $((32 << 20))
  inside outer isle rm -f inner
  assert_not_exists "$below"
  remove_container outer
}

@test "hierarchy: an ordinary user's container is limited below the group he was given" {
  require_root
  require_controller memory
  own_groups isle-e9 "$ISLE_TEST_UID"
  in_groups run_as_user isle run -d --name mine --memory 32m --pids-limit 20 busybox sleep 1000 >/dev/null
  local pid group
  pid=$(run_as_user isle inspect mine | sed -n 's/^ *"pid": \([0-9]*\),\{0,1\}$/\1/p' | head -1)
  group=$(cgroup_dir "$pid" memory)
  assert_match "$group" '/isle-e9/isle/[0-9a-f]+$'
  assert_equal "$(stat -c %u "$group")" "$ISLE_TEST_UID"
  run cat "$group/memory.max"
  [ "$status" = 0 ] || run -0 cat "$group/memory.limit_in_bytes"
  assert_output $((32 << 20))
  assert_equal "$(cat "$(cgroup_dir "$pid" pids)/pids.max")" 20
  # Later commands of the same session find it, and what they start is limited as well.
  in_groups run_as_user isle exec mine sh -c 'sleep 1000 & sleep 0.1'
  run -0 cat "$group/cgroup.procs"
  assert_between "${#lines[@]}" 2 4
  in_groups run_as_user isle rm -f mine >/dev/null
  run -0 below_groups
  refute_output --partial "${group##*/}"
  remove_groups
}

@test "hierarchy: --cgroup-parent of an ordinary user lies below the group he was given" {
  require_root
  require_controller memory
  own_groups isle-e9 "$ISLE_TEST_UID"
  in_groups run_as_user isle run -d --name mine --cgroup-parent /mine busybox sleep 1000 >/dev/null
  local pid
  pid=$(run_as_user isle inspect mine | sed -n 's/^ *"pid": \([0-9]*\),\{0,1\}$/\1/p' | head -1)
  assert_match "$(cgroup_dir "$pid" memory)" '/isle-e9/mine/[0-9a-f]+$'
  in_groups run_as_user isle rm -f mine >/dev/null
  run -0 below_groups
  refute_output --regexp '/mine/[0-9a-f]'
  remove_groups
}

@test "hierarchy: a group with processes of its own hands no controllers down, said at once" {
  require_root
  [ "$(cgroup_mode)" = v2 ] || skip "v1 groups may have both processes and groups with limits"
  own_groups isle-e9
  make_bundle --linux '"cgroupsPath": "/isle-e9/box", "resources": {"memory": {"limit": 67108864}},' true
  sleep 1000 3>&- 8>&- &
  local sleeper=$! started=$SECONDS
  echo "$sleeper" >"${GROUPS_MADE[0]}/cgroup.procs"
  run ! islet run -b "$bundle" one
  assert_output --partial "/isle-e9\" has 1 process of its own, so it cannot hand the memory controller"
  assert_output --partial "move its processes to a group below it, or choose another parent"
  assert_between $((SECONDS - started)) 0 8
  assert_not_exists "${GROUPS_MADE[0]}/box"
  # An ordinary user is told what systemd has for it.
  chown -R "$ISLE_TEST_UID" "${GROUPS_MADE[0]}"
  run in_own_group run_as_user isle run --rm --memory 32m busybox true
  assert_failure 125
  assert_output --partial "systemd-run --user --scope -p Delegate=yes"
  # Without a limit nothing has to be handed down.
  run -0 in_own_group run_as_user isle run --rm busybox true
  kill -KILL "$sleeper"
  wait "$sleeper" || true
  remove_groups
}
in_own_group() (
  echo 0 >"${GROUPS_MADE[0]}/cgroup.procs"
  "$@"
)

@test "hierarchy: a group that others are in is refused, and they live" {
  require_root
  require_controller memory
  own_groups isle-e9
  sleep 1000 3>&- 8>&- &
  local sleeper=$!
  echo "$sleeper" >"${GROUPS_MADE[0]}/cgroup.procs"
  make_bundle --linux '"cgroupsPath": "/isle-e9",' true
  run ! islet run -b "$bundle" one
  assert_output --partial "/isle-e9\" is in use by process $sleeper"
  kill -0 "$sleeper"
  assert_equal "$(cat "${GROUPS_MADE[0]}/cgroup.procs")" "$sleeper"
  kill -KILL "$sleeper"
  wait "$sleeper" || true
  remove_groups
}

@test "hierarchy: a threaded group is refused by name" {
  require_root
  [ "$(cgroup_mode)" = v2 ] || skip "threaded groups are cgroup v2's"
  own_groups isle-e9
  mkdir "${GROUPS_MADE[0]}/threads"
  echo threaded >"${GROUPS_MADE[0]}/threads/cgroup.type"
  make_bundle --linux '"cgroupsPath": "/isle-e9/threads/box",' true
  run ! islet run -b "$bundle" one
  assert_output --partial '/isle-e9/threads/box" is threaded'
  assert_output --partial "choose a parent that is a domain"
  assert_not_exists "${GROUPS_MADE[0]}/threads/box"
  remove_groups
}

@test "hierarchy: a path with .. is refused before anything is made" {
  require_root
  make_bundle --linux '"cgroupsPath": "/isle-e9/../../tmp/box",' true
  run ! islet run -b "$bundle" one
  assert_output --partial 'linux.cgroupsPath'
  assert_output --partial 'could lead out of the tree'
  make_bundle --name relative --linux '"cgroupsPath": "isle-e9-relative/box",' \
    --namespaces 'pid network ipc uts mount' cat /proc/self/cgroup
  run -0 islet run -b "$bundle" two
  assert_output --partial ':/isle-e9-relative/box'
  run -0 find /sys/fs/cgroup -maxdepth 2 -name 'isle-e9*'
  refute_output
}

@test "hierarchy: a group whose processes take their time to die is removed all the same" {
  require_root
  require_controller memory
  # 200 processes with memory to give back, each with two helpers at first.
  start_container slow --pids-limit 1000 -- sh -c '
    for i in $(seq 200); do (head -c 300000 /dev/zero | tr "\0" x >/tmp/$i; exec sleep 1000) & done; wait'
  local group
  group=$(cgroup_dir "$(pid_of slow)" memory)
  wait_until -t 20 enough "$group" 150
  remove_container slow
  assert_not_exists "$group"
}
enough() { [ "$(wc -l <"$1/cgroup.procs")" -ge "$2" ]; }
