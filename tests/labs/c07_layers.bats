# Lab C7: layers. Images are read-only layers that containers share; each container writes beside them.
# Whatever driver does that, the tree is the same.
load lab
load ../storage

KILL_AT=$(realpath -m "$ISLE_BIN_DIR/../tests/fixtures/kill_at")

setup() {
  isle_setup
  require_root
}

# make_image: "lab:1", of three layers that overlay each other in every way: a file replaced, one
# removed, a directory emptied and filled anew, hard links, a device, a fifo, set-uid, times,
# attributes, a file with holes.
make_image() {
  local dir=$ISLE_TEST_DIR/image
  mkdir -p "$dir/bin" "$dir/etc" "$dir/gone" "$dir/opaque" "$dir/proc" "$dir/tmp" "$dir/dev" "$dir/sys"
  cp "$(command -v busybox)" "$dir/bin/busybox"
  local applet
  for applet in sh cat ls stat rm mkdir ln sleep find sort md5sum touch mknod chmod dd; do
    ln "$dir/bin/busybox" "$dir/bin/$applet"
  done
  echo first >"$dir/etc/replaced"
  echo one >"$dir/gone/file"
  echo old >"$dir/opaque/old"
  chmod 1777 "$dir/tmp"
  tar -C "$dir" -cf "$ISLE_TEST_DIR/base.tar" .
  isle import "$ISLE_TEST_DIR/base.tar" lab:base >/dev/null
  isle run --name layer-2 lab:base sh -c '
    echo second >/etc/replaced; rm -r /gone; rm -r /opaque; mkdir /opaque; echo new >/opaque/new
    mkdir -p /deep/er; echo x >/deep/er/file; ln /deep/er/file /deep/other-name; ln -s er/file /deep/link
    mknod /deep/fifo p; cp=/bin/cat; cat /bin/busybox >/deep/tool; chmod 4755 /deep/tool
    touch -d "2001-02-03 04:05:06" /deep/er/file
    dd if=/dev/zero of=/deep/holes bs=1 count=1 seek=4194304 2>/dev/null'
  isle commit -q layer-2 lab:2 >/dev/null
  isle run --name layer-3 lab:2 sh -c 'echo third >/opaque/third; chmod 700 /deep/er'
  isle commit -q layer-3 lab:1 >/dev/null
  remove_container layer-2 layer-3
}

# what_is_there: every name with kind, mode, owner, size, time, number of links and content.
what_is_there='
  find / -xdev ! -path "/proc*" ! -path "/sys*" ! -path "/dev*" ! -path "/etc/hosts" \
    ! -path "/etc/hostname" ! -path "/etc/resolv.conf" ! -path "/etc/mtab" ! -path / ! -path /etc |
    sort | while read -r name; do
      case $(stat -c %F "$name") in directory) form="%n %F %a %u:%g" ;; *) form="%n %F %a %u:%g %s %Y %h" ;; esac
      stat -c "$form" "$name"; [ ! -f "$name" ] || md5sum <"$name"
    done; cat /deep/link'

@test "layers: two containers share what is below and write apart" {
  start_container one
  start_container two
  inside one sh -c 'echo of-one >/mine; rm /bin/cp'
  run -0 inside one cat /mine
  assert_output of-one
  run ! inside two test -e /mine
  run -0 inside two test -e /bin/cp
  run ! inside one test -e /bin/cp
  # On the host: the layers are the same, the upper directories are two.
  local one two
  one=$(awk '$5 == "/"' "/proc/$(pid_of one)/mountinfo" | grep -o 'lowerdir+\{0,1\}=[^,]*')
  two=$(awk '$5 == "/"' "/proc/$(pid_of two)/mountinfo" | grep -o 'lowerdir+\{0,1\}=[^,]*')
  assert_equal "$one" "$two"
  assert_exists "$ISLE_ROOT/containers/$(id_of one)/upper/mine"
  assert_not_exists "$ISLE_ROOT/containers/$(id_of two)/upper/mine"
  # What was removed is a whiteout above, a character device 0:0; below it is still there.
  run -0 stat -c '%F %t:%T' "$ISLE_ROOT/containers/$(id_of one)/upper/bin/cp"
  assert_output 'character special file 0:0'
  assert_exists "${one#*=}/bin/cp"
  remove_container one two
}

# same_tree DRIVER [AS]: the container's tree is overlay's (AS another's), and what is written is seen
# in no other.
same_tree() {
  make_image
  isle run --rm --storage-driver "${2:-overlay}" lab:1 sh -c "$what_is_there" >"$ISLE_TEST_DIR/overlay.txt"
  run -0 grep -c . "$ISLE_TEST_DIR/overlay.txt"
  assert_between "$output" 20 200
  isle run --rm --storage-driver "$1" lab:1 sh -c "$what_is_there" >"$ISLE_TEST_DIR/$1.txt"
  run -0 diff "$ISLE_TEST_DIR/overlay.txt" "$ISLE_TEST_DIR/$1.txt"
  run -0 grep -E '^/(opaque|gone|etc/replaced)' "$ISLE_TEST_DIR/$1.txt"
  refute_output --partial /gone
  refute_output --partial /opaque/old
}

# writes_are_kept_apart DRIVER: diff, commit and export tell what a container wrote, and no more.
writes_are_kept_apart() {
  isle run --name changed --storage-driver "$1" lab:1 sh -c '
    echo mine >/opaque/mine; rm /deep/holes; rm -r /deep/er; mkdir /deep/er
    echo only >/deep/er/only; echo fourth >/etc/replaced; chmod 600 /opaque/new
    ln /opaque/third /opaque/again'
  run -0 isle inspect --format '{{.record.storage.driver}}' changed
  assert_output "$1"
  run -0 isle diff changed
  assert_line "A /opaque/mine"
  assert_line "D /deep/holes"
  assert_line "D /deep/er/file"
  assert_line "A /deep/er/only"
  refute_output --partial .wh.
  assert_line "C /etc/replaced"
  assert_line "C /opaque/new"
  refute_output --partial /bin
  refute_output --partial busybox
  isle commit -q changed lab:changed >/dev/null
  run -0 isle export -o "$ISLE_TEST_DIR/changed.tar" changed
  run -0 tar -xOf "$ISLE_TEST_DIR/changed.tar" opaque/mine
  assert_output mine
  run -0 tar -tf "$ISLE_TEST_DIR/changed.tar"
  refute_output --partial deep/holes
  # The layer is small: it has what changed and nothing else.
  run -0 isle history --format '{{.Size}}' --no-trunc lab:changed
  assert_match "${lines[0]}" '^[0-9]{1,3} ?B$'
  run -0 isle run --rm lab:changed sh -c 'ls /deep /opaque; ls -a /deep/er; cat /etc/replaced /opaque/again; stat -c %a /opaque/new'
  refute_output --partial holes
  [[ $'\n'$output$'\n' != *$'\nfile\n'* ]] || _fail "what was removed is there" output "$output"
  refute_output --partial .wh.
  assert_line only
  assert_line fourth
  assert_line third
  assert_line 600
  # A copy out of a container that does not run is of its own files, and one into it goes there.
  isle cp changed:/etc/replaced "$ISLE_TEST_DIR/copied"
  assert_equal "$(cat "$ISLE_TEST_DIR/copied")" fourth
  isle cp "$ISLE_TEST_DIR/copied" changed:/etc/put
  run -0 isle diff changed
  assert_line "A /etc/put"
  # Neither the image nor another container saw any of it.
  run -0 isle run --rm --storage-driver "$1" lab:1 sh -c 'cat /etc/replaced; [ ! -e /etc/put ]'
  assert_output second
  remove_container changed
  assert_equal "$(find "$ISLE_ROOT/containers" -mindepth 1 -maxdepth 1)" ""
}

@test "layers: vfs gives the same tree, by a copy" {
  same_tree vfs
  writes_are_kept_apart vfs
  # Nothing is laid over anything.
  start_container copied --storage-driver vfs
  run -0 awk '$5 == "/"' "/proc/$(pid_of copied)/mountinfo"
  refute_output --partial overlay
  assert_exists "$ISLE_ROOT/containers/$(id_of copied)/tree/bin/busybox"
  remove_container copied
}

@test "layers: vfs, with ids of its own and in several containers" {
  start_container mapped --storage-driver vfs --userns auto
  inside mapped sh -c 'touch /made; chown 7:8 /made'
  run -0 inside mapped stat -c %u:%g /made /bin/busybox
  assert_output $'7:8\n0:0'
  # On the disk they are the container's ids; whoever has it sees the host's in between.
  run -0 stat -c %u:%g "$ISLE_ROOT/containers/$(id_of mapped)/tree/made"
  assert_output 7:8
  assert_not_equal "$(status_of "$(pid_of mapped)" Uid | cut -d' ' -f1)" 0
  isle commit -q mapped lab:mapped >/dev/null
  run -0 isle run --rm lab:mapped stat -c %u:%g /made
  assert_output 7:8
  remove_container mapped
}

@test "layers: a root file system given with :O is copied too" {
  mkdir -p "$ISLE_TEST_DIR/tree/bin" "$ISLE_TEST_DIR/tree/etc"
  cp "$(command -v busybox)" "$ISLE_TEST_DIR/tree/bin/sh"
  run -0 isle run --rm --storage-driver vfs --rootfs "$ISLE_TEST_DIR/tree:O" sh -c 'echo x >/made; echo inside'
  assert_output inside
  assert_not_exists "$ISLE_TEST_DIR/tree/made"
  # One that the store itself lies in is copied once and not for ever.
  cp -r "$ISLE_TEST_DIR/tree/bin" "$ISLE_TEST_DIR/"
  run -0 isle run --rm --storage-driver vfs --rootfs "$ISLE_TEST_DIR:O" /bin/sh -c 'echo inside'
  assert_output inside
  run -125 isle run --rm --storage-driver vfs --rootfs "$ISLE_TEST_DIR/tree" sh
  assert_output --partial "--rootfs DIR:O"
}

@test "layers: btrfs gives the same tree, by snapshots" {
  with_file_system btrfs '
    same_tree btrfs
    writes_are_kept_apart btrfs
    # The image was copied once; two containers are two snapshots, subvolumes of their own.
    assert_equal "$(ls "$ISLE_ROOT/trees" | wc -l)" 1
    start_container one --storage-driver btrfs
    start_container two --storage-driver btrfs
    inside one touch /of-one
    run ! inside two test -e /of-one
    assert_equal "$(ls "$ISLE_ROOT/trees" | wc -l)" 2
    # 256 is the number of a root of a subvolume.
    assert_equal "$(stat -c %i "$ISLE_ROOT/containers/$(id_of one)/tree")" 256
    # A subvolume that the container makes itself goes with it.
    remove_container one two
    assert_equal "$(ls "$ISLE_ROOT/containers")" ""
    # The copy of an image goes with the image.
    isle rmi -f lab:1 lab:2 lab:base lab:changed >/dev/null
    isle image prune -f >/dev/null
    assert_equal "$(ls "$ISLE_ROOT/trees" | wc -l)" 1
    run -0 isle system check
  '
}

@test "layers: btrfs limits what a container writes" {
  [ -z "${ISLE_TEST_IN_VM-}" ] || skip "64 MB of random bytes take minutes on an emulated processor"
  with_file_system btrfs '
    # EDQUOT, whatever words the program has for it; what there was room for is there.
    run -0 isle run --rm --storage-driver btrfs --storage-opt size=8m busybox \
      sh -c "head -c 64000000 /dev/urandom >/big || sync; wc -c </big"
    assert_between "${lines[-1]}" 6000000 8388608
    run -0 isle run --rm --storage-driver btrfs --storage-opt size=32m busybox \
      sh -c "head -c 2000000 /dev/urandom >/small && sync && echo written"
    assert_output written
  '
}

# The data sets of the store, below its own, and their snapshots.
datasets() { zfs list -H -o name -t all -r "$pool/data" | sed -n "s,^$pool/data/isle-[0-9]*/,,p" | sort; }

@test "layers: zfs gives the same tree, by clones, and mounts nothing on the host" {
  with_zfs '
    same_tree zfs vfs
    writes_are_kept_apart zfs
    # An image is copied once; two containers are two clones.
    copies=$(datasets | grep -c @whole)
    before=$(host_mounts)
    start_container one --storage-driver zfs
    start_container two --storage-driver zfs
    inside one touch /of-one
    run ! inside two test -e /of-one
    assert_equal "$(host_mounts)" "$before"
    run -0 inside one grep " / " /proc/self/mountinfo
    assert_output --partial " - zfs $pool/data/isle-"
    # What runs is looked at as well.
    run -0 isle diff one
    assert_output "A /of-one"
    run -0 datasets
    assert_line "$(id_of one)"
    assert_line "$(id_of two)"
    assert_equal "$(grep -c @whole <<<"$output")" $((copies + 1))
    remove_container one two
    assert_equal "$(ls "$ISLE_ROOT/containers")" ""
    run -0 datasets
    assert_equal "$(grep -vc ^image- <<<"$output")" 0
    # The copy of an image goes with the image.
    isle rmi -f lab:1 lab:2 lab:base lab:changed >/dev/null
    isle image prune -f >/dev/null
    run -0 datasets
    assert_equal "$(grep -c @whole <<<"$output")" 1
    run -0 isle system check
    assert_equal "$(host_mounts)" "$before"
  '
}

@test "layers: zfs is the driver where ZFS cannot hold an overlay, and limits what is written" {
  with_zfs '
    run -125 isle run --rm --storage-driver btrfs busybox true
    assert_output --partial "is not on btrfs"
    if ! isle run --rm --storage-driver overlay busybox true 2>"$ISLE_TEST_DIR/error"; then
      run -0 cat "$ISLE_TEST_DIR/error"
      assert_output --partial "is on ZFS before 2.2"
      run -0 isle info --format "{{.storageDriver}}"
      assert_output zfs
    fi
    # It is told after the data has been gathered: some more than the limit fits.
    run -0 isle run --rm --storage-driver zfs --storage-opt size=4m busybox sh -c "
      i=0; while [ \$i -lt 20 ] && head -c 1000000 /dev/zero >>/big; do i=\$((i+1)); sync; done; wc -c </big"
    assert_between "${lines[-1]}" 2000000 16000000
    run -0 isle run --rm --storage-driver zfs --storage-opt size=32m busybox \
      sh -c "head -c 2000000 /dev/zero >/small && sync && echo written"
    assert_output written
    # The same of a directory of the host.
    mkdir -p "$ISLE_TEST_DIR/tree/bin" "$ISLE_TEST_DIR/tree/etc"
    cp "$(command -v busybox)" "$ISLE_TEST_DIR/tree/bin/sh"
    run -0 isle run --rm --storage-driver zfs --storage-opt size=32m --rootfs "$ISLE_TEST_DIR/tree:O" \
      sh -c "echo x >/made; echo inside"
    assert_output inside
    assert_not_exists "$ISLE_TEST_DIR/tree/made"
    run -0 datasets
    assert_equal "$(grep -vc ^image- <<<"$output")" 0
    # With ids of its own: mapped from 2.2 on, else refused by a sentence that says so.
    if ! isle run --rm --storage-driver zfs --userns auto busybox true 2>"$ISLE_TEST_DIR/error"; then
      run -0 cat "$ISLE_TEST_DIR/error"
      assert_output --partial "ZFS since 2.2"
    fi
  '
}

@test "layers: zfs, what killed commands leave is made anew, found and removed" {
  with_zfs '
    isle run --rm --storage-driver zfs busybox true
    image=$(datasets | sed -n "s/@whole//p")
    base=$(zfs list -H -o name -r "$pool/data" | grep "/isle-[0-9]*$")
    # Killed while the image was copied: a data set without its snapshot.
    zfs destroy "$base/$image@whole"
    run -0 isle run --rm --storage-driver zfs busybox cat /etc/passwd
    assert_output --partial root
    assert_equal "$(datasets)" "$(printf "%s\n" "$image" "$image@whole")"
    # Killed at system calls of create, wherever that is: its program, its mount, its copy.
    for at in 100 400 700 1000 1300 1600; do
      "$KILL_AT" "$at" "$ISLE_BIN_DIR/isle" create --storage-driver zfs --name killed busybox true \
        </dev/null >/dev/null 2>&1 3>&- 8>&- || true
      isle rm -f killed >/dev/null 2>&1 || true
      isle rm -f $(isle ps -aq) >/dev/null 2>&1 || true
      run -0 isle run --rm --storage-driver zfs --name killed busybox echo again
      assert_output again
    done
    # One whose directory somebody deleted.
    isle create --storage-driver zfs --name lost busybox true >/dev/null
    id=$(id_of lost)
    rm -r "$ISLE_ROOT/containers/$id"
    run -1 isle system check
    assert_output --partial "a data set is left of container ${id:0:12}"
    run -0 isle system check --repair
    assert_equal "$(datasets)" "$(printf "%s\n" "$image" "$image@whole")"
    run -0 isle system check
  '
}

# has_project_quota TYPE MKFS_OPTIONS: whether this kernel holds such a file system to limits.
has_project_quota() {
  truncate -s 400M "$ISLE_TEST_DIR/try"
  # shellcheck disable=SC2086 # several words
  "mkfs.$1" -q $2 "$ISLE_TEST_DIR/try" >/dev/null 2>&1 || return 1
  # shellcheck disable=SC2016 # for the other shell
  unshare --mount --propagation private bash -c '
    mount -o loop,prjquota "$1" /mnt 2>/dev/null && ! grep " /mnt " /proc/mounts | grep -q noquota' - \
    "$ISLE_TEST_DIR/try"
}

@test "layers: overlay limits what a container writes, by project quotas of xfs and ext4" {
  require_fixture leave_project
  local type options tried=0
  for type in xfs ext4; do
    options=''
    [ "$type" = xfs ] || options='-O quota,project -E quotatype=prjquota'
    require_program "mkfs.$type"
    grep -qw "$type" /proc/filesystems || modprobe "$type" 2>/dev/null || continue
    [ -e /dev/loop-control ] || modprobe loop 2>/dev/null || skip "this host has no loop devices"
    has_project_quota "$type" "$options" || continue
    tried=1
    with_file_system "$type" '
      run -0 isle run --name limited --storage-opt size=8m busybox \
        sh -c "head -c 16000000 /dev/zero >/big || sync; wc -c </big; df -k / | tail -1 | tr -s \" \" | cut -d\" \" -f2"
      assert_between "${lines[-2]}" 6000000 8388608
      # What df shows is the limit, not the disk.
      assert_equal "${lines[-1]}" 8192
      # The next of the same image has room, and so has one without a limit.
      run -0 isle run --rm --storage-opt size=8m busybox sh -c "head -c 4000000 /dev/zero >/small && echo written"
      assert_output written
      run -0 isle run --rm busybox sh -c "head -c 16000000 /dev/zero >/small && echo written"
      assert_output written
      # Nor does it leave its project, which owners of files may do elsewhere: the filter refuses that.
      run -0 isle run --rm --storage-opt size=8m -v "$FIXTURES/leave_project:/leave:ro" busybox /leave /
      assert_output "$(printf "project of its own\nOperation not permitted")"
      # It stays limited when it starts again, and with the container the limit goes.
      run -0 isle start --attach limited
      assert_between "${lines[-2]}" 6000000 8388608
      isle rm limited >/dev/null
      run -125 isle run --rm --storage-driver vfs --storage-opt size=8m busybox true
      assert_output --partial "storage driver vfs cannot limit"
      ! command -v repquota >/dev/null || run -0 repquota -P -n "$ISLE_TEST_DIR/mounted"
      refute_output --partial 8192
    ' 400M "$options" prjquota
    rm "$ISLE_TEST_DIR/disk"
  done
  [ "$tried" = 1 ] || skip "this kernel has no project quotas"
}

@test "layers: a driver that cannot work here is refused with the reason, and so are old ones" {
  run -125 isle run --rm --storage-driver aufs busybox true
  assert_output --partial "overlay does what it did"
  run -125 isle run --rm --storage-driver devicemapper busybox true
  assert_output --partial "thin pools"
  run -125 isle run --rm --storage-driver floppy busybox true
  assert_output --partial "overlay, fuse-overlayfs, btrfs, zfs and vfs"
  with_file_system ext4 '
    run -125 isle run --rm --storage-driver zfs busybox true
    assert_output --partial "is not on ZFS"
    run -125 isle run --rm --storage-driver btrfs busybox true
    assert_output --partial "is not on btrfs"
    run -125 isle run --rm --storage-opt size=10m busybox true
    assert_output --partial "storage driver overlay cannot limit"
    assert_output --partial "does not hold projects to limits"
    run -125 isle run --rm --storage-opt pool=x busybox true
    assert_output --partial pool
  '
  assert_equal "$(isle ps -aq)" ""
}

@test "layers: the driver is the environment's where none is asked for, and info names it" {
  run -0 isle info --format '{{.storageDriver}}'
  assert_output overlay
  run -0 env ISLE_STORAGE_DRIVER=vfs "$ISLE_BIN_DIR/isle" info
  assert_line --partial "storageDriver:       vfs"
  assert_output --partial "aufs (no: "
  ISLE_STORAGE_DRIVER=vfs run -0 isle run --name by-environment busybox true
  run -0 isle inspect --format '{{.record.storage.driver}}' by-environment
  assert_output vfs
  remove_container by-environment
  ISLE_STORAGE_DRIVER=floppy run -125 isle run --rm busybox true
  assert_output --partial ISLE_STORAGE_DRIVER
}

@test "layers: fuse-overlayfs gives the same tree, and its program ends with the container" {
  require_program fuse-overlayfs
  [ -w /dev/fuse ] || skip "this host has no FUSE"
  same_tree fuse-overlayfs
  writes_are_kept_apart fuse-overlayfs
  local mounts server
  mounts=$(host_mounts)
  start_container served --storage-driver fuse-overlayfs
  run -0 awk '$5 == "/"' "/proc/$(pid_of served)/mountinfo"
  assert_output --partial " - fuse "
  assert_equal "$(host_mounts)" "$mounts"
  server=$(pgrep -f "upperdir=$ISLE_ROOT/containers/$(id_of served)/")
  inside served touch /made
  assert_exists "$ISLE_ROOT/containers/$(id_of served)/upper/made"
  # Whatever ends the container, here the end of everything that is isle's.
  kill -KILL "$(pid_of served)"
  wait_until is_gone "$server"
  remove_container served
  assert_equal "$(host_mounts)" "$mounts"
}

@test "layers: fuse-overlayfs, with ids of its own" {
  require_program fuse-overlayfs
  [ -w /dev/fuse ] || skip "this host has no FUSE"
  start_container mapped --storage-driver fuse-overlayfs --userns auto
  inside mapped sh -c 'touch /made; chown 7:8 /made'
  run -0 inside mapped stat -c %u:%g /made /bin/busybox
  assert_output $'7:8\n0:0'
  isle commit -q mapped lab:mapped >/dev/null
  run -0 isle run --rm lab:mapped stat -c %u:%g /made
  assert_output 7:8
  remove_container mapped
}
