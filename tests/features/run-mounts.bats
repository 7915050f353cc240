# isle run: what the command finds in its file system: --volume --mount --tmpfs --read-only --device
# --shm-size --rootfs, and /etc.
load ../helpers

setup() {
  isle_setup
  DATA=$ISLE_TEST_DIR/data
  mkdir -m 0755 "$DATA"
  echo inside >"$DATA/file"
}
# Options of a mount as the container sees them, such as ",ro,nosuid,".
mount_words() { # PLACE FLAG...
  local place=$1
  shift
  echo ",$(isle run --rm "$@" busybox awk -v place="$place" '$2 == place { print $4 }' /proc/mounts),"
}

@test "run: the root file system is writable, apart for each, and gone afterwards" {
  run -0 isle run --rm busybox sh -c 'echo x >/x && cat /x && rm /etc/passwd && ls /etc/passwd 2>/dev/null || echo gone'
  assert_output $'x\ngone'
  run -0 isle run --rm busybox sh -c 'ls /x 2>/dev/null; ls /etc/passwd'
  assert_output /etc/passwd
}

@test "run: --volume, both ways" {
  run -0 isle run --rm -v "$DATA:/data" busybox sh -c 'cat /data/file; echo outside >/data/new'
  assert_output inside
  assert_equal "$(cat "$DATA/new")" outside
}

@test "run: --volume SOURCE:TARGET:ro" {
  run isle run --rm -v "$DATA:/data:ro" busybox sh -c 'cat /data/file && echo x >/data/file'
  assert_failure
  assert_line inside
  assert_output --partial "Read-only file system"
  assert_equal "$(cat "$DATA/file")" inside
}

@test "run: --volume of a file" {
  run -0 isle run --rm -v "$DATA/file:/etc/motd" busybox cat /etc/motd
  assert_output inside
}

@test "run: --volume makes a source that is not there, a relative one is from here" {
  run -0 isle run --rm -v "$ISLE_TEST_DIR/made:/data" busybox touch /data/x
  assert_exists "$ISLE_TEST_DIR/made/x"
  cd "$ISLE_TEST_DIR"
  run -0 isle run --rm -v ./data:/data busybox cat /data/file
  assert_output inside
}

@test "run: --volume into a directory of another volume" {
  mkdir "$ISLE_TEST_DIR/deep"
  echo deep >"$ISLE_TEST_DIR/deep/file"
  run -0 isle run --rm -v "$ISLE_TEST_DIR/deep:/data/deep" -v "$DATA:/data" busybox cat /data/file /data/deep/file
  assert_output $'inside\ndeep'
}

@test "run: --volume :ro is read-only below too, and its words arrive" {
  require_root
  assert_match "$(mount_words /data -v "$DATA:/data:ro,nosuid,noexec,nodev")" ",ro,.*nosuid.*nodev.*noexec"
}

@test "run: a link as the volume's target stays inside" {
  mkdir "$ISLE_TEST_DIR/tree"
  run isle run --rm -v "$DATA:/var/run/data" busybox cat /run/data/file # /var/run -> ../run
  assert_success
  assert_output inside
}

@test "run: --mount type=bind" {
  run -0 isle run --rm --mount "type=bind,source=$DATA,target=/data" busybox cat /data/file
  assert_output inside
  run isle run --rm --mount "type=bind,src=$DATA,dst=/data,readonly" busybox touch /data/x
  assert_failure
  assert_output --partial "Read-only file system"
}

@test "run: --mount type=tmpfs, with size and mode" {
  run -0 isle run --rm --mount type=tmpfs,target=/scratch,tmpfs-size=1m,tmpfs-mode=0700 busybox \
    sh -c 'stat -c %a /scratch; df -k /scratch | tail -1 | tr -s " " | cut -d" " -f2'
  assert_output $'700\n1024'
}

@test "run: --tmpfs is empty, the host's directory is another" {
  touch "/tmp/isle-host-$$"
  run -0 isle run --rm --tmpfs /tmp busybox sh -c 'ls -A /tmp | wc -l; touch /tmp/x; stat -c %a /tmp'
  rm "/tmp/isle-host-$$"
  assert_output $'0\n1777'
  assert_not_exists /tmp/x
}

@test "run: --tmpfs with a size is full at that size" {
  run isle run --rm --tmpfs /tmp:size=64k busybox dd if=/dev/zero of=/tmp/x bs=4k count=100
  assert_failure
  assert_output --partial "No space left on device"
}

@test "run: --tmpfs is nosuid, nodev and noexec unless told" {
  assert_match "$(mount_words /tmp --tmpfs /tmp)" ",nosuid,nodev,noexec,"
  [[ $(mount_words /tmp --tmpfs /tmp:exec) != *noexec* ]]
}

@test "run: --tmpfs tmpcopyup keeps what the image has there" {
  run -0 isle run --rm --tmpfs /etc:tmpcopyup busybox sh -c 'head -c 4 /etc/passwd; echo; stat -f -c %T /etc'
  assert_output $'root\ntmpfs'
  # Its mode is that of the image's directory, of any tmpfs where there is none, or the asked one.
  run -0 isle run --rm --tmpfs /root:tmpcopyup --tmpfs /new/one:tmpcopyup --tmpfs /tmp:tmpcopyup,mode=750 \
    busybox stat -c %a /root /new /new/one /tmp
  assert_output $'700\n755\n1777\n750'
}

@test "run: --read-only" {
  run isle run --rm --read-only busybox touch /x
  assert_failure
  assert_output --partial "Read-only file system"
  run -0 isle run --rm --read-only --tmpfs /tmp busybox sh -c 'touch /tmp/x && echo x >/dev/null && echo fine'
  assert_output fine
}

@test "run: --shm-size" {
  run -0 isle run --rm busybox sh -c 'df -k /dev/shm | tail -1 | tr -s " " | cut -d" " -f2'
  assert_output 65536
  run -0 isle run --rm --shm-size 1m busybox sh -c 'df -k /dev/shm | tail -1 | tr -s " " | cut -d" " -f2'
  assert_output 1024
}

@test "run: --device makes the node with the host's number" {
  require_root
  run -0 isle run --rm --device /dev/kmsg:/dev/other:r busybox sh -c 'stat -c "%F %t:%T" /dev/other'
  assert_output "character special file 1:b"
}

@test "run: --rootfs DIR is written to, DIR:O is not" {
  mkdir -p "$ISLE_TEST_DIR/tree/bin"
  cp "$(command -v busybox)" "$ISLE_TEST_DIR/tree/bin/busybox"
  run -0 isle run --rm --rootfs "$ISLE_TEST_DIR/tree:O" /bin/busybox touch /one
  assert_not_exists "$ISLE_TEST_DIR/tree/one"
  run -0 isle run --rm --rootfs "$ISLE_TEST_DIR/tree" /bin/busybox touch /two
  assert_exists "$ISLE_TEST_DIR/tree/two"
}

@test "run: /etc/hosts, /etc/resolv.conf and /etc/hostname are the container's own" {
  local hosts
  hosts=$(cat /etc/hosts)
  run -0 isle run --rm --hostname box busybox sh -c 'cat /etc/hosts; echo x >>/etc/hosts; cat /etc/hostname; test -e /etc/resolv.conf && echo there'
  assert_output --regexp "127.0.0.1.*localhost"
  assert_line box
  assert_line there
  assert_equal "$(cat /etc/hosts)" "$hosts"
  # A volume of the user's own goes first.
  run -0 isle run --rm -v "$DATA/file:/etc/hosts:ro" busybox cat /etc/hosts
  assert_output inside
}

@test "mounts: what may not be inside /proc is refused in the flag's words" {
  run -125 isle run --rm -v /tmp:/proc/x busybox true
  assert_output --partial '--volume: "/proc/x" is inside procfs'
  run -125 isle run --rm --tmpfs /proc/sys busybox true
  assert_output --partial '--tmpfs: "/proc/sys" is inside procfs'
  run -125 isle run --rm --mount type=tmpfs,target=/proc busybox true
  assert_output --partial '--mount: only procfs may be mounted on /proc'
}
