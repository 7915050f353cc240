# Lab C6: the root file system, from an image or from a directory. pivot_root(2) swaps it in and the
# old one is detached: no name and no climbing leads back. Without pivot_root the fall-back holds the
# same.
load lab

# A file that the host has and no container.
setup() {
  isle_setup
  require_root
  MARK=$ISLE_TEST_DIR/only-on-the-host
  touch "$MARK"
}

# assert_root_is_closed PID: the host's view of what a container can reach.
assert_root_is_closed() {
  local root
  root=$(stat -c %d:%i /)
  assert_not_equal "$(stat -c %d:%i "/proc/$1/root/")" "$root"
  assert_not_exists "/proc/$1/root$MARK"
  # The whole of the host's root file system is mounted nowhere, and only one mount is the root.
  root=$(awk '$5 == "/" { print $3 }' /proc/self/mountinfo | tail -1)
  assert_equal "$(awk -v host="$root" '$3 == host && $4 == "/"' "/proc/$1/mountinfo")" ""
  assert_equal "$(awk '$5 == "/"' "/proc/$1/mountinfo" | wc -l)" 1
}

# make_rootfs DIR: a plain directory that is a root file system.
make_rootfs() {
  mkdir -p "$1"/{bin,dev,etc,proc,sys,tmp,run}
  cp "$(command -v busybox)" "$1/bin/busybox"
  local applet
  for applet in sh cat ls sleep readlink touch mkdir grep hostname id; do
    ln -s busybox "$1/bin/$applet"
  done
  echo root:x:0:0:root:/:/bin/sh >"$1/etc/passwd"
  chown -R 0:0 "$1"
}

@test "root: from an image, writes go to the container's own layer" {
  require_root
  start_container root-image
  local pid
  pid=$(pid_of root-image)
  assert_root_is_closed "$pid"
  run -0 awk '$5 == "/"' "/proc/$pid/mountinfo"
  assert_output --partial " - overlay "
  inside root-image touch /written
  assert_exists "/proc/$pid/root/written"
  run ! isle run --rm busybox test -e /written
  # The host has the overlay nowhere.
  run ! grep -F "$ISLE_ROOT" /proc/self/mountinfo
  remove_container root-image
}

@test "root: from a directory, which is written to" {
  make_rootfs "$ISLE_TEST_DIR/tree"
  run -0 isle run --rm --rootfs "$ISLE_TEST_DIR/tree" sh -c 'echo inside >/made; ls /'
  assert_line bin
  assert_line made
  assert_equal "$(cat "$ISLE_TEST_DIR/tree/made")" inside
  # Nothing of /dev, /proc and /etc that the container saw was made in the directory.
  run -0 find "$ISLE_TEST_DIR/tree/dev" "$ISLE_TEST_DIR/tree/proc" "$ISLE_TEST_DIR/tree/sys" -mindepth 1
  refute_output
}

@test "root: from a directory with :O, which stays as it is" {
  make_rootfs "$ISLE_TEST_DIR/tree"
  local before
  before=$(find "$ISLE_TEST_DIR/tree" -printf '%P %s %T@\n' | sort)
  run -0 isle run --rm --rootfs "$ISLE_TEST_DIR/tree:O" sh -c 'echo inside >/made; cat /made; rm -rf /tmp'
  assert_output --partial inside
  assert_equal "$(find "$ISLE_TEST_DIR/tree" -printf '%P %s %T@\n' | sort)" "$before"
}

@test "root: the old one is unreachable, also for a program that climbs out of a chroot" {
  require_fixture leave_root
  run -0 isle run --rm "${WITH_FIXTURES[@]}" busybox /fixtures/leave_root "$MARK"
  assert_output inside
  # On the host a chroot alone is no wall: the same program leaves it.
  mkdir -p "$ISLE_TEST_DIR/jail/tmp"
  cp "$FIXTURES/leave_root" "$ISLE_TEST_DIR/jail/"
  run -0 chroot "$ISLE_TEST_DIR/jail" /leave_root "$MARK"
  assert_output outside
}

@test "root: names of the host lead nowhere" {
  run -0 isle run --rm busybox sh -c "
    for way in / /proc/1/root/ /proc/self/root/../../ /proc/self/cwd/../../../; do
      [ ! -e \$way$MARK ] || echo \"found by \$way\"
    done
    readlink /proc/1/root"
  assert_output /
  start_container root-names
  assert_root_is_closed "$(pid_of root-names)"
  assert_equal "$(readlink "/proc/$(pid_of root-names)/root")" /
  remove_container root-names
}

# ---- islet, without and with pivot_root ---------------------------------------------------------
# make_bundle DIR COMMAND...
make_bundle() {
  local dir=$1
  shift
  make_rootfs "$dir/rootfs"
  (cd "$dir" && islet spec)
  local args
  args=$(printf '"%s",' "$@")
  sed -i "s|\"terminal\": true|\"terminal\": false|; s|\"readonly\": true|\"readonly\": false|
    s|^ *\"sh\"\$|${args%,}|" "$dir/config.json"
}

@test "root: islet run --no-pivot falls back safely" {
  require_fixture leave_root
  make_bundle "$ISLE_TEST_DIR/bundle" /leave_root "$MARK"
  cp "$FIXTURES/leave_root" "$ISLE_TEST_DIR/bundle/rootfs/"
  # The escape needs a power that the default specification does not give.
  sed -i 's/"CAP_KILL"/"CAP_KILL", "CAP_SYS_CHROOT"/' "$ISLE_TEST_DIR/bundle/config.json"
  run -0 islet run --bundle "$ISLE_TEST_DIR/bundle" pivoted
  assert_output inside
  # Without pivot_root the host's root stays below, where climbing would find it: the power goes.
  run -1 islet run --no-pivot --bundle "$ISLE_TEST_DIR/bundle" not-pivoted
  assert_line --partial "warning: --no-pivot"
  assert_line "chroot: Operation not permitted"
  refute_output --partial outside
}

@test "root: with --no-pivot too the host sees no mount of its own inside" {
  make_bundle "$ISLE_TEST_DIR/bundle" sleep 1000
  local mounts pid
  mounts=$(host_mounts)
  islet create --no-pivot --bundle "$ISLE_TEST_DIR/bundle" no-pivot </dev/null >/dev/null
  islet start no-pivot
  pid=$(islet state no-pivot | sed -n 's/^ *"pid": \([0-9]*\),*$/\1/p')
  assert_root_is_closed "$pid"
  assert_equal "$(host_mounts)" "$mounts"
  islet delete --force no-pivot
  assert_equal "$(host_mounts)" "$mounts"
}

# ---- a whole Debian ------------------------------------------------------------------------------
# debian_root: sets DEBIAN to a Debian root file system, made once for each build directory.
debian_root() {
  [ -z "${ISLE_TEST_IN_VM-}" ] || skip "a Debian tree cannot be fetched in this virtual machine"
  require_program mmdebstrap
  DEBIAN=$(realpath -m "$ISLE_BIN_DIR/../tests/debian-root")
  [ ! -e "$DEBIAN/etc/debian_version" ] || return 0
  rm -rf "$DEBIAN.new"
  local suite
  suite=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
  timeout 300 mmdebstrap --quiet --variant=minbase --mode=root "${suite:-stable}" "$DEBIAN.new" \
    >"$ISLE_TEST_DIR/mmdebstrap.log" 2>&1 3>&- 8>&- ||
    { rm -rf "$DEBIAN.new"; skip "no Debian packages to be had: $(tail -1 "$ISLE_TEST_DIR/mmdebstrap.log")"; }
  mv "$DEBIAN.new" "$DEBIAN"
}

@test "root: a Debian directory runs, read-write beside it" {
  local DEBIAN
  debian_root
  run -0 isle run --rm --hostname debian --rootfs "$DEBIAN:O" bash -c '
    . /etc/os-release; echo "$ID"; hostname; echo $$; dpkg --print-architecture; touch /written'
  assert_line 0 debian
  assert_line 1 debian
  assert_line 2 1
  assert_line 3 "$(dpkg --print-architecture)"
  assert_not_exists "$DEBIAN/written"
}

@test "root: a Debian directory itself, as another user, with a package tool at work" {
  local DEBIAN
  debian_root
  run -0 isle run --rm --user nobody --rootfs "$DEBIAN:O" bash -c 'id -un; cat /etc/hostname >/dev/null && echo read'
  assert_output $'nobody\nread'
  run -0 isle run --rm --rootfs "$DEBIAN:O" dpkg-query -W -f '${db:Status-Status}\n' bash
  assert_output installed
  run -127 isle run --rm --rootfs "$DEBIAN:O" no-such-program
}
