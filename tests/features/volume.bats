# Volumes: named, anonymous, of the image, of other containers; what is copied into them; archives.
load ../labs/lab

image_with_volume() { # an image that has files in a place it declares as a volume
  local dir=$ISLE_TEST_DIR/image
  isle run --name base busybox sh -c 'mkdir -p /data/sub && echo first >/data/file && echo two >/data/sub/b && chown 7:8 /data/file && chmod 0711 /data'
  isle commit -c 'VOLUME /data' base kept >/dev/null
  isle rm base
}

@test "volume: a named one outlives its containers and is shared; -v and --mount mean the same" {
  isle run --rm -v data:/data busybox sh -c 'echo one >/data/file'
  run -0 isle run --rm --mount type=volume,source=data,target=/there busybox cat /there/file
  assert_output one
  run isle run --rm -v data:/data:ro busybox touch /data/x
  assert_failure 1
  assert_output --partial 'Read-only'
  run -0 isle volume ls -q
  assert_output data
  assert_equal "$(cat "$(isle volume inspect --format '{{.Mountpoint}}' data)/file")" one
  run -0 isle inspect --format '{{.Name}} {{.Driver}}' data
  assert_output "data local"
  run -1 isle inspect --type container data
  assert_output --partial 'there is no container "data"'
  isle volume rm data
  run isle volume rm data
  assert_failure 1
  assert_output --partial 'there is no volume "data"'
  isle volume rm -f data
}

@test "volume: one in use is not removed, and says by whom" {
  isle run -d --name web -v data:/data busybox sleep 1000
  run isle volume rm data
  assert_failure 1
  assert_output --partial 'volume "data" is used by web'
  run -0 isle volume prune -f --all
  refute_output
  isle rm -f web
  run -0 isle volume prune -f
  refute_output
  run -0 isle volume prune -f --all
  assert_output data
}

@test "volume: without a name it is the container's own, and goes with --rm or rm -v" {
  isle run --rm -v /own busybox sh -c 'echo x >/own/x'
  run -0 isle volume ls -q
  refute_output
  isle run --name one -v /own busybox touch /own/x
  local name
  name=$(isle volume ls -q)
  assert_match "$name" '^[0-9a-f]{64}$'
  isle rm one
  assert_equal "$(isle volume ls -q)" "$name"
  assert_equal "$(isle volume prune -f)" "$name"
  isle run --name one -v /own busybox true
  isle rm -v one
  run -0 isle volume ls -q
  refute_output
  run -127 isle run --rm --name gone -v /own busybox /no/such/program
  run -0 isle volume ls -q
  refute_output
}

@test "volume: what the image declares becomes one, with the image's files, owners and modes" {
  image_with_volume
  run -0 isle run --rm kept sh -c 'cat /data/file /data/sub/b; stat -c "%u:%g" /data/file; stat -c %a /data; grep -c " /data " /proc/self/mountinfo'
  assert_output "first
two
7:8
711
1"
  run -0 isle run --rm --image-volume ignore kept grep -c ' /data ' /proc/self/mountinfo || true
  assert_output 0
  run -0 isle run --rm --image-volume tmpfs kept sh -c 'cat /data/file; grep " /data " /proc/mounts'
  assert_output --partial first
  assert_output --partial 'tmpfs /data'
  isle rmi kept >/dev/null
}

@test "volume: an empty one gets the image's files once; nocopy leaves it empty; what is in it stays" {
  image_with_volume
  isle run --rm -v named:/data kept sh -c 'echo changed >/data/file; rm /data/sub/b'
  run -0 isle run --rm -v named:/data kept sh -c 'cat /data/file; ls /data/sub'
  assert_output changed
  run -0 isle run --rm -v bare:/data:nocopy kept ls /data
  refute_output
  # As after a kill in the middle of a copy: half of it is there, and the mark.
  isle volume create half >/dev/null
  local dir=$ISLE_ROOT/volumes/half
  touch "$dir/_data/part" "$dir/filling"
  run -0 isle run --rm -v half:/data kept ls /data
  assert_output "file
sub"
  assert_not_exists "$dir/filling"
  isle volume rm named bare half
  isle rmi kept >/dev/null
}

@test "volume: many at once make one, and fill it once" {
  image_with_volume
  local i
  for i in 1 2 3 4 5 6; do isle run --rm -v shared:/data kept cat /data/sub/b >"$ISLE_TEST_DIR/out.$i" & done
  wait
  assert_equal "$(cat "$ISLE_TEST_DIR"/out.* | sort | uniq -c | tr -s ' ')" " 6 two"
  isle volume rm shared
  isle rmi kept >/dev/null
}

@test "volumes-from: the same volumes and directories at the same places, read-only if asked" {
  mkdir "$ISLE_TEST_DIR/host"
  isle run --name first -v data:/data -v "$ISLE_TEST_DIR/host:/host" -v /own busybox sh -c 'echo v >/data/f; echo h >/host/f; echo o >/own/f'
  run -0 isle run --rm --volumes-from first busybox cat /data/f /host/f /own/f
  assert_output "v
h
o"
  run isle run --rm --volumes-from first:ro busybox touch /data/x
  assert_failure 1
  run isle run --rm --volumes-from nobody busybox true
  assert_failure 125
  assert_output --partial 'no container "nobody"'
  isle rm -v first
  isle volume rm data
}

@test "volume create: labels and mount options; ls filters; inspect" {
  run -0 isle volume create --label team=a --opt type=tmpfs --opt device=tmpfs --opt o=size=4m,mode=0700 fast
  assert_output fast
  isle volume create --label team=b plain >/dev/null
  run -0 isle run --rm -v fast:/fast busybox grep ' /fast ' /proc/mounts
  assert_output --partial 'tmpfs /fast tmpfs'
  assert_output --partial 'size=4096k'
  mkdir "$ISLE_TEST_DIR/host" && echo h >"$ISLE_TEST_DIR/host/f"
  isle volume create --opt type=none --opt o=bind --opt device="$ISLE_TEST_DIR/host" bound >/dev/null
  run -0 isle run --rm -v bound:/b:ro busybox cat /b/f
  assert_output h
  run -0 isle volume ls --filter label=team=a --format '{{.Name}} {{.Driver}}'
  assert_output "fast local"
  run -0 isle volume ls -q --filter name=la
  assert_output plain
  run -0 isle volume inspect --format '{{.Options.type}} {{.Labels.team}}' fast
  assert_output "tmpfs a"
  run isle volume create --opt type=tmpfs --opt device=other fast
  assert_failure 1
  assert_output --partial 'exists with other options'
  run isle volume create --opt size=4 x
  assert_failure 1
  assert_output --partial 'no option "size"'
  run isle volume create 'a/b'
  assert_failure 1
  run isle volume create --driver nfs x
  assert_failure 125
  isle volume exists fast
  run isle volume exists nothing
  assert_failure 1
  isle volume rm fast plain bound
  assert_equal "$(cat "$ISLE_TEST_DIR/host/f")" h
}

@test "volume export, import: an archive of its files, and back" {
  isle run --rm -v one:/v busybox sh -c 'echo x >/v/x; ln -s x /v/l; chown 5:6 /v/x'
  isle volume export one >"$ISLE_TEST_DIR/one.tar"
  assert_equal "$(tar tf "$ISLE_TEST_DIR/one.tar" | sort | tr '\n' ' ')" "./ l x "
  isle volume create two >/dev/null
  isle volume import two "$ISLE_TEST_DIR/one.tar"
  run -0 isle run --rm -v two:/v busybox sh -c 'cat /v/l; stat -c %u:%g /v/x'
  assert_output "x
5:6"
  isle volume rm one two
}

@test "volume: in a user namespace root inside owns what the image gave it" {
  require_root
  require_namespace user
  image_with_volume
  run -0 isle run --rm --userns auto -v mapped:/data kept sh -c 'stat -c %u:%g /data /data/file; echo y >/data/new'
  assert_output "0:0
7:8"
  isle volume rm mapped
  isle rmi kept >/dev/null
}

@test "volume: an ordinary user's" {
  require_namespace user
  run_as_user isle run --rm -v data:/data busybox sh -c 'echo mine >/data/f'
  run -0 run_as_user isle run --rm -v data:/data busybox cat /data/f
  assert_output mine
  run_as_user isle volume rm data
}
