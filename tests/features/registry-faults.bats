# Fault 29: registries that misbehave (tests/fixtures/bad_registry.py), and what must come of it: the same bytes
# in the end, or words that name the fault. Secrets go to nobody they were not meant for.
load ../helpers
load ../registries

setup() { isle_setup; registries_setup; }
teardown() { stop_servers; isle_teardown; }

# get_blob NAME [FROM]: from repository ok/NAME (or NAME, if it has a slash), compared with the original.
get_blob() {
  local name=$1
  case $name in */*) ;; *) name=ok/$name ;; esac
  registry_client blob "127.0.0.1:$port/$name" "$digest" "$size" "${2-0}" >"$ISLE_TEST_DIR/got" || return
  cmp "$ISLE_TEST_DIR/got" <(tail -c "+$((${2-0} + 1))" "$bad/blob")
}
get_manifest() { registry_client manifest "127.0.0.1:$port/$1"; }

@test "faults: a body that breaks off is continued where it ended" {
  start_bad_registry
  get_blob cut
  assert_equal "$(said '"range": "bytes=1000001-"')" 1
  get_blob plain 1500000
}

@test "faults: a server that ignores Range gives the same stream, too" {
  start_bad_registry
  get_blob norange
  assert_equal "$(said 'norange.*"status": 200')" 2
}

@test "faults: one that falls silent is given up and asked again" {
  start_bad_registry
  export ISLE_FETCH_TIMEOUT=4
  get_blob stall
  RETRIES=1 run registry_client blob "127.0.0.1:$port/ok/dead" "$digest" "$size"
  assert_failure 1
  assert_line --partial "nothing came for 4 seconds"
  assert_line --partial "hint: ISLE_FETCH_TIMEOUT"
  RETRIES=0 run get_manifest ok/mute
  assert_failure 1
  assert_line --partial "/v2/ok/mute/manifests/latest: nothing came for 4 seconds"
  ISLE_FETCH_TIMEOUT=soon run get_manifest ok/plain
  assert_failure 1
  assert_line --partial 'ISLE_FETCH_TIMEOUT "soon" is not a number'
}

@test "faults: a body that is always too short, one that is too long, another part than asked for" {
  start_bad_registry
  run registry_client blob "127.0.0.1:$port/ok/hollow" "$digest" "$size"
  assert_failure 1
  assert_line --partial "/v2/ok/hollow/blobs/$digest"
  run registry_client blob "127.0.0.1:$port/ok/long" "$digest" "$size"
  assert_failure 1
  assert_line --partial "the blob is longer than the $size bytes that the manifest says"
  run registry_client blob "127.0.0.1:$port/ok/wrongrange" "$digest" "$size"
  assert_failure 1
  assert_line --partial "asked for bytes from 1000001 on, the registry gave"
  run registry_client blob "127.0.0.1:$port/ok/noblob" "$digest" "$size"
  assert_failure 1
  assert_line --partial "BLOB_UNKNOWN"
}

@test "faults: errors that pass are waited out, those that stay are told" {
  start_bad_registry
  run -0 get_manifest ok/flaky
  assert_line --partial "$manifest"
  assert_equal "$(said 'flaky/manifests.*"status": 500')" 2
  run -0 get_manifest ok/busy
  assert_equal "$(said 'busy/manifests.*"status": 429')" 1
  RETRIES=2 run get_manifest ok/broken
  assert_failure 1
  assert_line --partial '503 Service Unavailable, the registry says: "UNAVAILABLE: the disk is full"'
  assert_line --partial "hint: the registry is broken for now"
  assert_equal "$(said 'broken/manifests')" 3
}

@test "faults: another manifest than its digest says, an old one, a huge one" {
  start_bad_registry
  run -0 get_manifest "ok/plain@$manifest"
  run get_manifest "ok/lie@$manifest"
  assert_failure 1
  assert_line --partial "the manifest's digest is sha256:"
  assert_line --partial "not $manifest"
  # By tag, against the registry's own word.
  run get_manifest ok/lie:latest
  assert_failure 1
  assert_line --partial "not $manifest"
  run get_manifest ok/old
  assert_failure 1
  assert_line --partial "docker's schema 1"
  run get_manifest ok/huge
  assert_failure 1
  assert_line --partial "the answer is longer than"
}

@test "faults: redirects in a circle, and without an end" {
  start_bad_registry
  run get_manifest ok/circle:a
  assert_failure 1
  assert_line --partial "the redirects go in a circle"
  run get_manifest ok/endless
  assert_failure 1
  assert_line --partial "more than 10 redirects"
}

@test "secrets: a redirect to another host takes none along, whatever that host asks for" {
  start_bad_registry
  export CREDS=joe:secret
  get_blob basic/away
  get_blob private/away
  assert_equal "$(said '"place": "registry".*"authorization": "Basic')" 2
  assert_equal "$(said '"place": "other".*/blob')" 2
  run registry_client blob "127.0.0.1:$port/basic/trap" "$digest" "$size"
  assert_failure 1
  assert_line --partial "/trap: 401"
  run registry_client blob "127.0.0.1:$port/private/trap" "$digest" "$size"
  assert_failure 1
  assert_equal "$(said '"place": "other".*/token')" 0
  run -0 grep '"place": "other"' "$bad/log"
  refute_output --partial Basic
  refute_output --partial Bearer
}

@test "tokens: fetched for the repository and what is to be done, with and without a name" {
  start_bad_registry
  run -0 get_manifest public/plain
  get_blob public/plain
  assert_equal "$(said '/token/public.*scope=repository%3Apublic%2Fplain%3Apull[^%,].*"authorization": null')" 2
  run get_manifest private/plain
  assert_failure 1
  assert_line --partial '/token/private: 401 Unauthorized, the registry says: "incorrect username or password"'
  CREDS=joe:wrong run get_manifest private/plain
  assert_failure 1
  assert_line --partial "hint: the name or the password is wrong"
  CREDS=joe:secret run -0 get_manifest private/plain
  assert_line --partial "$manifest"
  head -c 100000 "$bad/blob" >"$ISLE_TEST_DIR/small"
  CREDS=joe:secret run -0 registry_client upload "127.0.0.1:$port/private/plain" \
    "sha256:$(sha256sum <"$ISLE_TEST_DIR/small" | cut -d' ' -f1)" "$ISLE_TEST_DIR/small"
  assert_output uploaded
  assert_not_equal "$(said 'scope=repository%3Aprivate%2Fplain%3Apull%2Cpush')" 0
}

@test "push: a large blob that breaks off goes on where the registry has it, or is mounted" {
  start_bad_registry
  local file=$ISLE_TEST_DIR/large sum
  cat "$bad/blob" "$bad/blob" "$bad/blob" >"$file"
  sum=sha256:$(sha256sum <"$file" | cut -d' ' -f1)
  run -0 registry_client upload "127.0.0.1:$port/ok/upcut" "$sum" "$file"
  assert_output uploaded
  assert_equal "$(said '"PATCH".*upcut.*"status": 202')" 1
  assert_equal "$(said '"GET".*upcut.*"status": 204')" 1
  run -0 registry_client upload "127.0.0.1:$port/ok/uphas" "$sum" "$file"
  assert_output uploaded
  run -0 registry_client upload "127.0.0.1:$port/ok/plain" "$sum" "$file" ok/sibling
  assert_output mounted
  run -0 registry_client upload "127.0.0.1:$port/ok/plain" "$sum" "$file" ok/stranger
  assert_output uploaded
  run registry_client upload "127.0.0.1:$port/ok/plain" "$digest" "$file"
  assert_failure 1
  assert_line --partial 'the registry says: "DIGEST_INVALID: provided digest did not match"'
}

@test "lists: pages are followed; search shows what the registry tells, without its control characters" {
  start_bad_registry
  run -0 isle search --list-tags --format '{{.Tag}}' "127.0.0.1:$port/ok/plain"
  assert_output $'a\nb\nc'
  run -0 isle search "127.0.0.1:$port/box"
  assert_line --partial "127.0.0.1:$port/library/box   a small box   7       [OK]"
  run -0 isle search --filter is-official --format '{{.Name}} {{.Stars}}' "127.0.0.1:$port/box"
  assert_output "127.0.0.1:$port/library/box 7"
  run -0 isle search --filter stars=8 --format '{{.Name}}' "127.0.0.1:$port/box"
  refute_output
  run isle search --filter colour=red "127.0.0.1:$port/box"
  assert_failure 125
  assert_output --partial "stars=COUNT, is-official or is-automated"
}
