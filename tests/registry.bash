# Why: pulls need a registry, and images with everything that is odd. The registry is that of
# registries.bash; images are OCI layouts made here from tar
# archives, and skopeo puts them into it.
#
#   setup() { isle_setup; start_image_registry; }
#   teardown() { stop_servers; isle_teardown; }
#   layer base bin/sh:... ; image one base.tar.gz ; publish one name:tag
#   isle pull "$REGISTRY/name:tag"
#
# PULL has what isle needs to talk to it.

PULL=(--tls-verify=false)

load ../registries

# REGISTRY is "127.0.0.1:PORT"; layouts go to LAYOUTS.
start_image_registry() {
  require_program skopeo
  LAYOUTS=$ISLE_TEST_DIR/layouts
  mkdir -p "$LAYOUTS"
  servers=()
  start_registry registry
  REGISTRY=127.0.0.1:$port REGISTRY_DIR=$ISLE_TEST_DIR/registry
}

sha() { sha256sum "$1" | cut -d' ' -f1; }
size() { stat -c %s "$1"; }

# Puts a file into a layout's blobs; prints its descriptor of the media type.
blob() { # LAYOUT FILE MEDIA_TYPE
  local hex
  hex=$(sha "$2")
  mkdir -p "$1/blobs/sha256"
  cp "$2" "$1/blobs/sha256/$hex"
  printf '{"mediaType":"%s","digest":"sha256:%s","size":%s}' "$3" "$hex" "$(size "$2")"
}

layer_type() { # FILE
  case $1 in
    *.gz) echo application/vnd.oci.image.layer.v1.tar+gzip ;;
    *.zst) echo application/vnd.oci.image.layer.v1.tar+zstd ;;
    *) echo application/vnd.oci.image.layer.v1.tar ;;
  esac
}

unpacked() { # FILE
  case $1 in
    *.gz) gzip -dc "$1" ;;
    *.zst) zstd -qdc "$1" ;;
    *) cat "$1" ;;
  esac
}

# Prints the descriptor of a manifest; ARCHITECTURE is this machine's unless set.
manifest() { # LAYOUT FILE...
  local layout=$1 file ids='' layers='' work=$ISLE_TEST_DIR/manifest
  shift
  for file; do
    ids+=${ids:+,}\"sha256:$(unpacked "$file" | sha256sum | cut -d' ' -f1)\"
    layers+=${layers:+,}$(blob "$layout" "$file" "$(layer_type "$file")")
  done
  echo '{"imageLayoutVersion":"1.0.0"}' >"$layout/oci-layout"
  cat >"$work" <<END
{"architecture":"${ARCHITECTURE:-$(architecture)}","os":"linux","created":"2024-01-02T03:04:05Z",
"config":{"Env":["FROM=${FROM-}"],"Cmd":["/bin/sh"]},"rootfs":{"type":"layers","diff_ids":[$ids]}}
END
  local config
  config=$(blob "$layout" "$work" application/vnd.oci.image.config.v1+json)
  cat >"$work" <<END
{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":$config,
"layers":[$layers]}
END
  blob "$layout" "$work" application/vnd.oci.image.manifest.v1+json
  rm "$work"
}

architecture() {
  case $(uname -m) in
    x86_64) echo amd64 ;;
    aarch64) echo arm64 ;;
    *) uname -m ;;
  esac
}

# A layout with one image of these layers, lowest first.
image() { # NAME FILE...
  local layout=$LAYOUTS/$1
  shift
  mkdir -p "$layout"
  printf '{"schemaVersion":2,"manifests":[%s]}' "$(manifest "$layout" "$@")" >"$layout/index.json"
}

# A layout with one index of images for several platforms: ARCH[/VARIANT]=FILE...
image_index() { # NAME ARCH=FILE...
  local layout=$LAYOUTS/$1 item platform entries='' descriptor work=$ISLE_TEST_DIR/index
  shift
  mkdir -p "$layout"
  for item; do
    platform=${item%%=*}
    descriptor=$(ARCHITECTURE=${platform%/*} FROM=$platform manifest "$layout" "${item#*=}")
    descriptor=${descriptor%\}},\"platform\":{\"os\":\"linux\",\"architecture\":\"${platform%/*}\"
    [ "$platform" = "${platform%/*}" ] || descriptor+=,\"variant\":\"${platform#*/}\"
    entries+=${entries:+,}$descriptor}}
  done
  printf '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[%s]}' \
    "$entries" >"$work"
  printf '{"schemaVersion":2,"manifests":[%s]}' \
    "$(blob "$layout" "$work" application/vnd.oci.image.index.v1+json)" >"$layout/index.json"
  rm "$work"
}

# From a layout into the registry, as it is.
publish() { # LAYOUT NAME:TAG
  skopeo copy -q --all --preserve-digests --dest-tls-verify=false "oci:$LAYOUTS/$1" \
    "docker://$REGISTRY/$2" >"$ISLE_TEST_DIR/skopeo.log" 2>&1 </dev/null 3>&- 8>&- ||
    _fail "skopeo did not publish" log "$(cat "$ISLE_TEST_DIR/skopeo.log")"
}

# The layer of the built-in image, as an archive.
busybox_layer() { # FILE
  local root=$ISLE_TEST_DIR/busybox
  mkdir -p "$root/bin" "$root/etc"
  [ -e "$root/bin/busybox" ] || {
    cp /bin/busybox "$root/bin/busybox"
    local name
    for name in sh cat ls stat echo id readlink sleep true; do ln -s busybox "$root/bin/$name"; done
    echo root:x:0:0:root:/:/bin/sh >"$root/etc/passwd"
  }
  pack "$root" "$1"
}

# A directory as an archive, with fixed owners and times; packed as its name says.
pack() { # DIR FILE
  local tar=(tar -C "$1" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@1000000000 -cf - .)
  case $2 in
    *.gz) "${tar[@]}" | gzip -n >"$2" ;;
    *.zst) "${tar[@]}" | zstd -q >"$2" ;;
    *) "${tar[@]}" >"$2" ;;
  esac
}
