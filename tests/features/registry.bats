# Registries that work: docker-registry in the clear, behind TLS, with passwords; skopeo as the peer.
load ../helpers
load ../registries

setup() { isle_setup; registries_setup; }
teardown() { stop_servers; isle_teardown; }

# The tags as skopeo sees them, one a line.
tags_by_skopeo() {
  skopeo list-tags --tls-verify=false "docker://127.0.0.1:$port/$1" | sed -nE 's/^ {8}"(.*)",?$/\1/p'
}

@test "registry: what isle pushes, skopeo finds; isle lists the tags" {
  require_program skopeo
  start_registry plain
  run -0 isle push busybox "127.0.0.1:$port/me/box:one"
  assert_line --partial "one: digest: sha256:"
  local digest=${lines[-1]#*digest: }
  assert_equal "$(tags_by_skopeo me/box)" one
  run -0 skopeo inspect --raw --tls-verify=false "docker://127.0.0.1:$port/me/box:one"
  assert_equal "sha256:$(printf %s "$output" | sha256sum | cut -d' ' -f1)" "${digest%% *}"
  # A second time everything is there.
  run -0 isle push busybox "docker://127.0.0.1:$port/me/box:two"
  refute_output --partial uploaded
  assert_line --partial "already there"
  run -0 isle search --list-tags "127.0.0.1:$port/me/box"
  assert_line --partial "127.0.0.1:$port/me/box   one"
  assert_line --partial "127.0.0.1:$port/me/box   two"
  run -0 isle search --list-tags --limit 1 --format '{{.Tag}}' "127.0.0.1:$port/me/box"
  assert_output one
}

@test "registry: what skopeo copied there, isle fetches byte by byte" {
  require_program skopeo
  start_registry plain
  skopeo copy -q --dest-tls-verify=false "oci:$ISLE_BIN_DIR/../share/isle/images/busybox" \
    "docker://127.0.0.1:$port/box:1"
  run -0 registry_client manifest "127.0.0.1:$port/box:1"
  local layer size
  layer=$(grep -oE '"layers":.*' <<<"$output" | grep -oE 'sha256:[0-9a-f]{64}' | head -1)
  size=$(grep -oE '"layers":.*' <<<"$output" | grep -oE '"size": ?[0-9]+' | grep -oE '[0-9]+' | head -1)
  registry_client blob "127.0.0.1:$port/box:1" "$layer" "$size" >"$ISLE_TEST_DIR/layer"
  assert_equal "sha256:$(sha256sum <"$ISLE_TEST_DIR/layer" | cut -d' ' -f1)" "$layer"
  registry_client blob "127.0.0.1:$port/box:1" "$layer" "$size" 1000 >"$ISLE_TEST_DIR/rest"
  cmp "$ISLE_TEST_DIR/rest" <(tail -c +1001 "$ISLE_TEST_DIR/layer")
}

@test "registry: a name that is not there, a registry that is not there" {
  start_registry plain
  run registry_client manifest "127.0.0.1:$port/me/box:none"
  assert_failure 1
  assert_output --partial "GET http://127.0.0.1:$port/v2/me/box/manifests/none: 404 Not Found"
  assert_output --partial 'the registry says: "MANIFEST_UNKNOWN: manifest unknown"'
  stop_servers
  run env RETRIES=1 "$ISLE_BIN_DIR/../tests/registry_client" manifest "127.0.0.1:$port/me/box:none"
  assert_failure 1
  assert_output --partial "127.0.0.1"
  assert_output --partial "port $port"
  assert_output --partial "hint: is the name right, and does the network work?"
}

@test "registry: search goes by the catalogue where there is no other search" {
  start_registry plain
  isle push -q busybox "127.0.0.1:$port/me/box:1"
  isle push -q busybox "127.0.0.1:$port/me/other:1"
  run -0 isle search --format '{{.Name}} {{.Index}}' "127.0.0.1:$port/BOX"
  assert_output "127.0.0.1:$port/me/box 127.0.0.1:$port"
  run -0 isle search --compatible "127.0.0.1:$port/me"
  assert_output --partial AUTOMATED
  run -0 isle search "127.0.0.1:$port/me"
  refute_output --partial AUTOMATED
  run -0 isle search --format json "127.0.0.1:$port/me"
  assert_output --partial "127.0.0.1:$port/me/other"
}

@test "registry: push takes a layer from another repository of the registry" {
  require_program skopeo
  start_registry plain
  skopeo copy -q --dest-tls-verify=false "oci:$ISLE_BIN_DIR/../share/isle/images/busybox" \
    "docker://127.0.0.1:$port/box:1"
  run -0 isle push --digestfile "$ISLE_TEST_DIR/digest" busybox "127.0.0.1:$port/box:2"
  assert_match "$(<"$ISLE_TEST_DIR/digest")" '^sha256:[0-9a-f]{64}$'
  run isle push busybox "127.0.0.1:$port/box@$(<"$ISLE_TEST_DIR/digest")"
  assert_failure 125
  assert_output --partial "push to a tag"
  run isle push busybox oci:somewhere
  assert_failure 125
  assert_output --partial "isle save writes archives"
  local id
  id=$(isle images -q | head -1)
  run isle push "$id"
  assert_failure 125
  assert_output --partial "is an id, and says nothing of where to"
  run isle push nosuchimage "127.0.0.1:$port/box:3"
  assert_failure 125
  assert_output --partial nosuchimage
}

@test "login: tried, remembered for isle and skopeo, forgotten" {
  require_program skopeo
  make_htpasswd "$ISLE_TEST_DIR/htpasswd"
  start_registry basic "auth: {htpasswd: {realm: test, path: $ISLE_TEST_DIR/htpasswd}}"
  local place=127.0.0.1:$port file=$XDG_RUNTIME_DIR/containers/auth.json
  run isle push busybox "$place/me/box:1"
  assert_failure 125
  assert_output --partial "401 Unauthorized"
  assert_output --partial "hint: isle login"
  run isle login -u joe -p wrong "$place"
  assert_failure 125
  assert_output --partial "the name or the password is wrong"
  assert_not_exists "$file"
  run isle login "$place" </dev/null
  assert_failure 125
  assert_output --partial "use --username and --password-stdin"
  run -0 isle login -u joe --password-stdin "$place" <<<secret
  assert_output "Login Succeeded!"
  assert_equal "$(stat -c %a "$file")" 600
  run -0 isle login --get-login "$place"
  assert_output joe
  run -0 isle login "$place" </dev/null
  assert_output "Already logged in to $place"
  isle push -q busybox "$place/me/box:1"
  run -0 skopeo list-tags --tls-verify=false "docker://$place/me/box"
  assert_output --partial '"1"'
  run -0 isle logout "$place"
  assert_output "Removed login credentials for $place"
  run isle push busybox "$place/me/box:1"
  assert_failure 125
  run isle logout "$place"
  assert_failure 125
  assert_output --partial "isle is not logged in to"
  run -0 isle push -q --creds joe:secret busybox "$place/me/box:2"
}

@test "login: docker's file is read, and a credential helper is asked and told" {
  make_htpasswd "$ISLE_TEST_DIR/htpasswd"
  start_registry basic "auth: {htpasswd: {realm: test, path: $ISLE_TEST_DIR/htpasswd}}"
  local place=127.0.0.1:$port helper=$ISLE_TEST_DIR/helpers/docker-credential-shelf
  mkdir "$HOME/.docker" "${helper%/*}"
  printf '{"auths":{"http://%s/v1/":{"auth":"%s"}}}' "$place" "$(printf joe:secret | base64)" \
    >"$HOME/.docker/config.json"
  run -0 isle push -q busybox "$place/me/box:1"
  run isle logout "$place"
  assert_failure 125
  assert_output --partial "docker logout"
  # A helper of our own, which keeps one secret in a file.
  cat >"$helper" <<END
#!/bin/sh
case \$1 in
  get) read -r key; [ -e "$helper.\$key" ] || { echo "credentials not found in native keychain"; exit 1; }
    cat "$helper.\$key" ;;
  store) cat >"$helper.$place" ;;
  erase) read -r key; rm "$helper.\$key" ;;
esac
END
  chmod +x "$helper"
  rm "$HOME/.docker/config.json"
  mkdir -p "$XDG_RUNTIME_DIR/containers"
  printf '{"credHelpers":{"%s":"shelf"}}' "$place" >"$XDG_RUNTIME_DIR/containers/auth.json"
  run isle push busybox "$place/me/box:1"
  assert_failure 125
  assert_output --partial "docker-credential-shelf is not in PATH"
  export PATH=${helper%/*}:$PATH
  run isle push busybox "$place/me/box:1"
  assert_failure 125
  assert_output --partial "401 Unauthorized"
  run -0 isle login -u joe --password-stdin "$place" <<<secret
  run -0 cat "$helper.$place"
  assert_output --partial '"Secret":"secret"'
  run -0 isle push -q busybox "$place/me/box:1"
  run -0 cat "$XDG_RUNTIME_DIR/containers/auth.json"
  refute_output --partial auths
  run -0 isle logout "$place"
  assert_not_exists "$helper.$place"
}

@test "tls: an authority of one's own, and a certificate to show" {
  make_authority
  make_certificate server "subjectAltName=IP:127.0.0.1"
  make_certificate client "extendedKeyUsage=clientAuth"
  local tls=$ISLE_TEST_DIR/tls
  start_registry tls "http: {addr: '127.0.0.1:0', tls: {certificate: $tls/server.cert, \
key: $tls/server.key, clientcas: [$tls/ca.crt]}}"
  local place=127.0.0.1:$port certs=$HOME/.config/containers/certs.d/127.0.0.1:$port
  run isle push busybox "$place/me/box:1"
  assert_failure 125
  assert_output --partial "https://$place/v2/"
  assert_output --partial "certificate"
  assert_output --partial "hint: put the certificate of its authority into"
  # Trusted now, but it wants to see ours; not looked at, but the same.
  mkdir -p "$certs"
  cp "$tls/ca.crt" "$certs/"
  run isle push busybox "$place/me/box:1"
  assert_failure 125
  # TLS 1.3 tells it over a connection that the registry closes at once, and whose reset may overtake
  # what it told.
  assert_output --regexp "hint: (perhaps )?the registry wants to see a certificate that it trusts: put NAME.cert"
  cp "$tls/client.cert" "$certs/"
  run isle push busybox "$place/me/box:1"
  assert_failure 125
  assert_output --partial "there is no client.key beside"
  cp "$tls/client.key" "$certs/"
  run -0 isle push -q busybox "$place/me/box:1"
  run -0 isle search --list-tags --format '{{.Tag}}' "$place/me/box"
  assert_output 1
  # The same folder by name.
  mv "$certs" "$ISLE_TEST_DIR/certs"
  run -0 isle push -q --cert-dir "$ISLE_TEST_DIR/certs" busybox "$place/me/box:2"
}

@test "tls: nothing is looked at with --tls-verify=false; plain http is for this machine only" {
  make_authority
  make_certificate server "subjectAltName=DNS:elsewhere.test"
  local tls=$ISLE_TEST_DIR/tls
  start_registry tls "http: {addr: '127.0.0.1:0', tls: {certificate: $tls/server.cert, \
key: $tls/server.key}}"
  local place=127.0.0.1:$port
  mkdir -p "$HOME/.config/containers/certs.d/$place"
  cp "$tls/ca.crt" "$HOME/.config/containers/certs.d/$place/"
  # Trusted, but it is somebody else's.
  run isle push busybox "$place/me/box:1"
  assert_failure 125
  run -0 isle push -q --tls-verify=false busybox "$place/me/box:1"
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$place" >"$CONTAINERS_REGISTRIES_CONF"
  run -0 isle push -q busybox "$place/me/box:2"
  run isle push --tls-verify busybox "$place/me/box:2"
  assert_failure 125
}

@test "push and pull: all tags, other forms, and layers packed otherwise" {
  require_program skopeo
  start_registry plain
  local place=127.0.0.1:$port/me/box type
  isle tag busybox "$place:1" "$place:2"
  run -0 isle push --all-tags "$place"
  assert_line --partial "1: digest: sha256:"
  assert_line --partial "2: digest: sha256:"
  run -125 isle push --all-tags "$place-not"
  assert_output --partial "there is no image in the repository"
  isle rmi "$place:1" "$place:2" >/dev/null
  run -0 isle pull -q --all-tags "$place"
  run -0 isle images --format '{{.Repository}}:{{.Tag}}' --filter "reference=$place"
  assert_line "$place:1"
  assert_line "$place:2"
  run -125 isle pull --all-tags "$place:1"
  assert_output --partial "without a tag"
  # docker's form, OCI's, and zstd, which docker's does not have.
  isle push -q --format v2s2 busybox "$place:docker"
  isle push -q --format oci --compression-format zstd busybox "$place:zstd"
  run -125 isle push -q --format v2s2 --compression-format zstd busybox "$place:none"
  assert_output --partial "knows no layers packed with zstd"
  run -125 isle push -q --format v2s1 busybox "$place:none"
  run -125 isle push -q --compression-format bzip2 busybox "$place:none"
  for type in docker=vnd.docker.distribution.manifest.v2 zstd=layer.v1.tar+zstd; do
    run -0 skopeo inspect --raw --tls-verify=false "docker://$place:${type%%=*}"
    assert_output --partial "${type#*=}"
  done
  # The same files by another way, under the same id.
  run -0 isle pull -q "$place:zstd"
  assert_output "$(isle inspect --type image busybox --format '{{.Id}}' | cut -d: -f2)"
}

@test "pull: a name that nobody knows is told at once, where there is no network" {
  local begin
  begin=$(date +%s%N)
  run -125 unshare --net "$ISLE_BIN_DIR/isle" pull nobody-has-this.invalid/x:1
  assert_output --partial nobody-has-this.invalid
  assert_between "$((($(date +%s%N) - begin) / 1000000))" 0 3000
}

@test "short names: inspect and rmi find what registries.conf means" {
  printf '[aliases]\n"shorty" = "quay.test/deep/shorty"\n' >"$CONTAINERS_REGISTRIES_CONF"
  isle tag busybox quay.test/deep/shorty:latest
  run -0 isle inspect --type image --format '{{.Id}}' shorty
  assert_output "$(isle inspect --type image --format '{{.Id}}' busybox)"
  run -0 isle rmi shorty
  assert_line "Untagged: quay.test/deep/shorty:latest"
  run -1 isle rmi shorty
}
