# Archives of images: written, read again, and exchanged with skopeo and umoci. What docker and podman
# make of them is in tests/clients/archives.bats.
load ../helpers

# An image of two layers with what layers can hold: made NAME.
made() {
  isle run --name maker busybox sh -c '
    echo text >/file; chmod 4755 /file; ln /file /hard; ln -s file /soft; rm /bin/ls; mkdir -m 1777 /dir'
  isle commit -q -c 'CMD ["cat","/file"]' -c 'LABEL a=b' maker "$1"
  isle rm maker
}
# The same command in a fresh store.
elsewhere() {
  local -x ISLE_ROOT=$ISLE_TEST_DIR/other
  mkdir -p -m 0700 "$ISLE_ROOT"
  isle "$@"
}
forget_elsewhere() { rm -rf "$ISLE_TEST_DIR/other"; }
id_of() { isle inspect --type image "$1" --format '{{.Id}}'; }
looks_right() { # NAME, elsewhere
  run -0 elsewhere run --rm "$1" sh -c 'cat /hard; stat -c "%a %h" /file; readlink /soft; test -e /bin/ls || echo no ls; stat -c %a /dir'
  assert_equal "$output" $'text\n4755 2\nfile\nno ls\n1777'
}

@test "archives: each kind is read again, with name and id" {
  require_root
  made one/image:1
  local kind target
  for kind in docker-archive oci-archive oci-dir docker-dir; do
    target=$ISLE_TEST_DIR/$kind
    isle save --format "$kind" -o "$target" one/image:1
    forget_elsewhere
    run -0 elsewhere load -i "$target"
    [ "$kind" = docker-dir ] || assert_output "Loaded image: one/image:1"
    run -0 elsewhere images --no-trunc -q
    assert_line "$(id_of one/image:1)"
    [ "$kind" = docker-dir ] || looks_right one/image:1
  done
}

@test "archives: the same image gives the same bytes" {
  made one
  local kind
  for kind in docker-archive oci-archive; do
    assert_equal "$(isle save --format "$kind" one | sha256sum)" "$(isle save --format "$kind" one | sha256sum)"
  done
}

@test "archives: compressed, from standard input" {
  require_root
  made one
  local packer
  for packer in gzip zstd; do
    command -v "$packer" >/dev/null || continue
    forget_elsewhere
    isle save one | "$packer" -c >"$ISLE_TEST_DIR/packed"
    run -0 elsewhere load <"$ISLE_TEST_DIR/packed"
    assert_output "Loaded image: one:latest"
    looks_right one
  done
}

@test "archives: several images and names in one, each layer once" {
  made one
  isle tag one two
  for format in docker-archive oci-archive; do
    forget_elsewhere
    isle save --format "$format" -m -o "$ISLE_TEST_DIR/all" one two busybox
    run -0 elsewhere load -i "$ISLE_TEST_DIR/all"
    assert_line "Loaded image: one:latest"
    assert_line "Loaded image: two:latest"
    assert_line "Loaded image: busybox:latest"
    run -0 tar -tf "$ISLE_TEST_DIR/all"
    assert_equal "$(sort <<<"$output" | uniq -d)" ""
  done
}

@test "archives: an image without a name is loaded by its id" {
  made one
  local id; id=$(id_of one)
  isle save -o "$ISLE_TEST_DIR/a" "${id#sha256:}"
  run -0 elsewhere load -q -i "$ISLE_TEST_DIR/a"
  assert_output "Loaded image: $id"
}

@test "archives: blobs that are gone are packed anew, and it is said" {
  require_root
  made one
  find "$ISLE_ROOT/blobs" -type f -size +2k -delete
  run -0 isle save -o "$ISLE_TEST_DIR/a" one
  assert_output --partial "packed anew"
  run -0 elsewhere load -i "$ISLE_TEST_DIR/a"
  looks_right one
}

@test "archives: a file that is there stays until the new one is whole" {
  made one
  echo precious >"$ISLE_TEST_DIR/a"
  run -125 isle save -o "$ISLE_TEST_DIR/a" one nosuch
  assert_equal "$(cat "$ISLE_TEST_DIR/a")" precious
  assert_equal "$(ls "$ISLE_TEST_DIR" | grep -c part)" 0
  run -125 isle save --format oci-dir -o "$ISLE_TEST_DIR" one
  assert_output --partial "not empty"
  run -125 isle save --format tar one
  assert_output --partial "docker-archive, oci-archive, oci-dir or docker-dir"
  run -125 isle save --format docker-dir -o "$ISLE_TEST_DIR/d" one busybox
  assert_output --partial "holds one image"
}

# ---- what strangers write ------------------------------------------------------------------------
# refused WORDS: the archive in $ISLE_TEST_DIR/x is refused with these words and leaves nothing.
refused() {
  tar -C "$ISLE_TEST_DIR/x" -cf "$ISLE_TEST_DIR/x.tar" .
  run -125 elsewhere load -i "$ISLE_TEST_DIR/x.tar"
  assert_output --partial "$1"
  assert_equal "$(ls -A "$ISLE_TEST_DIR/other/staging" 2>/dev/null)" ""
  assert_equal "$(ls -A "$ISLE_TEST_DIR/other/images" 2>/dev/null)" ""
}
taken_apart() { # FORMAT
  made one
  mkdir "$ISLE_TEST_DIR/x"
  isle save --format "$1" one | tar -C "$ISLE_TEST_DIR/x" -x
}

@test "archives: a damaged layer of docker save is refused" {
  taken_apart docker-archive
  local layer; layer=$(ls -S "$ISLE_TEST_DIR/x" | tail -n +2 | grep -m 1 'tar$')
  printf changed | dd of="$ISLE_TEST_DIR/x/$layer" conv=notrunc bs=1 seek=700 status=none
  refused "diffID is"
}

@test "archives: a damaged blob of an OCI archive is refused" {
  taken_apart oci-archive
  local blob; blob=$(find "$ISLE_TEST_DIR/x/blobs" -type f -printf '%s %p\n' | sort -n | tail -n 1 | cut -d' ' -f2)
  printf changed | dd of="$blob" conv=notrunc bs=1 seek=700 status=none
  # It lies under the name of what it is, so what the manifest names is missing.
  refused "No such file"
}

@test "archives: paths that lead out, devices, missing files and wrong documents are refused" {
  mkdir "$ISLE_TEST_DIR/x"
  echo '[{"Config":"../../etc/passwd","RepoTags":["a:b"],"Layers":[]}]' >"$ISLE_TEST_DIR/x/manifest.json"
  refused 'has no file "../../etc/passwd"'
  ln -s /etc/passwd "$ISLE_TEST_DIR/x/link"
  echo '[{"Config":"link","RepoTags":["a:b"],"Layers":[]}]' >"$ISLE_TEST_DIR/x/manifest.json"
  refused 'has no file "link"'
  echo '{"schemaVersion":2}' >"$ISLE_TEST_DIR/x/manifest.json"
  refused 'no list of images'
  rm "$ISLE_TEST_DIR/x/manifest.json"
  refused 'holds no images that are known'
  mkfifo "$ISLE_TEST_DIR/x/fifo"
  refused 'neither a file nor a link'
  run -125 bash -c 'tar -C / -cP --transform "s,^,../../," etc/hostname | "$1" load' bash "$ISLE_BIN_DIR/isle"
  assert_output --partial "leads upwards"
  run -125 isle load -i /dev/null
  assert_output --partial "holds no images"
  run -125 isle load -i "$ISLE_TEST_DIR/nosuch"
  assert_output --partial "No such file"
}

@test "archives: of several images those before a damaged one stay; another machine's is loaded and told" {
  isle tag busybox good:1
  made bad
  isle save -o "$ISLE_TEST_DIR/two.tar" good:1 bad
  mkdir "$ISLE_TEST_DIR/x"
  tar -C "$ISLE_TEST_DIR/x" -xf "$ISLE_TEST_DIR/two.tar"
  local last config
  last=$(sed -E 's/.*"([^"]*)"\].*/\1/' "$ISLE_TEST_DIR/x/manifest.json")
  printf x >>"$ISLE_TEST_DIR/x/$last"
  tar -C "$ISLE_TEST_DIR/x" -cf "$ISLE_TEST_DIR/broken.tar" .
  forget_elsewhere
  run -125 elsewhere load -i "$ISLE_TEST_DIR/broken.tar"
  assert_output --partial "good:1"
  run -0 elsewhere run --rm --pull never good:1 echo whole
  assert_output whole
  run -0 elsewhere system check
  run ! elsewhere image exists bad
  # s390x: the same archive, but for the configuration, which is named by its digest.
  rm -r "$ISLE_TEST_DIR/x"
  mkdir "$ISLE_TEST_DIR/x"
  isle save good:1 | tar -C "$ISLE_TEST_DIR/x" -xf -
  config=$(sed -E 's/.*"Config":"([^"]*)".*/\1/' "$ISLE_TEST_DIR/x/manifest.json")
  sed -i -E 's/"architecture":"[^"]*"/"architecture":"s390x"/' "$ISLE_TEST_DIR/x/$config"
  last=$(sha256sum "$ISLE_TEST_DIR/x/$config" | cut -d' ' -f1)
  mv "$ISLE_TEST_DIR/x/$config" "$ISLE_TEST_DIR/x/$last.json"
  sed -i "s/$config/$last.json/; s/good:1/far:1/" "$ISLE_TEST_DIR/x/manifest.json"
  rm -f "$ISLE_TEST_DIR/x/repositories"
  tar -C "$ISLE_TEST_DIR/x" -cf "$ISLE_TEST_DIR/far.tar" .
  run -0 elsewhere load -i "$ISLE_TEST_DIR/far.tar"
  assert_output --partial "the image is for linux/s390x"
  run -0 elsewhere inspect --type image --format '{{.Architecture}}' far:1
  assert_output s390x
}

# ---- skopeo and umoci ----------------------------------------------------------------------------
@test "archives: skopeo reads what isle writes, and isle what skopeo writes" {
  require_root
  require_program skopeo
  made one
  local config kind from
  config=$(id_of one)
  for kind in docker-archive oci-archive oci-dir docker-dir; do
    case $kind in oci-dir) from=oci ;; docker-dir) from=dir ;; *) from=$kind ;; esac
    rm -rf "$ISLE_TEST_DIR/w" "$ISLE_TEST_DIR/v"
    isle save --format "$kind" -o "$ISLE_TEST_DIR/w" one
    run -0 skopeo inspect --raw --config "$from:$ISLE_TEST_DIR/w"
    assert_equal "sha256:$(printf %s "$output" | sha256sum | cut -d' ' -f1)" "$config"
    run -0 skopeo copy --quiet --insecure-policy "$from:$ISLE_TEST_DIR/w" "$from:$ISLE_TEST_DIR/v$([ "$from" = dir ] || echo :one:latest)"
    forget_elsewhere
    run -0 elsewhere load -i "$ISLE_TEST_DIR/v"
    elsewhere tag "$config" loaded
    looks_right loaded
  done
}

@test "archives: umoci unpacks what isle writes, and isle loads what umoci adds" {
  require_root
  require_program umoci
  made one
  isle save --format oci-dir -o "$ISLE_TEST_DIR/layout" one
  # umoci names images by a tag alone.
  sed -i 's,docker.io/library/one:latest,one,' "$ISLE_TEST_DIR/layout/index.json"
  run -0 umoci unpack --image "$ISLE_TEST_DIR/layout:one" "$ISLE_TEST_DIR/bundle"
  assert_equal "$(cat "$ISLE_TEST_DIR/bundle/rootfs/hard")" text
  assert_equal "$(stat -c '%a %h' "$ISLE_TEST_DIR/bundle/rootfs/file")" "4755 2"
  assert_not_exists "$ISLE_TEST_DIR/bundle/rootfs/bin/ls"
  echo more >"$ISLE_TEST_DIR/bundle/rootfs/more"
  rm "$ISLE_TEST_DIR/bundle/rootfs/soft"
  run -0 umoci repack --image "$ISLE_TEST_DIR/layout:new" "$ISLE_TEST_DIR/bundle"
  umoci tag --image "$ISLE_TEST_DIR/layout:new" again
  umoci rm --image "$ISLE_TEST_DIR/layout:one"
  run -0 elsewhere load -i "$ISLE_TEST_DIR/layout"
  assert_output --partial "no whole name"
  local id; id=$(sed -n 's/^Loaded image: //p' <<<"$output")
  run -0 elsewhere run --rm "$id" sh -c 'cat /more; test -L /soft || echo no link'
  assert_output $'more\nno link'
}

# ISLE_DEEP=N: so many directories one below the other. Ten thousand take half a minute: Landlock, one
# of isle-unpack's walls, goes up to the root for each that is made or opened.
@test "import: directories deeper than a path may be long, and names to match" {
  require_program python3
  python3 - "${ISLE_DEEP:-3000}" "$ISLE_TEST_DIR/deep.tar" <<'END'
import io, sys, tarfile
depth, name = int(sys.argv[1]), sys.argv[2]
with tarfile.open(name, "w", format=tarfile.PAX_FORMAT) as archive:
    path = []
    for _ in range(depth):
        path.append("d")
        entry = tarfile.TarInfo("/".join(path))
        entry.type, entry.mode, entry.mtime = tarfile.DIRTYPE, 0o750, 981173106
        archive.addfile(entry)
    entry = tarfile.TarInfo("/".join(path + ["bottom"]))
    entry.size = 4
    archive.addfile(entry, io.BytesIO(b"deep"))
    wide = "/".join(["n" * 250] * 20)
    entry = tarfile.TarInfo(wide + "/file")
    entry.size = 4
    archive.addfile(entry, io.BytesIO(b"wide"))
    entry = tarfile.TarInfo("linked")
    entry.type, entry.linkname = tarfile.LNKTYPE, wide + "/file"
    archive.addfile(entry)
END
  run -0 isle import "$ISLE_TEST_DIR/deep.tar" deep
  run -0 python3 - "${ISLE_DEEP:-3000}" "$ISLE_ROOT"/layers/*/fs <<'END'
import os, sys
def go(fd, name, times):
    for _ in range(times):
        below = os.open(name, os.O_RDONLY | os.O_DIRECTORY, dir_fd=fd)
        os.close(fd)
        fd = below
    return fd
root = next(path for path in sys.argv[2:] if os.path.exists(path + "/linked"))
fd = go(os.open(root, os.O_RDONLY), "d", int(sys.argv[1]))
look = os.stat(".", dir_fd=fd)
print(oct(look.st_mode & 0o777), int(look.st_mtime), os.read(os.open("bottom", os.O_RDONLY, dir_fd=fd), 9).decode())
fd = go(os.open(root, os.O_RDONLY), "n" * 250, 20)
print(os.stat("file", dir_fd=fd).st_nlink, open(root + "/linked").read())
END
  assert_output $'0o750 981173106 deep\n2 wide'
  run -0 isle system check
  run -0 isle system df
  run -0 isle rmi deep
  assert_equal "$(find "$ISLE_ROOT/layers" "$ISLE_ROOT/trash" -mindepth 1 -maxdepth 1 2>/dev/null)" ""
}
