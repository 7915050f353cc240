# islet mounts: crun's verb, on a container that runs.
load ../helpers
load ../islet-bundle

mounts_file() { cat >"$ISLE_TEST_DIR/mounts.json"; }

@test "islet mounts: added in a running container, taken off again; the host has none of it" {
  require_root
  make_bundle sleep 100
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  mkdir "$ISLE_TEST_DIR/data"
  echo hello >"$ISLE_TEST_DIR/data/file"
  local before; before=$(cat /proc/self/mountinfo)
  mounts_file <<EOF
[{"destination": "/mnt/data", "source": "$ISLE_TEST_DIR/data", "type": "bind", "options": ["bind", "ro"]},
 {"destination": "/scratch", "type": "tmpfs", "source": "tmpfs", "options": ["size=1m", "nosuid"]}]
EOF
  islet mounts add one "$ISLE_TEST_DIR/mounts.json"
  run -0 islet exec one cat /mnt/data/file
  assert_output hello
  run islet exec one touch /mnt/data/new
  assert_failure 1
  assert_output --partial "Read-only"
  run -0 islet exec one grep scratch /proc/mounts
  assert_output --partial "tmpfs /scratch tmpfs rw,nosuid"
  assert_equal "$(cat /proc/self/mountinfo)" "$before"
  assert_not_exists "$bundle/rootfs/mnt/data/file"
  grep -q '"destination":"/scratch"' "$ISLE_RUN/islet/one/config.json"

  islet mounts remove one "$ISLE_TEST_DIR/mounts.json"
  run islet exec one ls /mnt/data
  refute_output
  run ! islet exec one grep scratch /proc/mounts
  run ! grep -q scratch "$ISLE_RUN/islet/one/config.json"
  islet delete -f one
}

@test "islet mounts: into a user namespace, owned by its root" {
  require_root
  require_namespace user
  make_bundle --namespaces "pid mount ipc uts user" --linux '"uidMappings":
    [{"containerID": 0, "hostID": 100000, "size": 65536}], "gidMappings":
    [{"containerID": 0, "hostID": 100000, "size": 65536}],' sleep 100
  chown -R 100000:100000 "$bundle/rootfs"
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  echo host >"$ISLE_TEST_DIR/file"
  mounts_file <<EOF
[{"destination": "/new/file", "source": "$ISLE_TEST_DIR/file", "options": ["bind"]},
 {"destination": "/new/dir", "type": "tmpfs", "source": "tmpfs"}]
EOF
  islet mounts add one "$ISLE_TEST_DIR/mounts.json"
  run -0 islet exec one cat /new/file
  assert_output host
  run -0 islet exec one stat -c %u /new /new/dir
  assert_output $'0\n0'
  islet delete -f one
}

@test "islet mounts: all or none; no way out by a link; the walls stay" {
  require_root
  make_bundle sleep 100
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  mounts_file <<<'[{"destination": "/a", "type": "tmpfs", "source": "tmpfs"},
    {"destination": "/b", "type": "bind", "source": "/nowhere/at/all", "options": ["bind"]}]'
  run islet mounts add one "$ISLE_TEST_DIR/mounts.json"
  assert_failure 1
  assert_output --partial "/nowhere/at/all"
  run ! islet exec one grep ' /a ' /proc/mounts

  # A link of the container's leads nowhere but into the container.
  mkdir "$ISLE_TEST_DIR/outside"
  mkdir -p "$bundle/rootfs/$ISLE_TEST_DIR/outside"
  ln -s "$ISLE_TEST_DIR/outside" "$bundle/rootfs/way"
  mounts_file <<<'[{"destination": "/way/in", "type": "tmpfs", "source": "tmpfs"}]'
  islet mounts add one "$ISLE_TEST_DIR/mounts.json"
  assert_not_exists "$ISLE_TEST_DIR/outside/in"
  islet exec one test -d "$ISLE_TEST_DIR/outside/in"

  local place
  for place in /proc/sys /proc; do
    mounts_file <<<'[{"destination": "'$place'", "type": "tmpfs", "source": "tmpfs"}]'
    run islet mounts add one "$ISLE_TEST_DIR/mounts.json"
    assert_failure 1
    run islet mounts remove one "$ISLE_TEST_DIR/mounts.json"
    assert_failure 1
  done
  mounts_file <<<'{"destination": "/a"}'
  run islet mounts add one "$ISLE_TEST_DIR/mounts.json"
  assert_failure 1
  assert_output --partial "expected an array"
  run islet mounts turn one "$ISLE_TEST_DIR/mounts.json"
  assert_failure 1
  assert_output --partial "add or remove"
  islet delete -f one
}
