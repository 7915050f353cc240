# What a container gets of the host when its document asks for it: mounts that are shared, devices and /sys
# in a user namespace, its files for hooks, the caller's pipes.
load ../helpers
load ../islet-bundle

maps='"uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}], "gidMappings": [{"containerID": 0, "hostID": 200000, "size": 65536}],'
all='"capabilities": {"bounding": ["CAP_SYS_ADMIN"], "effective": ["CAP_SYS_ADMIN"], "permitted": ["CAP_SYS_ADMIN"]},'

# on_shared_host SCRIPT: in a mount namespace whose mounts are all shared, with a tmpfs on $SOURCE.
on_shared_host() {
  export ISLE_BIN_DIR ISLE_RUN SOURCE bundle
  unshare --mount --propagation private bash -euc "
    [ '$SOURCE' = '$ISLE_TEST_DIR' ] || mount -t tmpfs tmpfs '$SOURCE'
    mount --make-rshared /
    $1" 3>&- 8>&-
}
# mounts_below OPTION...: runs a container that mounts a tmpfs below its bind of $SOURCE and writes a
# file there; then the host's view: the file, or nothing.
mounts_below() {
  SOURCE=$ISLE_TEST_DIR/source
  mkdir -p "$SOURCE"
  make_bundle --name "b$RANDOM" "${@:2}" --process "$all" --mounts "{\"destination\": \"/mnt\", \"type\": \"bind\",
    \"source\": \"$SOURCE\", \"options\": [$1]}," \
    sh -ec 'mkdir /mnt/in; mount -t tmpfs tmpfs /mnt/in; echo seen >/mnt/in/file; cat /mnt/in/file'
  run -0 on_shared_host 'before=$(wc -l </proc/self/mountinfo)
    "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" run -b "$bundle" one >"$bundle/out"
    echo "$(($(wc -l </proc/self/mountinfo) - before)) more"
    [ ! -e "$SOURCE/in/file" ] || cat "$SOURCE/in/file"'
  assert_equal "$(cat "$bundle/out")" seen
}

@test "rshared below a shared root: what the container mounts there the host sees" {
  require_root
  local root
  for root in '"rootfsPropagation": "shared",' '"rootfsPropagation": "rshared",'; do
    mounts_below '"rbind", "rshared"' --linux "$root"
    assert_line 0 "1 more"
    assert_line 1 seen
  done
}

@test "rshared is asked for: without it the host sees nothing, nor of a user namespace's container" {
  require_root
  mounts_below '"rbind"'
  assert_output "0 more"
  mounts_below '"rbind", "rshared"'
  assert_output "0 more"
  mounts_below '"rbind", "rslave"' --linux '"rootfsPropagation": "shared",'
  assert_output "0 more"
  local identity='"uidMappings": [{"containerID": 0, "hostID": 0, "size": 65536}], "gidMappings": [{"containerID": 0, "hostID": 0, "size": 65536}],'
  mounts_below '"rbind"' --linux "$identity" --namespaces 'pid network ipc uts mount user'
  assert_output "0 more"
}

@test "a shared root is shared inside, and its end leaves the host's mounts alone" {
  require_root
  make_bundle --linux '"rootfsPropagation": "shared",' sh -c 'cut -d " " -f 5- /proc/self/mountinfo | grep "^/ "'
  local before; before=$(cat /proc/self/mountinfo)
  run -0 islet run -b "$bundle" one
  assert_output --partial "shared:"
  run -0 islet run --no-pivot -b "$bundle" one
  assert_equal "$(cat /proc/self/mountinfo)" "$before"
  SOURCE=$ISLE_TEST_DIR
  run -0 on_shared_host 'before=$(cat /proc/self/mountinfo)
    "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" run -b "$bundle" one >/dev/null
    [ "$before" = "$(cat /proc/self/mountinfo)" ] && echo same'
  assert_output same
}

@test "createContainer hooks see the container's mounts at its root file system, from the bundle" {
  require_root
  make_bundle --top '"hooks": {"createContainer": [{"path": "/bin/sh", "args": ["sh", "-ec",
    "test -e rootfs/proc/self; mount -t tmpfs -o mode=700 tmpfs rootfs/tmp; echo made >rootfs/tmp/file"]}]},' cat /tmp/file
  local before; before=$(cat /proc/self/mountinfo)
  run -0 islet run -b "$bundle" one
  assert_output made
  assert_not_exists "$bundle/rootfs/tmp/file"
  assert_equal "$(cat /proc/self/mountinfo)" "$before"
  # A container whose users may not reach the directory is made all the same.
  chmod 700 "$ISLE_TEST_DIR"
  make_bundle --name mapped --linux "$maps" --namespaces 'pid network ipc uts mount user' \
    --top '"hooks": {"createContainer": [{"path": "/bin/true"}]},' echo here
  run -0 islet run -b "$bundle" one
  assert_output here
}

@test "devices in a user namespace: as listed, of both kinds, usable, and nothing of them on the host" {
  require_root
  require_program setpriv
  make_bundle --linux "$maps"'"devices": [
    {"path": "/dev/disk", "type": "b", "major": 1, "minor": 5, "uid": 10, "gid": 11, "fileMode": 416},
    {"path": "/dev/nothing", "type": "c", "major": 1, "minor": 3, "uid": 1, "gid": 2, "fileMode": 438}],' \
    --namespaces 'pid network ipc uts mount user' \
    sh -ec 'stat -c "%n %F %a %u:%g %t:%T" /dev/disk /dev/nothing; echo gone >/dev/nothing; echo written'
  local before; before=$(cat /proc/self/mountinfo)
  run -0 islet run -b "$bundle" one
  assert_line "/dev/disk block special file 640 10:11 1:5"
  assert_line "/dev/nothing character special file 666 1:2 1:3"
  assert_line written
  assert_equal "$(cat /proc/self/mountinfo)" "$before"
  sed -i 's/"uid": 10/"uid": 70000/' "$bundle/config.json"
  run islet run -b "$bundle" one
  assert_failure 1
  assert_output --partial 'linux.devices[0].uid: 70000 has no number in the container'
  run -0 islet list -q
  refute_output
}

@test "sysfs in a user namespace on the host's network: the host's, read-only, without its control groups" {
  require_root
  make_bundle --linux "$maps" --namespaces 'pid ipc uts mount user' \
    --mounts '{"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev"]},' \
    sh -c 'ls /sys/class >/dev/null && echo shown; ls /sys/fs/cgroup | wc -l; grep " /sys " /proc/self/mountinfo'
  run -0 islet run -b "$bundle" one
  assert_output --partial "mounts[1]: is the host's /sys, as the network is, and read-only"
  assert_line shown
  assert_line 0
  assert_output --regexp ' /sys ro,nosuid,nodev,noexec'
}

@test "pipes on the standard streams become the command's user's and group's" {
  require_root
  make_bundle stat -L -c '%u:%g' /proc/self/fd/1
  sed -i 's/"user": {"uid": 0, "gid": 0}/"user": {"uid": 7, "gid": 8}/' "$bundle/config.json"
  run -0 islet run -b "$bundle" one
  assert_output 7:8
}

@test "a domain name that is given twice and differently is refused" {
  require_root
  make_bundle --top '"domainname": "here",' --linux '"sysctl": {"kernel.domainname": "there"},' true
  run islet run -b "$bundle" one
  assert_failure 1
  assert_output --partial 'linux.sysctl.kernel.domainname: says "there", but domainname says "here"'
  sed -i 's/"there"/"here"/' "$bundle/config.json"
  islet run -b "$bundle" one
}
