# isle manifest: lists made here, and what a registry and skopeo make of them. Push of images whose
# packed layers are gone.
load ../helpers
load ../registries

setup() { isle_setup; registries_setup; }
teardown() { stop_servers; isle_teardown; }

made() { # NAME
  isle run --name maker busybox sh -c "echo $1 >/made"
  isle commit -q maker "$1"
  isle rm maker
}

@test "manifest: a list is made, shown, added to and removed" {
  made other
  run -0 isle manifest create many:1 busybox
  assert_output many:1
  run -125 isle manifest create many:1
  assert_output --partial "the list \"many:1\" is there"
  isle manifest create --amend many:1 other
  run -0 isle manifest inspect many:1
  assert_equal "$(grep -c '"digest"' <<<"$output")" 2
  assert_line --partial '"architecture"'
  isle manifest add --arch arm64 --variant v8 --annotation a=b many:1 other
  run -0 isle manifest inspect many:1
  assert_equal "$(grep -c '"digest"' <<<"$output")" 2
  assert_line --partial '"architecture": "arm64"'
  assert_line --partial '"a": "b"'
  isle manifest rm many:1
  run -125 isle manifest inspect many:1
  assert_output --partial 'there is no manifest list "many:1"'
  run -125 isle manifest add many:1 nosuch
  run -125 isle manifest
  assert_output --partial "isle manifest --help lists them"
  # Its images stay.
  run -0 isle image exists other
}

@test "manifest: what a list names stays; images are described and taken out" {
  made other
  isle manifest create many:1 busybox other
  run -1 isle rmi other
  assert_output --partial 'is in the manifest list "many:1"'
  isle untag other
  run -0 isle image prune -f
  refute_output --partial Deleted
  local id
  id=$(isle images -q --no-trunc --filter dangling=true | cut -d: -f2)
  assert_match "$id" '^[0-9a-f]{64}$'
  run -0 isle manifest annotate --arch riscv64 --os-version 1.2 --os-features a --annotation k=v many:1 "$id"
  assert_output many:1
  run -0 isle manifest inspect many:1
  assert_line --partial '"architecture": "riscv64"'
  assert_line --partial '"os.version": "1.2"'
  assert_line --partial '"k": "v"'
  run -125 isle manifest annotate many:1 nosuch
  assert_output --partial 'the list has no image "nosuch"'
  run -0 isle manifest remove many:1 "${id:0:12}"
  run -0 isle manifest inspect many:1
  assert_equal "$(grep -c '"digest"' <<<"$output")" 1
  refute_output --partial riscv64
  # Nothing keeps it now.
  run -0 isle rmi "${id:0:12}"
  run -125 isle manifest inspect --insecure many:1
  assert_output --partial "--tls-verify=false"
  run -125 isle manifest remove --some many:1 x
  assert_output --partial 'unknown flag "--some"'
  run -125 isle manifest remove many:1 nosuch
  run -125 isle manifest remove many:1
}

@test "manifest: the images of another list, each or this machine's" {
  made other
  isle manifest create one:1 busybox
  isle manifest add --arch s390x --os-version 5 --os-features f one:1 other
  run -0 isle manifest create all:1 --all one:1
  run -0 isle manifest inspect all:1
  assert_equal "$(grep -c '"digest"' <<<"$output")" 2
  assert_line --partial '"architecture": "s390x"'
  assert_line --partial '"os.version": "5"'
  isle manifest create mine:1
  isle manifest add mine:1 one:1
  run -0 isle manifest inspect mine:1
  assert_equal "$(grep -c '"digest"' <<<"$output")" 1
  refute_output --partial s390x
  isle manifest add --all mine:1 one:1
  run -0 isle manifest inspect mine:1
  assert_equal "$(grep -c '"digest"' <<<"$output")" 2
  run -125 isle manifest add --all --arch arm mine:1 one:1
  assert_output --partial '"one:1" is a list'
  isle manifest create strange:1
  isle manifest add --arch mips strange:1 other
  run -125 isle manifest add mine:1 strange:1
  assert_output --partial "there are: linux/mips"
  # The list that gave its images is as it was.
  run -0 isle manifest inspect one:1
  assert_equal "$(grep -c '"digest"' <<<"$output")" 2
}

@test "manifest: a registry gets docker's form, and the digest goes to a file" {
  require_program skopeo
  start_registry plain
  isle manifest create many busybox
  run -0 isle manifest push --purge --format v2s2 --digestfile "$ISLE_TEST_DIR/digest" many "127.0.0.1:$port/me/many:1"
  assert_equal "$(<"$ISLE_TEST_DIR/digest")" "$output"
  run -0 skopeo inspect --raw --tls-verify=false "docker://127.0.0.1:$port/me/many:1"
  assert_output --partial application/vnd.docker.distribution.manifest.list.v2+json
  refute_output --partial vnd.oci
  assert_equal "sha256:$(printf %s "$output" | sha256sum | cut -d' ' -f1)" "$(<"$ISLE_TEST_DIR/digest")"
  run -0 skopeo inspect --tls-verify=false --format '{{.Digest}}' "docker://127.0.0.1:$port/me/many:1"
  run -0 isle pull -q "127.0.0.1:$port/me/many:1"
  run -125 isle manifest inspect many
}

@test "manifest: a registry gets the images and the list" {
  require_program skopeo
  start_registry plain
  made other
  isle manifest create many busybox
  isle manifest add --arch s390x many other
  run -0 isle manifest push --rm many "docker://127.0.0.1:$port/me/many:1"
  assert_match "$output" '^sha256:[0-9a-f]{64}$'
  local digest=$output
  run -0 skopeo inspect --raw --tls-verify=false "docker://127.0.0.1:$port/me/many:1"
  assert_equal "sha256:$(printf %s "$output" | sha256sum | cut -d' ' -f1)" "$digest"
  # Each machine gets its own.
  run -0 skopeo inspect --override-arch s390x --tls-verify=false --format '{{len .Layers}}' "docker://127.0.0.1:$port/me/many:1"
  assert_output 2
  run -0 skopeo inspect --tls-verify=false --format '{{len .Layers}}' "docker://127.0.0.1:$port/me/many:1"
  assert_output 1
  run -0 isle pull -q "127.0.0.1:$port/me/many:1"
  assert_output --partial "$(isle inspect --type image busybox --format '{{.Id}}' | cut -d: -f2)"
  run -125 isle manifest inspect many
}

@test "push: layers whose blobs are gone are packed anew, and it is said" {
  require_root
  start_registry plain
  made mine
  find "$ISLE_ROOT/blobs" -type f -size +2k -delete
  run -0 isle push mine "127.0.0.1:$port/me/mine:1"
  assert_output --partial "packed anew"
  isle rmi mine
  isle tag busybox kept
  run -0 isle pull -q "127.0.0.1:$port/me/mine:1"
  run -0 isle run --rm "127.0.0.1:$port/me/mine:1" cat /made
  assert_output mine
}
