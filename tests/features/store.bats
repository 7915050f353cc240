# The image store: what is removed, what stays and why, disk use, check and repair.
load ../helpers
load ../registry

setup() { isle_setup; start_image_registry; }
teardown() {
  stop_servers
  isle_teardown
}

layers() { find "$ISLE_ROOT/layers" -mindepth 1 -maxdepth 1 2>/dev/null | wc -l; }
blobs() { find "$ISLE_ROOT/blobs" -type f 2>/dev/null | wc -l; }

# Two images that share their lower layer: NAME:1 and NAME:2.
two_images() {
  busybox_layer "$ISLE_TEST_DIR/base.tar.gz"
  local n
  for n in 1 2; do
    mkdir -p "$ISLE_TEST_DIR/own$n"
    echo "$n" >"$ISLE_TEST_DIR/own$n/text"
    pack "$ISLE_TEST_DIR/own$n" "$ISLE_TEST_DIR/own$n.tar.gz"
    image "i$n" "$ISLE_TEST_DIR/base.tar.gz" "$ISLE_TEST_DIR/own$n.tar.gz"
    publish "i$n" "i:$n"
    isle pull -q "${PULL[@]}" "$REGISTRY/i:$n" >"$ISLE_TEST_DIR/id$n"
  done
}
id_of() { cat "$ISLE_TEST_DIR/id$1"; }

@test "store: an image takes along what only it needed" {
  two_images
  assert_equal "$(layers)" 3
  assert_equal "$(blobs)" 7
  run -0 isle rmi "$REGISTRY/i:1"
  assert_output --partial "Deleted: sha256:$(id_of 1)"
  assert_equal "$(layers)" 2
  assert_equal "$(blobs)" 4
  run -0 isle run --rm "$REGISTRY/i:2" cat /text
  assert_output 2
  run -0 isle rmi "$(id_of 2 | cut -c1-12)"
  assert_equal "$(layers)$(blobs)" 00
  assert_equal "$(ls -A "$ISLE_ROOT/trash" "$ISLE_ROOT/staging" | grep -v :)" ""
  run -1 isle rmi "$REGISTRY/i:2"
}

@test "store: what a container uses stays, also when its image is removed by force" {
  two_images
  isle run --name user "$REGISTRY/i:1" true
  run -1 isle rmi "$REGISTRY/i:1"
  assert_output --partial "is used by container"
  run -0 isle image prune --all --force
  refute_output --partial "$(id_of 1)"
  assert_output --partial "deleted: sha256:$(id_of 2)"
  run -0 isle rmi --force "$REGISTRY/i:1"
  assert_equal "$(layers)" 2
  isle rm user
  run -0 isle image prune -f
  assert_output --partial "deleted: sha256:$(id_of 1)"
  assert_output --partial "reclaimed: "
  assert_equal "$(layers)$(blobs)" 00
}

@test "store: a tag that moved leaves an image without a name, which prune takes" {
  two_images
  publish i2 i:1
  run -0 isle pull -q "${PULL[@]}" "$REGISTRY/i:1"
  assert_output "$(id_of 2)"
  run -0 isle image prune --force
  assert_output --partial "deleted: sha256:$(id_of 1)"
  assert_equal "$(layers)" 2
  run -125 isle image prune </dev/null
  assert_output --partial "--force"
  assert_equal "$(layers)" 2
}

@test "store: prune gives back packed layers and unfinished downloads, and pulls still work" {
  two_images
  mkdir -p "$ISLE_ROOT/partial"
  head -c 1000 /dev/zero >"$ISLE_ROOT/partial/sha256-$(printf '%064d' 1)"
  run -0 isle image prune --force
  assert_equal "$(ls "$ISLE_ROOT/partial" | wc -l)" 1
  run -0 isle system prune --force --blobs
  assert_equal "$(ls "$ISLE_ROOT/partial" | wc -l)" 0
  assert_equal "$(blobs)" 4
  run -0 isle run --rm "$REGISTRY/i:1" cat /text
  assert_output 1
  run -0 isle pull -q "${PULL[@]}" "$REGISTRY/i:1"
  local name
  name=$(isle volume create)
  run -0 isle system prune --force
  refute_output --partial "$name"
  run -0 isle system prune --force --volumes
  assert_output --partial "deleted volume: $name"
}

@test "store: why something is kept" {
  two_images
  isle run --name user "$REGISTRY/i:2" true
  local base
  base=$(gzip -dc "$ISLE_TEST_DIR/base.tar.gz" | sha256sum | cut -d' ' -f1)
  run -0 isle image why "sha256:$base"
  assert_line "layer $base"
  assert_line "  image $(id_of 1 | cut -c1-12)"
  assert_line "  image $(id_of 2 | cut -c1-12)"
  assert_line --partial "  container "
  run -0 isle image why "$(id_of 1)"
  assert_line "  name $REGISTRY/i:1"
  run -125 isle image why 0000000000000000
  run -125 isle image why xyz
  isle rm user
}

@test "store: disk use" {
  two_images
  run -0 isle system df
  assert_line --partial "RECLAIMABLE"
  assert_line --partial "Images"
  run -0 isle system df --format json
  assert_output --partial '"Total": 2'
  run -0 isle system df -v
  assert_line --partial "$(id_of 1 | cut -c1-12)"
}

@test "check: a whole store is whole; damage is named, and repaired from what is kept" {
  two_images
  run -0 isle system check
  assert_output "2 images, 4 layers, 7 blobs looked at; 0 problems, 0 repaired"
  local base own
  base=$(gzip -dc "$ISLE_TEST_DIR/base.tar.gz" | sha256sum | cut -d' ' -f1)
  own=$(sha "$ISLE_TEST_DIR/own2.tar.gz")
  rm -rf "${ISLE_ROOT:?}/layers/$base"
  : >"$ISLE_ROOT/images/$(id_of 1)"
  echo damage >>"$ISLE_ROOT/blobs/sha256/$own"
  ln -s "../../../images/$(printf '%064d' 5)" "$ISLE_ROOT/names/$REGISTRY/i/@lost"
  run -1 isle system check
  assert_output --partial "blob sha256:${own:0:12} is damaged"
  assert_output --partial "the record of image $(id_of 1 | cut -c1-12) is damaged"
  assert_output --partial "lacks layer ${base:0:12}"
  assert_output --partial "the name $REGISTRY/i:lost leads to no image"
  assert_output --partial "4 problems, 0 repaired"
  run -0 isle system check --repair
  assert_output --partial "0 problems, "
  run -0 isle system check
  for n in 1 2; do
    run -0 isle run --rm --pull never "$REGISTRY/i:$n" cat /text
    assert_output "$n"
  done
  assert_not_exists "$ISLE_ROOT/blobs/sha256/$own"
}

@test "check: what cannot be repaired is said, and a pull mends it" {
  two_images
  local own diff
  own=$(sha "$ISLE_TEST_DIR/own1.tar.gz")
  diff=$(gzip -dc "$ISLE_TEST_DIR/own1.tar.gz" | sha256sum | cut -d' ' -f1)
  rm -rf "${ISLE_ROOT:?}/layers/$diff" "$ISLE_ROOT/blobs/sha256/$own"
  run -1 isle system check --repair
  assert_output --partial "lacks layer ${diff:0:12}"
  run -125 isle run --rm "$REGISTRY/i:1" cat /text
  assert_output --partial "isle pull fetches it"
  run -0 isle pull -q "${PULL[@]}" "$REGISTRY/i:1"
  run -0 isle system check
  run -0 isle run --rm "$REGISTRY/i:1" cat /text
  assert_output 1
}
