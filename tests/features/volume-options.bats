# What -v and --mount can say of a volume or directory beside where it goes: U, O, idmap, z, a part of
# it, an image in its place, a share of the network.
load ../labs/lab

data() { # a directory of 5:6 with a file and a link that leads out
  DATA=$ISLE_TEST_DIR/data
  mkdir -p "$DATA/deep"
  echo lower >"$DATA/deep/file"
  echo kept >"$ISLE_TEST_DIR/outside"
  ln -s "$ISLE_TEST_DIR/outside" "$DATA/link"
  [ "$(id -u)" != 0 ] || chown -hR 5:6 "$DATA"
}
owner() { stat -c %u:%g "$1"; }

@test "volume U: the source becomes the container's user's; links are not followed" {
  require_root
  data
  run -0 isle run --rm -u 7:8 -v "$DATA:/d:U" busybox sh -c 'stat -c %u:%g /d/deep/file; echo more >>/d/deep/file'
  assert_output 7:8
  assert_equal "$(owner "$DATA") $(owner "$DATA/deep/file") $(owner "$DATA/link")" "7:8 7:8 7:8"
  assert_equal "$(owner "$ISLE_TEST_DIR/outside")" 0:0
  isle run --rm -u 9 --mount "type=bind,src=$DATA,dst=/d,U=true" busybox true
  assert_equal "$(owner "$DATA/deep/file")" 9:0
  # Not what is the host's own.
  local before
  before=$(owner /etc)
  run isle run --rm -u 7:8 -v /etc:/d:U busybox true
  assert_failure 125
  assert_output --partial 'option U: "/etc" belongs to the host'
  assert_equal "$(owner /etc)" "$before"
}

@test "volume U: in a user namespace it is the mapped id, with idmap the plain one" {
  require_root
  require_namespace user
  isle run --rm --userns auto -u 7:8 -v vol:/d:U busybox sh -c 'touch /d/file; stat -c %u:%g /d' >"$ISLE_TEST_DIR/out"
  assert_equal "$(cat "$ISLE_TEST_DIR/out")" 7:8
  local files=$ISLE_ROOT/volumes/vol/_data
  [ "$(stat -c %u "$files/file")" -gt 65535 ]
  run -0 isle run --rm --userns auto -u 7:8 -v vol:/d:U,idmap busybox stat -c %u:%g /d /d/file
  assert_output $'7:8\n7:8'
  assert_equal "$(owner "$files/file")" 7:8
  isle volume rm vol
}

@test "volume O: what is written stays with the container, the source is as it was" {
  data
  isle run -d --name box -v "$DATA:/d:O" busybox sh -c 'echo new >/d/deep/file; echo x >/d/added; rm /d/link; sleep 1000'
  wait_until isle exec box test ! -e /d/link
  run -0 isle exec box cat /d/deep/file /d/added
  assert_output $'new\nx'
  assert_equal "$(cat "$DATA/deep/file")" lower
  assert_not_exists "$DATA/added"
  assert_exists "$DATA/link"
  isle restart -t 0 box
  wait_until isle exec box test -e /d/added
  isle rm -f box
  assert_equal "$(find "$ISLE_ROOT/containers" -name added)" ""
  run isle run --rm -v "$DATA:/d:O,ro" busybox touch /d/x
  assert_failure 1
  assert_output --partial 'Read-only'
  run isle run --rm -v "$DATA:/d:O,U" busybox true
  assert_failure 125
  assert_output --partial 'U and O exclude each other'
}

@test "volume O: with directories of one's own what is written stays in them; of a volume, too" {
  data
  mkdir "$ISLE_TEST_DIR/upper" "$ISLE_TEST_DIR/work"
  isle run --rm -v "$DATA:/d:O,upperdir=$ISLE_TEST_DIR/upper,workdir=$ISLE_TEST_DIR/work" busybox sh -c 'echo x >/d/added'
  assert_equal "$(cat "$ISLE_TEST_DIR/upper/added")" x
  assert_not_exists "$DATA/added"
  run isle run --rm -v "$DATA:/d:O,upperdir=$ISLE_TEST_DIR/upper" busybox true
  assert_failure 125
  assert_output --partial 'upperdir and workdir go together'
  isle run --rm -v vol:/v busybox sh -c 'echo one >/v/file'
  run -0 isle run --rm -v vol:/v:O busybox sh -c 'cat /v/file; echo two >/v/file'
  assert_output one
  run -0 isle run --rm -v vol:/v busybox cat /v/file
  assert_output one
  isle volume rm vol
}

@test "volume O: an ordinary user's" {
  require_namespace user
  run -0 run_as_user isle run --rm -v /etc:/d:O busybox sh -c 'echo x >/d/isle-added && cat /d/isle-added'
  assert_output x
  assert_not_exists /etc/isle-added
}

@test "volume idmap: files have the ids that the maps say, on the disk they keep theirs" {
  require_root
  require_namespace user
  data
  run -0 isle run --rm --userns auto -v "$DATA:/d" busybox stat -c %u:%g /d
  assert_output 65534:65534
  run -0 isle run --rm --userns auto -v "$DATA:/d:idmap" busybox sh -c 'stat -c %u:%g /d; touch /d/made'
  assert_output 5:6
  assert_equal "$(owner "$DATA/made")" 0:0
  run -0 isle run --rm -v "$DATA:/d:idmap=uids=0-1000-10;gids=0-2000-10" busybox stat -c %u:%g /d
  assert_output 1005:2006
  run -0 isle run --rm --userns auto --mount "type=bind,src=$DATA,dst=/d,idmap=uids=@0-100-10;gids=@0-200-10" busybox stat -c %u:%g /d
  assert_output 105:206
  run -0 isle run --rm --userns auto --mount type=volume,src=vol,dst=/v,idmap busybox sh -c 'touch /v/x; stat -c %u:%g /v/x'
  assert_output 0:0
  assert_equal "$(owner "$ISLE_ROOT/volumes/vol/_data/x")" 0:0
  isle volume rm vol
}

@test "volume idmap: refused by name where it means nothing" {
  data
  run isle run --rm -v "$DATA:/d:idmap=uids=1" busybox true
  assert_failure 125
  assert_output --partial '"1" is no range of ids'
  run isle run --rm -v "$DATA:/d:idmap=uids=0-1-1" busybox true
  assert_failure 125
  assert_output --partial 'uids and gids go together'
  require_root
  run isle run --rm -v "$DATA:/d:idmap" busybox true
  assert_failure 125
  assert_output --partial 'no user namespace whose ids it could take'
  run run_as_user isle run --rm -v "/usr:/d:idmap" busybox true
  assert_failure 125
  assert_output --partial 'an ordinary user cannot map the ids of a mount'
}

@test "volume z, Z: taken where no SELinux is in force" {
  [ ! -e /sys/fs/selinux/enforce ] || skip "SELinux is in force here"
  data
  run -0 isle run --rm -v "$DATA:/d:z" --mount "type=bind,src=$DATA,dst=/e,relabel=private" busybox cat /d/deep/file /e/deep/file
  assert_output $'lower\nlower'
  run isle run --rm --mount "type=bind,src=$DATA,dst=/e,relabel=other" busybox true
  assert_failure 125
  assert_output --partial 'relabel cannot be "other"'
}

@test "mount subpath: a part of a volume, a directory or a file" {
  isle run --rm -v vol:/v busybox sh -c 'mkdir -p /v/a/b; echo sub >/v/a/b/f; ln -s a /v/link'
  run -0 isle run --rm --mount type=volume,source=vol,target=/s,volume-subpath=a/b busybox sh -c 'cat /s/f; echo more >/s/g'
  assert_output sub
  assert_equal "$(cat "$ISLE_ROOT/volumes/vol/_data/a/b/g")" more
  run -0 isle run --rm --mount type=volume,source=vol,target=/s,subpath=a/b/f,ro busybox cat /s
  assert_output sub
  run isle run --rm --mount type=volume,source=vol,target=/s,subpath=nothing busybox true
  assert_failure
  assert_output --partial 'nothing has to exist'
  run isle run --rm --mount type=volume,source=vol,target=/s,subpath=link/b busybox true
  assert_failure
  assert_output --partial 'through no symbolic link'
  run isle run --rm --mount type=volume,source=vol,target=/s,subpath=../vol busybox true
  assert_failure 125
  assert_output --partial 'is no path beneath'
  isle volume rm vol
}

@test "mount type=image: its files, read-only or with writes that go with the container" {
  run -0 isle run --rm --mount type=image,source=busybox,destination=/i busybox sh -c 'head -c 4 /i/etc/passwd; touch /i/x 2>&1 || true'
  assert_output --partial root
  assert_output --partial 'Read-only'
  run -0 isle run --rm --mount type=image,source=busybox,destination=/i,rw=true busybox sh -c 'echo x >/i/new; cat /i/new'
  assert_output x
  run -0 isle run --rm --mount type=image,source=busybox,destination=/i busybox ls /i
  refute_output --partial new
  run isle run --rm --mount type=image,source=busybox,destination=/i,U busybox true
  assert_failure 125
  run isle run --rm --pull never --mount type=image,source=no/such,destination=/i busybox true
  assert_failure 125
  assert_output --partial no/such
}

@test "mount type=image: a part of it, with mapped ids; as long as it is mounted it stays" {
  require_root
  require_namespace user
  run -0 isle run --rm --userns auto --mount type=image,source=busybox,destination=/i,subpath=etc busybox stat -c %u:%g /i/passwd
  assert_output 0:0
  isle run --name base busybox sh -c 'echo v1 >/file'
  isle commit base other >/dev/null
  isle rm base
  isle create --name user --mount type=image,source=other,destination=/i busybox cat /i/file >/dev/null
  run isle rmi other
  assert_failure
  run -0 isle start -a user
  assert_output v1
  isle rm user
  isle rmi other >/dev/null
}

@test "volume create type=nfs: mounted by the host's network, or refused with the reason" {
  require_root
  run isle volume create -o type=nfs -o o=addr=server.example -o device=:/data share
  assert_failure
  assert_output --partial '"server.example" is no address'
  run isle volume create -o type=nfs -o device=:/data share
  assert_failure
  assert_output --partial "the server's address is missing"
  isle volume create -o type=nfs -o o=addr=127.0.0.1 -o device=:/data share >/dev/null
  ! grep -qw nfs /proc/filesystems || skip "this kernel has nfs"
  run isle run --rm -v share:/d busybox true
  assert_failure
  assert_output --partial 'this kernel has no file system "nfs"'
  run -0 isle ps -aq
  refute_output
  isle volume rm share
}
