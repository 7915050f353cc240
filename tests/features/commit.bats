# What is made of a container: an image (commit), a list of changes (diff), an archive (export), and
# back (import).
load ../helpers

# Every test's container is "one".
teardown() {
  isle rm -f one >/dev/null 2>&1 || true
  [ ! -d "$ISLE_TEST_DIR/user/root/containers" ] || run_as_user isle rm -f one >/dev/null || true
  isle_teardown
}

# A container that changed its files in every way.
changer() {
  isle run --name one -e GIVEN=1 busybox sh -c '
    echo new >/etc/new; chmod 640 /etc/new; chown 5:6 /etc/new
    rm /bin/ls
    mkdir -p /opt/deep/er; touch /opt/deep/er/file
    rm -r /home; mkdir /home; touch /home/only
    ln /etc/new /etc/hard; ln -s new /etc/soft
    touch -d "2020-01-02 03:04:05" /etc/old'
}

@test "commit: the image has the container's files, and not what it removed" {
  require_root
  changer
  run -0 isle commit one made:1
  assert_match "$output" '^sha256:[0-9a-f]{64}$'
  run -0 isle run --rm made:1 sh -c '
    stat -c "%a %u:%g %h" /etc/new; cat /etc/hard; readlink /etc/soft; ls=$(echo /home/*); echo $ls
    test -e /bin/ls || echo no ls; date -u -r /etc/old +%Y-%m-%d'
  assert_line 0 "640 5:6 2"
  assert_line 1 new
  assert_line 2 new
  assert_line 3 /home/only
  assert_line 4 "no ls"
  assert_line 5 2020-01-02
  # The layer says so in its own words, which others read.
  run -0 bash -c 'isle=$1; "$isle" save made:1 | tar -xO --wildcards "*.tar" | tar -t --ignore-zeros' bash "$ISLE_BIN_DIR/isle"
  assert_line bin/.wh.ls
  assert_line home/.wh..wh..opq
  # Nothing else is left of the work.
  assert_equal "$(ls -A "$ISLE_ROOT/staging")" ""
}

@test "commit: the same container gives the same layer" {
  isle run --name one busybox sh -c 'echo x >/x'
  isle commit -q one first
  isle commit -q one second
  layer() { isle inspect "$1" --format '{{index .RootFS.Layers 1}}'; }
  assert_equal "$(layer first)" "$(layer second)"
}

@test "commit: what the container was told to run, and what is changed of it" {
  isle run --name one -e GIVEN=1 -w /tmp -u 7 --label from=run busybox sh -c 'true'
  isle commit -a "A. Uthor" -m "a word" \
    -c 'ENTRYPOINT ["/bin/echo"]' -c 'CMD ["said"]' -c 'ENV MORE="two words"' -c 'EXPOSE 80' \
    -c 'LABEL by=commit' -c 'VOLUME /data' -c 'USER 8' -c 'WORKDIR sub' -c 'STOPSIGNAL SIGINT' one made
  shown() { isle inspect made --format "{{json .$1}}"; }
  assert_equal "$(shown Config.Entrypoint)" '["/bin/echo"]'
  assert_equal "$(shown Config.Cmd)" '["said"]'
  assert_match "$(shown Config.Env)" '"GIVEN=1","MORE=two words"'
  assert_equal "$(shown Config.ExposedPorts)" '{"80/tcp":{}}'
  assert_equal "$(shown Config.Labels)" '{"by":"commit","from":"run"}'
  assert_equal "$(shown Config.Volumes)" '{"/data":{}}'
  assert_equal "$(shown Config.User)" '"8"'
  assert_equal "$(shown Config.WorkingDir)" '"/tmp/sub"'
  assert_equal "$(shown Config.StopSignal)" '"SIGINT"'
  assert_equal "$(shown Author)" '"A. Uthor"'
  assert_equal "$(shown Comment)" '"a word"'
  run -0 isle run --rm made
  assert_output said
  run -125 isle commit -c 'RUN true' one
  assert_output --partial 'the instruction is not known'
  run -125 isle commit nosuch
  assert_output --partial 'there is no container "nosuch"'
}

@test "commit: docker's form, and places of mounts as volumes" {
  mkdir "$ISLE_TEST_DIR/dir"
  isle run --name one -v "$ISLE_TEST_DIR/dir:/bound" --mount type=tmpfs,target=/gone busybox sh -c 'echo x >/bound/x'
  isle commit -q --format docker --include-volumes one docker
  isle commit -q one plain
  run -0 isle inspect --type image docker --format '{{json .Config.Volumes}}'
  assert_output '{"/bound":{}}'
  run -0 isle inspect --type image plain --format '{{json .Config.Volumes}}'
  assert_match "$output" '^(null|\{\})$'
  type_of() { isle save --format docker-dir -o "$ISLE_TEST_DIR/$1" "$1" && cat "$ISLE_TEST_DIR/$1/manifest.json"; }
  run -0 type_of docker
  assert_output --partial '"application/vnd.docker.distribution.manifest.v2+json"'
  assert_output --partial '"application/vnd.docker.image.rootfs.diff.tar.gzip"'
  refute_output --partial vnd.oci
  run -0 type_of plain
  assert_output --partial '"application/vnd.oci.image.manifest.v1+json"'
  refute_output --partial vnd.docker
  # What was mounted is in neither, nor on the host's side touched.
  run -1 isle run --rm docker test -e /gone/x
  assert_equal "$(cat "$ISLE_TEST_DIR/dir/x")" x
  run -0 isle run --rm docker true
  run -125 isle commit --format v2s1 one
  assert_output --partial "is no form of a manifest"
}

@test "commit: a running container is held still, and goes on" {
  require_root
  require_controller freezer
  isle run -d --name one busybox sh -c 'i=0; while :; do i=$((i+1)); echo $i >/new; mv /new /count; done'
  isle commit one made
  run -0 isle run --rm made cat /count
  local then=$output
  assert_match "$then" '^[0-9]+$'
  run -0 isle ps --format '{{.Names}} {{.State}}'
  assert_output "one running"
  wait_until bash -c '[ "$("$0" exec one cat /count)" -gt "$1" ]' "$ISLE_BIN_DIR/isle" "$then"
}

@test "commit: where something was mounted, nothing is taken" {
  require_root
  mkdir "$ISLE_TEST_DIR/v"
  isle run --name one -v "$ISLE_TEST_DIR/v:/data" busybox sh -c 'echo secret >/data/file; echo kept >/kept'
  isle commit -q one made
  run -0 isle run --rm made sh -c 'cat /kept; test -e /data || echo no data; test -e /etc/hostname && cat /etc/hostname'
  assert_line 0 kept
  assert_line 1 "no data"
  assert_equal "$(cat "$ISLE_TEST_DIR/v/file")" secret
}

@test "commit: ids that only this container has are its own inside again" {
  require_root
  isle run --name one --userns auto busybox sh -c 'echo x >/x; chown 5:6 /x'
  isle commit -q one made
  run -0 isle run --rm made stat -c %u:%g /x
  assert_output 5:6
}

@test "commit, diff, export: an ordinary user" {
  require_root
  run_as_user isle run --name one busybox sh -c 'echo x >/x; rm /bin/ls'
  run -0 run_as_user isle diff one
  assert_line "A /x"
  assert_line "D /bin/ls"
  run_as_user isle commit -q one made
  run -0 run_as_user isle run --rm made cat /x
  assert_output x
  run_as_user isle export one >"$ISLE_TEST_DIR/root.tar"
  run -0 tar -tvf "$ISLE_TEST_DIR/root.tar"
  assert_line --partial "0/0"
  refute_output --partial "$ISLE_TEST_UID"
}

@test "diff: added, changed, deleted, as docker tells it" {
  changer
  run -0 isle diff one
  assert_line "C /etc"
  assert_line "A /etc/new"
  assert_line "A /etc/soft"
  assert_line "D /bin/ls"
  assert_line "A /opt/deep/er/file"
  assert_line "C /home"
  assert_line "A /home/only"
  refute_output --partial "/etc/hosts"
  refute_output --partial "/proc"
  run -0 isle diff --format json one
  assert_line --partial '"/bin/ls"'
}

@test "diff: of two images, and of an image and its last layer" {
  isle run --name one busybox sh -c 'echo x >/x'
  isle commit -q one made
  run -0 isle diff busybox made
  assert_output "A /x"
  run -0 isle diff made busybox
  assert_output "D /x"
  run -0 isle diff made
  assert_output "A /x"
  run -125 isle diff busybox
  assert_output --partial "one layer"
}

@test "export and import: the whole root file system, and nothing is mounted" {
  require_root
  changer
  local before; before=$(cat /proc/self/mountinfo)
  isle export -o "$ISLE_TEST_DIR/root.tar" one
  assert_equal "$(cat /proc/self/mountinfo)" "$before"
  run -0 tar -tf "$ISLE_TEST_DIR/root.tar"
  assert_line etc/new
  assert_line bin/busybox
  assert_line home/only
  refute_output --partial bin/ls$'\n'
  isle import -m "from a file" -c 'CMD ["cat","/etc/new"]' "$ISLE_TEST_DIR/root.tar" flat:1
  run -0 isle run --rm flat:1
  assert_output new
  run -0 isle inspect flat:1 --format '{{len .RootFS.Layers}} {{.Comment}}'
  assert_output "1 from a file"
  isle import -q --arch riscv64 "$ISLE_TEST_DIR/root.tar" foreign
  run -0 isle inspect --type image foreign --format '{{.Os}}/{{.Architecture}}'
  assert_output linux/riscv64
  isle import -q --platform linux/arm/v6 "$ISLE_TEST_DIR/root.tar" foreign
  run -0 isle inspect --type image foreign --format '{{.Os}}/{{.Architecture}}/{{.Variant}}'
  assert_output linux/arm/v6
  run -125 isle import --platform linux/arm --os linux "$ISLE_TEST_DIR/root.tar" foreign
  assert_output --partial "--platform says it whole"
  run -0 bash -c 'gzip -c "$2/root.tar" | "$1" import -q - piped' bash "$ISLE_BIN_DIR/isle" "$ISLE_TEST_DIR"
  assert_equal "$(isle inspect piped --format '{{index .RootFS.Layers 0}}')" \
    "$(isle inspect flat:1 --format '{{index .RootFS.Layers 0}}')"
}

@test "export: of a directory given as --rootfs, and of a running container" {
  require_root
  mkdir -p "$ISLE_TEST_DIR/r/bin"
  cp /bin/busybox "$ISLE_TEST_DIR/r/bin/sh"
  isle run -d --name one --rootfs "$ISLE_TEST_DIR/r" sh -c 'echo up >/up; exec sleep 1000'
  wait_until test -e "$ISLE_TEST_DIR/r/up"
  run -0 bash -c '"$1" export one | tar -xO up' bash "$ISLE_BIN_DIR/isle"
  assert_output up
  run -125 isle commit one made
  assert_output --partial "was made of a directory"
}

@test "import: what is no archive is refused, and leaves nothing" {
  printf 'no tar at all, but long enough to be read as a header%0600d' 0 >"$ISLE_TEST_DIR/junk"
  run -125 isle import "$ISLE_TEST_DIR/junk" x
  assert_output --partial "tar:"
  run -125 isle import http://127.0.0.1:1/x
  assert_output --partial "does not fetch"
  run -1 isle image exists x
  assert_equal "$(ls -A "$ISLE_ROOT/staging" 2>/dev/null)" ""
}

@test "commit: --squash makes one layer of all there is" {
  isle run --name squashed busybox sh -c 'echo mine >/mine; rm /bin/cp'
  isle commit -q --squash -m "all in one" squashed flat >/dev/null
  run -0 isle inspect --type image --format '{{len .RootFS.Layers}}' flat
  assert_output 1
  run -0 isle history --format '{{.Comment}}' flat
  assert_output "all in one"
  run -0 isle run --rm flat sh -c 'cat /mine; [ -e /bin/cp ] || echo gone'
  assert_output $'mine\ngone'
  isle rm squashed
}
