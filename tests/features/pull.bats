# isle pull, and runs that pull: from a registry on the loopback.
load ../helpers
load ../registry

setup() { isle_setup; start_image_registry; }
teardown() {
  stop_servers
  isle_teardown
}

pull() { isle pull "${PULL[@]}" "$@"; }
blobs() { find "$ISLE_ROOT/blobs" -type f 2>/dev/null | wc -l; }
layers() { find "$ISLE_ROOT/layers" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l; }
unfinished() { find "$ISLE_ROOT/staging" "$ISLE_ROOT/partial" "$ISLE_ROOT/leases" -mindepth 1 2>/dev/null; }

# Two layers: the shell's, and a file of its own.
two_layers() { # TEXT TAG
  busybox_layer "$ISLE_TEST_DIR/base.tar.gz"
  mkdir -p "$ISLE_TEST_DIR/own"
  echo "$1" >"$ISLE_TEST_DIR/own/text"
  pack "$ISLE_TEST_DIR/own" "$ISLE_TEST_DIR/own.tar.gz"
  rm -rf "$LAYOUTS/two"
  image two "$ISLE_TEST_DIR/base.tar.gz" "$ISLE_TEST_DIR/own.tar.gz"
  publish two "$2"
}

@test "pull: the id is printed, the image runs, and its blobs are kept as they came" {
  two_layers hello two:1
  run -0 --separate-stderr pull "$REGISTRY/two:1"
  assert_match "$output" '^[0-9a-f]{64}$'
  [[ $stderr == *"layer 1/2"*": done"*"layer 2/2"*": done"* || $stderr == *"layer 2/2"*": done"*"layer 1/2"*": done"* ]]
  assert_exists "$ISLE_ROOT/images/$output"
  assert_equal "$(blobs)" 4
  for blob in "$ISLE_ROOT"/blobs/sha256/*; do
    assert_equal "$(sha "$blob")" "${blob##*/}"
    cmp "$blob" "$LAYOUTS/two/blobs/sha256/${blob##*/}"
  done
  assert_equal "$(unfinished)" ""
  run -0 isle run --rm "$REGISTRY/two:1" cat /text
  assert_output hello
  run -0 isle images
  assert_line --partial "$REGISTRY/two "
}

@test "pull: the second time nothing is fetched, and --quiet says the id alone" {
  two_layers hello two:1
  local id
  id=$(pull -q "$REGISTRY/two:1" 2>"$ISLE_TEST_DIR/err")
  assert_match "$id" '^[0-9a-f]{64}$'
  assert_equal "$(cat "$ISLE_TEST_DIR/err")" ""
  # The layers could not be had any more.
  find "$REGISTRY_DIR" -path '*/blobs/*' -name data -size +2k -delete
  run -0 --separate-stderr pull "$REGISTRY/two:1"
  assert_output "$id"
  [[ $stderr == *"nothing has changed"* ]]
}

@test "pull: by digest, and by tag and digest" {
  two_layers hello two:1
  local digest
  digest=$(skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://$REGISTRY/two:1")
  run -0 pull -q "$REGISTRY/two@$digest"
  run -0 isle run --rm "$REGISTRY/two@$digest" cat /text
  assert_output hello
  run -125 isle run --pull never --rm "$REGISTRY/two:1" cat /text
  run -0 pull -q "$REGISTRY/two:1@$digest"
  run -0 isle run --pull never --rm "$REGISTRY/two:1@$digest" cat /text
  run -125 pull "$REGISTRY/two@sha256:$(printf '%064d' 7)"
  assert_output --partial 404
}

@test "run: a missing image is pulled, as --pull has it" {
  two_layers one two:1
  run -125 --separate-stderr isle run --rm --pull never "$REGISTRY/two:1" cat /text
  [[ $stderr == *"is not here"*"isle pull fetches it"* ]]
  run -0 --separate-stderr isle run --rm "${PULL[@]}" "$REGISTRY/two:1" cat /text
  assert_output one
  [[ $stderr == *"pulling $REGISTRY/two:1"* ]]
  two_layers two two:1
  run -0 --separate-stderr isle run --rm "${PULL[@]}" "$REGISTRY/two:1" cat /text
  assert_output one
  assert_equal "$stderr" ""
  run -0 --separate-stderr isle run --rm -q --pull always "${PULL[@]}" "$REGISTRY/two:1" cat /text
  assert_output two
  assert_equal "$stderr" ""
  stop_servers
  run -125 isle run --rm --pull always "${PULL[@]}" "$REGISTRY/two:1" cat /text
  run -0 --separate-stderr isle run --rm --pull newer "${PULL[@]}" "$REGISTRY/two:1" cat /text
  assert_output two
  [[ $stderr == *"what is here of"*"is used"* ]]
  run -125 isle run --rm --pull often busybox true
  assert_output --partial '"often" is no pull policy'
}

@test "pull: every compression, several members and frames" {
  require_program zstd
  local dir=$ISLE_TEST_DIR
  busybox_layer "$dir/base.tar.zst"
  for name in plain gzip zstd; do
    mkdir -p "$dir/$name"
    head -c 300000 /dev/urandom >"$dir/$name/$name"
    pack "$dir/$name" "$dir/$name.tar"
  done
  # Halves packed by themselves.
  for half in 1 2; do
    split -n "$half/2" "$dir/gzip.tar" | gzip -n >>"$dir/gzip.tar.gz"
    split -n "$half/2" "$dir/zstd.tar" | zstd -q >>"$dir/zstd.tar.zst"
  done
  image all "$dir/base.tar.zst" "$dir/plain.tar" "$dir/gzip.tar.gz" "$dir/zstd.tar.zst"
  publish all all:1
  run -0 pull -q "$REGISTRY/all:1"
  for name in plain gzip zstd; do
    isle run --rm "$REGISTRY/all:1" cat "/$name" | cmp - "$dir/$name/$name"
  done
  assert_equal "$(layers)" 4
}

@test "pull: of an index the image for the platform, with the newest variant it has" {
  busybox_layer "$ISLE_TEST_DIR/base.tar.gz"
  local file=$ISLE_TEST_DIR/base.tar.gz own
  own=$(architecture)
  image_index many "s390x=$file" "arm/v6=$file" "arm/v7=$file" "$own=$file"
  publish many many:1
  run -0 pull -q "$REGISTRY/many:1"
  run -0 isle run --rm "$REGISTRY/many:1" sh -c 'echo $FROM'
  assert_output "$own"
  run -0 pull -q --platform linux/arm "$REGISTRY/many:1"
  run grep -o 'FROM=[^"]*' "$ISLE_ROOT/images/$output"
  assert_output FROM=arm/v7
  run -0 pull -q --platform linux/arm/v6 "$REGISTRY/many:1"
  run grep -o 'FROM=[^"]*' "$ISLE_ROOT/images/$output"
  assert_output FROM=arm/v6
  run -125 pull --platform linux/mips "$REGISTRY/many:1"
  assert_output --partial "there is no image for linux/mips"
  assert_output --partial "linux/arm/v6, linux/arm/v7, linux/s390x"
  run -125 pull --platform / "$REGISTRY/many:1"
  assert_output --partial 'is no platform'
  # The same by its parts.
  run -0 pull -q --arch arm --variant v6 "$REGISTRY/many:1"
  run grep -o 'FROM=[^"]*' "$ISLE_ROOT/images/$output"
  assert_output FROM=arm/v6
  run -0 pull -q --os linux --arch s390x "$REGISTRY/many:1"
  run -125 pull --os windows "$REGISTRY/many:1"
  assert_output --partial "there is no image for windows/"
  run -125 pull --platform linux/arm --arch arm "$REGISTRY/many:1"
  assert_output --partial "--platform says it whole"
}

@test "pull: an image of another platform is told, and refused when one was asked for" {
  busybox_layer "$ISLE_TEST_DIR/base.tar.gz"
  ARCHITECTURE=s390x image foreign "$ISLE_TEST_DIR/base.tar.gz"
  publish foreign foreign:1
  run -0 pull "$REGISTRY/foreign:1"
  assert_output --partial "the image is for linux/s390x, not for linux/$(architecture)"
  run -125 pull --platform linux/ppc64le "$REGISTRY/foreign:1"
  assert_output --partial "the image is for linux/s390x, not for linux/ppc64le"
}

@test "pull, push: signatures are neither looked at nor made, and it is said" {
  run -125 isle pull --disable-content-trust=false x
  assert_output --partial "isle looks at no signatures"
  run -125 isle push --disable-content-trust=false x
  run -125 isle push --sign-by me@example.org x
  assert_output --partial "--sign-by: isle does not sign"
  run -125 isle push --remove-signatures x
  assert_output --partial "isle pushes no signatures"
  run -125 isle pull --decryption-key k x
  assert_output --partial "reads no encrypted layers"
  # Where no registry is asked its flags say so.
  run -125 isle manifest add --tls-verify=false a b
  assert_output --partial "no registry is asked here"
  run -125 isle save --platform linux/arm x
  assert_output --partial "an image here is for one platform"
  # Nothing was done on the way.
  assert_equal "$(ls -A "$ISLE_ROOT" 2>/dev/null)" ""
}

@test "pull: what is no image is refused by name" {
  local layout=$LAYOUTS/artifact
  mkdir -p "$layout"
  echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
  echo '{}' >"$ISLE_TEST_DIR/empty"
  echo chart >"$ISLE_TEST_DIR/chart"
  local config data
  config=$(blob "$layout" "$ISLE_TEST_DIR/empty" application/vnd.cncf.helm.config.v1+json)
  data=$(blob "$layout" "$ISLE_TEST_DIR/chart" application/vnd.oci.image.layer.v1.tar+gzip)
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":%s,"layers":[%s]}' \
    "$config" "$data" >"$ISLE_TEST_DIR/manifest"
  printf '{"schemaVersion":2,"manifests":[%s]}' \
    "$(blob "$layout" "$ISLE_TEST_DIR/manifest" application/vnd.oci.image.manifest.v1+json)" >"$layout/index.json"
  publish artifact chart:1
  run -125 pull "$REGISTRY/chart:1"
  assert_output --partial 'it is an artifact of type "application/vnd.cncf.helm.config.v1+json", no image'
  assert_equal "$(layers)" 0
}

@test "pull: a blob with another digest leaves nothing published" {
  two_layers hello two:1
  local hex data
  hex=$(sha "$ISLE_TEST_DIR/own.tar.gz")
  data=$(find "$REGISTRY_DIR" -path "*/$hex/data")
  # Of the same length, and a good archive too.
  echo HELLO >"$ISLE_TEST_DIR/own/text"
  tar -C "$ISLE_TEST_DIR/own" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@1000000000 -cf - . |
    gzip -n >"$ISLE_TEST_DIR/other.gz"
  head -c "$(size "$data")" <(cat "$ISLE_TEST_DIR/other.gz" /dev/zero) >"$ISLE_TEST_DIR/exchanged"
  cp "$ISLE_TEST_DIR/exchanged" "$data"
  run -125 pull "$REGISTRY/two:1"
  assert_output --regexp "digest|gzip"
  assert_equal "$(find "$ISLE_ROOT/images" "$ISLE_ROOT/names" -type f -o -type l 2>/dev/null)" ""
  assert_not_exists "$ISLE_ROOT/blobs/sha256/$hex"
  assert_not_exists "$ISLE_ROOT/layers/$(gzip -dc "$ISLE_TEST_DIR/own.tar.gz" | sha256sum | cut -d' ' -f1)"
  assert_equal "$(find "$ISLE_ROOT/staging" "$ISLE_ROOT/partial" -mindepth 1 | grep -v "$(sha "$ISLE_TEST_DIR/base.tar.gz")")" ""
  cp "$ISLE_TEST_DIR/own.tar.gz" "$data"
  run -0 pull -q "$REGISTRY/two:1"
}

@test "pull: goes on where an earlier one ended, also when what it left is damaged" {
  busybox_layer "$ISLE_TEST_DIR/base.tar.gz"
  image one "$ISLE_TEST_DIR/base.tar.gz"
  publish one one:1
  local hex bytes
  hex=$(sha "$ISLE_TEST_DIR/base.tar.gz")
  bytes=$(size "$ISLE_TEST_DIR/base.tar.gz")
  mkdir -m 0700 "$ISLE_ROOT/partial"
  head -c 100000 "$ISLE_TEST_DIR/base.tar.gz" >"$ISLE_ROOT/partial/sha256-$hex"
  run -0 pull "$REGISTRY/one:1"
  assert_output --partial "100kB of them from an earlier pull"
  assert_equal "$(sha "$ISLE_ROOT/blobs/sha256/$hex")" "$hex"
  rm -rf "$ISLE_ROOT"/*
  mkdir -m 0700 "$ISLE_ROOT/partial"
  cp "$ISLE_TEST_DIR/base.tar.gz" "$ISLE_ROOT/partial/sha256-$hex"
  find "$REGISTRY_DIR" -path "*/$hex/data" -exec mv {} "$ISLE_TEST_DIR/hidden" \;
  run -0 pull "$REGISTRY/one:1" # all of it was here
  rm -rf "$ISLE_ROOT"/*
  cp "$ISLE_TEST_DIR/hidden" "$(find "$REGISTRY_DIR" -type d -path "*/blobs/sha256/*/$hex")/data"
  mkdir -m 0700 "$ISLE_ROOT/partial"
  for damage in 1000 "$bytes" $((bytes + 1)); do
    head -c "$damage" /dev/zero >"$ISLE_ROOT/partial/sha256-$hex"
    run -0 pull "$REGISTRY/one:1"
    assert_equal "$(sha "$ISLE_ROOT/blobs/sha256/$hex")" "$hex"
    rm -rf "$ISLE_ROOT/blobs" "$ISLE_ROOT/layers" "$ISLE_ROOT/images" "$ISLE_ROOT/names"
  done
}

@test "pull: of many at once each layer is unpacked by one" {
  two_layers hello two:1
  local pids=() pid
  for i in 1 2 3; do
    pull "$REGISTRY/two:1" >/dev/null 2>"$ISLE_TEST_DIR/out.$i" &
    pids+=($!)
  done
  for pid in "${pids[@]}"; do wait "$pid"; done
  assert_equal "$(cat "$ISLE_TEST_DIR"/out.* | grep -c ': done')" 2
  assert_equal "$(cat "$ISLE_TEST_DIR"/out.* | grep -cE 'is here already|nothing has changed')" \
    "$(($(cat "$ISLE_TEST_DIR"/out.* | grep -c 'is here already') + $(cat "$ISLE_TEST_DIR"/out.* | grep -c 'nothing has changed')))"
  assert_equal "$(layers)" 2
  assert_equal "$(unfinished)" ""
}

# What a layer cannot know alone.
@test "layers: directories they do not describe look as below, links to directories stay links" {
  require_root
  local dir=$ISLE_TEST_DIR
  busybox_layer "$dir/base.tar.gz"
  mkdir -p "$dir/low/usr/lib/sub" "$dir/low/private" "$dir/high/lib/sub" "$dir/high/private" "$dir/high/new/dir"
  echo low >"$dir/low/usr/lib/low"
  ln -s usr/lib "$dir/low/lib"
  chmod 0700 "$dir/low/private"
  chmod 0750 "$dir/low/usr/lib/sub"
  tar -C "$dir/low" --owner=7 --group=8 --numeric-owner -cf "$dir/low.tar" .
  for file in lib/high lib/sub/deep private/mine new/dir/file; do echo "$file" >"$dir/high/$file"; done
  tar -C "$dir/high" --owner=0 --group=0 -cf "$dir/high.tar" lib/high lib/sub/deep private/mine new/dir/file
  image implied "$dir/base.tar.gz" "$dir/low.tar" "$dir/high.tar"
  publish implied implied:1
  run -0 pull -q "$REGISTRY/implied:1"
  run -0 isle run --rm "$REGISTRY/implied:1" sh -c '
    readlink /lib; cat /lib/low /usr/lib/high /lib/sub/deep /private/mine /new/dir/file
    stat -c "%a %u %g" /private /usr/lib/sub /new /new/dir /'
  assert_output "usr/lib
low
lib/high
lib/sub/deep
private/mine
new/dir/file
700 7 8
750 7 8
755 0 0
755 0 0
755 7 8"
  # The same upper layer over another base is another matter.
  image alone "$dir/base.tar.gz" "$dir/high.tar"
  publish alone alone:1
  run -0 pull -q "$REGISTRY/alone:1"
  run -0 isle run --rm "$REGISTRY/alone:1" sh -c 'readlink /lib; cat /lib/high; stat -c "%a %u %g" /private'
  assert_output "lib/high
755 0 0"
}

@test "layers: hard links into lower layers, and one to nowhere" {
  local dir=$ISLE_TEST_DIR
  busybox_layer "$dir/base.tar.gz"
  mkdir -p "$dir/low/a" "$dir/mid/a" "$dir/high"
  echo first >"$dir/low/a/file"
  pack "$dir/low" "$dir/low.tar"
  # A link to a file that the archive does not hold.
  ln "$dir/low/a/file" "$dir/low/linked"
  tar -C "$dir/low" -cf "$dir/both.tar" a/file linked
  tar --delete -f "$dir/both.tar" a/file
  echo second >"$dir/mid/a/file"
  pack "$dir/mid" "$dir/mid.tar"
  image linked "$dir/base.tar.gz" "$dir/low.tar" "$dir/both.tar" "$dir/mid.tar"
  publish linked linked:1
  run -0 pull -q "$REGISTRY/linked:1"
  run -0 isle run --rm "$REGISTRY/linked:1" cat /linked /a/file
  assert_output "first
second"
  image nowhere "$dir/base.tar.gz" "$dir/both.tar"
  publish nowhere nowhere:1
  run -125 pull "$REGISTRY/nowhere:1"
  assert_output --partial 'hard link to "a/file", which neither it nor a lower layer holds'
  run -125 isle run --rm --pull never "$REGISTRY/nowhere:1" true
}

@test "layers: whiteouts hide what is below and only that; a layer may come twice" {
  local dir=$ISLE_TEST_DIR
  busybox_layer "$dir/base.tar.gz"
  mkdir -p "$dir/low/gone/sub" "$dir/low/opaque" "$dir/low/kept" "$dir/high/opaque" "$dir/high/kept" "$dir/again/gone"
  touch "$dir/low/gone/sub/file" "$dir/low/opaque/old" "$dir/low/kept/"{one,two}
  touch "$dir/high/.wh.gone" "$dir/high/opaque/"{.wh..wh..opq,new} "$dir/high/kept/.wh.one"
  touch "$dir/again/gone/fresh"
  for name in low high again; do pack "$dir/$name" "$dir/$name.tar"; done
  image white "$dir/base.tar.gz" "$dir/low.tar" "$dir/high.tar" "$dir/again.tar"
  publish white white:1
  run -0 pull -q "$REGISTRY/white:1"
  run -0 isle run --rm "$REGISTRY/white:1" sh -c 'ls /gone /opaque /kept'
  assert_output "/gone:
fresh

/kept:
two

/opaque:
new"
  image twice "$dir/base.tar.gz" "$dir/low.tar" "$dir/high.tar" "$dir/low.tar"
  publish twice twice:1
  run -0 pull -q "$REGISTRY/twice:1"
  run -0 isle run --rm "$REGISTRY/twice:1" sh -c 'ls /gone/sub /kept'
  assert_output "/gone/sub:
file

/kept:
one
two"
}

@test "layers: holes, capabilities of files and attributes arrive" {
  require_root
  require_program setcap
  local dir=$ISLE_TEST_DIR
  busybox_layer "$dir/base.tar.gz"
  mkdir -p "$dir/own"
  cp /bin/busybox "$dir/own/tool"
  setcap cap_net_raw+ep "$dir/own/tool"
  setfattr -n user.note -v kept "$dir/own/tool" || skip "no extended attributes here"
  truncate -s 50M "$dir/own/holes"
  echo end >>"$dir/own/holes"
  tar -C "$dir/own" --xattrs --xattrs-include='*' --sparse -cf "$dir/own.tar" .
  image odd "$dir/base.tar.gz" "$dir/own.tar"
  publish odd odd:1
  run -0 pull -q "$REGISTRY/odd:1"
  local files
  files=$(echo "$ISLE_ROOT"/layers/*/fs/holes)
  cmp "$files" "$dir/own/holes"
  [ "$(stat -c %b "$files")" -lt 1000 ]
  run -0 getcap "${files%holes}tool"
  assert_output --partial cap_net_raw=ep
  run -0 getfattr --absolute-names --only-values -n user.note "${files%holes}tool"
  assert_output kept
}

@test "layers: capabilities of files hold, with the host's ids and with others" {
  require_root
  require_program setcap
  local dir=$ISLE_TEST_DIR options
  busybox_layer "$dir/base.tar.gz"
  mkdir -p "$dir/own/able"
  cp /bin/busybox "$dir/own/able/grep"
  setcap cap_net_bind_service+ep "$dir/own/able/grep"
  tar -C "$dir/own" --xattrs --xattrs-include='*' -cf "$dir/own.tar" .
  image able "$dir/base.tar.gz" "$dir/own.tar"
  publish able able:1
  run -0 pull -q "$REGISTRY/able:1"
  for options in "" "--userns auto" "--storage-driver vfs" "--storage-driver vfs --userns auto"; do
    # shellcheck disable=SC2086
    run -0 isle run --rm $options --user 1000 "$REGISTRY/able:1" /able/grep CapEff /proc/self/status
    assert_output $'CapEff:\t0000000000000400'
  done
  # Without them an ordinary user has none.
  run -0 isle run --rm --user 1000 "$REGISTRY/able:1" busybox grep CapEff /proc/self/status
  assert_output $'CapEff:\t0000000000000000'
}

@test "pull: an image that umoci made runs" {
  require_root
  require_program umoci
  local dir=$ISLE_TEST_DIR
  busybox_layer "$dir/base.tar.gz"
  umoci init --layout "$LAYOUTS/umoci"
  umoci new --image "$LAYOUTS/umoci:one"
  umoci unpack --image "$LAYOUTS/umoci:one" "$dir/bundle" >"$dir/umoci.log" 2>&1
  tar -C "$dir/bundle/rootfs" -xzf "$dir/base.tar.gz"
  umoci repack --image "$LAYOUTS/umoci:one" "$dir/bundle" >"$dir/umoci.log" 2>&1
  rm "$dir/bundle/rootfs/bin/id"
  echo second >"$dir/bundle/rootfs/text"
  umoci repack --refresh-bundle --image "$LAYOUTS/umoci:one" "$dir/bundle" >"$dir/umoci.log" 2>&1
  umoci config --image "$LAYOUTS/umoci:one" --config.env FROM=umoci --config.workingdir /etc
  publish umoci:one made:1
  run -0 pull -q "$REGISTRY/made:1"
  run -0 isle run --rm "$REGISTRY/made:1" /bin/sh -c 'cat /text; echo $FROM; pwd; [ -e /bin/id ] || echo gone'
  assert_output $'second\numoci\n/etc\ngone'
}

# Attempts 24 and 25: what an archive may name.
@test "layers: nothing is made outside of a layer" {
  local dir=$ISLE_TEST_DIR name
  busybox_layer "$dir/base.tar.gz"
  mkdir -p "$dir/evil" "$dir/target"
  echo mine >"$dir/target/file"
  echo evil >"$dir/evil/file"
  ln -s "$dir/target" "$dir/evil/link"
  cd "$dir/evil" || return 1
  tar -P -cf "$dir/up.tar" --transform='s,^file,../../../../../..'"$dir"'/target/file,' file
  tar -P -cf "$dir/dots.tar" --transform='s,^file,a/../../x,' file
  tar -cf "$dir/through.tar" link
  tar -P -rf "$dir/through.tar" --transform='s,^file,link/file,' file
  cd / || return 1
  for name in up dots through; do
    image "$name" "$dir/base.tar.gz" "$dir/$name.tar"
    publish "$name" "$name:1"
    run -125 pull "$REGISTRY/$name:1"
    assert_output --regexp 'leads upwards|symbolic link stands on the way'
  done
  assert_equal "$(cat "$dir/target/file")" mine
  assert_equal "$(ls "$dir/target")" file
  assert_not_exists "$ISLE_ROOT/x"
}

@test "pull: an ordinary user has a store of its own" {
  require_root
  two_layers hello two:1
  run -0 run_as_user isle pull -q "${PULL[@]}" "$REGISTRY/two:1"
  assert_equal "$(layers)" 0
  run -0 run_as_user isle run --rm "$REGISTRY/two:1" cat /text
  assert_output --partial hello
}

@test "pull: a terminal shows bars, and nothing of them stays" {
  require_program script
  two_layers hello two:1
  run -0 script -qec "'$ISLE_BIN_DIR/isle' pull ${PULL[*]} $REGISTRY/two:1" /dev/null </dev/null
  assert_output --partial "["
  assert_output --partial "layer 2/2"
}
