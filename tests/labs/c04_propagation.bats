# Lab C4: how mounts propagate (mount_namespaces(7)): between a "host" in a mount namespace of the
# test's own and a process in another; and how isle ns mounts draws it.
load lab

setup() {
  isle_setup
  require_root
}

# Makes `top` a mount of kind $1 for the inner side; mounts one thing on each side. Prints what each
# sees of the other's.
sides() {
  unshare --mount --propagation private bash -euc "
    cd '$ISLE_TEST_DIR'
    mkdir -p top; mount -t tmpfs tmpfs top; mkdir top/out top/in
    mount --make-$1 top
    isle() { '$ISLE_BIN_DIR/isle' \"\$@\"; }
    mkfifo go done
    isle ns unshare --mount --propagation $2 -- bash -euc '
      mount -t tmpfs inside top/in; echo made >done; read _ <go
      grep -q \"$ISLE_TEST_DIR/top/out \" /proc/self/mountinfo && echo inside sees it || echo inside does not
      '\"'$ISLE_BIN_DIR/isle'\"' ns mounts --format \"{{.Target}}: {{.Propagation}}\" | grep top: ' &
    read _ <done
    grep -q '$ISLE_TEST_DIR/top/in ' /proc/self/mountinfo && echo host sees it || echo host does not
    mount -t tmpfs outside top/out; echo >go
    wait" 3>&- 8>&-
}

@test "propagation: shared goes both ways" {
  run -0 sides shared unchanged
  assert_line "host sees it"
  assert_line "inside sees it"
  assert_output --regexp "top: shared [0-9]+"
}

@test "propagation: a slave hears, and is not heard" {
  run -0 sides shared slave
  assert_line "host does not"
  assert_line "inside sees it"
  assert_output --regexp "top: slave of [0-9]+"
}

@test "propagation: private is what isle ns unshare makes of everything unless told" {
  run -0 sides shared private
  assert_line "host does not"
  assert_line "inside does not"
  assert_line --partial "top: private"
}

@test "propagation: the names of a volume: None, HostToContainer, Bidirectional" {
  mkdir "$ISLE_TEST_DIR/data"
  export DATA=$ISLE_TEST_DIR/data
  run -0 on_shared_host '
    mount -t tmpfs tmpfs "$DATA"; mkdir "$DATA/late"
    for kind in private rslave rshared; do
      start_container prop-$kind --volume "$DATA:/data:$kind"
    done
    mount -t tmpfs late "$DATA/late"
    for kind in private rslave rshared; do
      inside prop-$kind sh -c "grep -c /data/late /proc/mounts || true" | sed "s/^/$kind /"
    done
    "$ISLE_BIN_DIR/isle" ns mounts prop-rshared --format "{{.Target}}: {{.Propagation}}" | grep "/data: shared" | sed "s/ [0-9]*\$//"
    remove_container prop-private prop-rslave prop-rshared'
  assert_line "private 0"
  assert_line "rslave 1"
  assert_line "rshared 1"
  assert_line --partial "/data: shared"
}
