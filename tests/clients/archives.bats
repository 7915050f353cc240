# Archives of images between isle and podman, and isle and docker: what one writes the other runs.
load ../helpers
load room

setup_file() {
  room_start podman conmon dockerd docker containerd || return 0
  room_write /etc/containers/containers.conf <<TOML
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
TOML
  export DOCKER_HOST=unix://$ISLE_ROOM/docker.sock
  room_write "$ISLE_ROOM/daemon.json" <<JSON
{"bridge": "none", "iptables": false, "ip6tables": false}
JSON
  room dockerd --config-file "$ISLE_ROOM/daemon.json" --host "$DOCKER_HOST" \
    --pidfile "$ISLE_ROOM/docker.pid" >"$ISLE_ROOM/log" 2>&1 </dev/null &
  wait_until -t 30 answers || { cat "$ISLE_ROOM/log"; return 1; }
}
answers() { docker version >/dev/null 2>&1; }
teardown_file() { room_end; }
sweep() { docker rmi -f example.com/one/image:1; podman rmi -f example.com/one/image:1; isle rm -f maker; }

docker() { room docker "$@"; }
podman() { room podman "$@"; }
# An image of two layers: a file that is added, one that is removed.
made() {
  isle run --name maker busybox sh -c 'echo text >/file; chmod 4755 /file; ln /file /hard; rm /bin/ls'
  isle commit -q -c 'CMD ["cat","/file"]' -c 'LABEL a=b' maker example.com/one/image:1
  isle rm maker
}
id_of() { isle inspect --type image "$1" --format '{{.Id}}'; }
elsewhere() {
  local -x ISLE_ROOT=$ISLE_TEST_DIR/other
  mkdir -p -m 0700 "$ISLE_ROOT"
  isle "$@"
}
# What an engine has of the image, as a list of files: look at "bin/ls", which is gone.
listed_in() { # ENGINE
  local container
  container=$("$1" create example.com/one/image:1)
  "$1" export "$container" | tar -tv >"$ISLE_TEST_DIR/list"
  "$1" rm "$container"
  run -0 cat "$ISLE_TEST_DIR/list"
  assert_line --partial "-rwsr-xr-x"
  assert_output --partial "hard"
  refute_output --regexp ' bin/ls( |$)'
}

@test "archives: docker loads what isle saves, with the same id, and back" {
  made
  isle save example.com/one/image:1 >"$ISLE_TEST_DIR/a"
  run -0 docker load -i "$ISLE_TEST_DIR/a"
  assert_output --partial "Loaded image: example.com/one/image:1"
  assert_equal "$(docker inspect --format '{{.Id}} {{.Config.Cmd}} {{.Config.Labels.a}}' example.com/one/image:1)" \
    "$(id_of example.com/one/image:1) [cat /file] b"
  listed_in docker
  docker tag example.com/one/image:1 example.com/one/again:2
  docker save example.com/one/image:1 example.com/one/again:2 >"$ISLE_TEST_DIR/b"
  run -0 elsewhere load -i "$ISLE_TEST_DIR/b"
  assert_line "Loaded image: example.com/one/image:1"
  assert_line "Loaded image: example.com/one/again:2"
  assert_equal "$(elsewhere inspect example.com/one/again:2 --format '{{.Id}}')" "$(id_of example.com/one/image:1)"
  run -0 elsewhere run --rm example.com/one/image:1
  assert_output text
  docker rmi example.com/one/image:1 example.com/one/again:2
}

@test "archives: podman loads what isle saves, in each kind, and back" {
  made
  local kind id back
  id=$(id_of example.com/one/image:1)
  for kind in docker-archive oci-archive oci-dir docker-dir; do
    isle save --format "$kind" -o "$ISLE_TEST_DIR/$kind" example.com/one/image:1
    run -0 podman load -i "$ISLE_TEST_DIR/$kind"
    [ "$kind" != docker-dir ] || podman tag "${id#sha256:}" example.com/one/image:1
    [ "$kind" != oci-dir ] || podman tag "${id#sha256:}" example.com/one/image:1
    assert_equal "sha256:$(podman inspect --format '{{.Id}}' example.com/one/image:1)" "$id"
    back=$ISLE_TEST_DIR/back-$kind
    podman save -q --format "$kind" -o "$back" example.com/one/image:1
    rm -rf "$ISLE_TEST_DIR/other"
    run -0 elsewhere load -i "$back"
    elsewhere tag "${id#sha256:}" loaded
    run -0 elsewhere run --rm loaded
    assert_output text
    podman rmi -f "${id#sha256:}"
  done
}

@test "archives: isle imports what docker exports, and docker what isle exports" {
  isle run --name maker busybox sh -c 'echo text >/file'
  isle export maker >"$ISLE_TEST_DIR/a"
  isle rm maker
  docker import -c 'CMD ["cat","/file"]' "$ISLE_TEST_DIR/a" example.com/one/image:1
  local container; container=$(docker create example.com/one/image:1)
  docker export "$container" >"$ISLE_TEST_DIR/b"
  docker rm "$container"
  isle import "$ISLE_TEST_DIR/b" back
  run -0 isle run --rm back cat /file
  assert_output text
  docker rmi example.com/one/image:1
}
