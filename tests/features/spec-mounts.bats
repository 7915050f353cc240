# config.json's mounts: ids mapped for one mount or a tree, attributes for a tree, a tmpfs that starts
# with what it hides (runtime-spec config.md, "Mounts" and "Linux mount options").
load ../helpers
load ../islet-bundle

# make_source: a directory whose file belongs to 1000, with a mount below it whose file does too.
make_source() {
  SOURCE=$ISLE_TEST_DIR/source
  mkdir -p "$SOURCE/below"
  echo >"$SOURCE/file"
  chown 1000:1000 "$SOURCE/file"
}
# in_mount_namespace SCRIPT: with a tmpfs on $SOURCE/below that goes with the namespace.
with_submount() {
  unshare --mount --propagation private bash -euc "
    mount -t tmpfs tmpfs '$SOURCE/below'
    echo >'$SOURCE/below/file'; chown 1000:1000 '$SOURCE/below/file'
    $1" 3>&- 8>&-
}
ISLET_RUN='"$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" run -b'
bind() { echo "{\"destination\": \"/mnt\", \"type\": \"bind\", \"source\": \"$SOURCE\", $1},"; }
maps='"uidMappings": [{"containerID": 1000, "hostID": 5000, "size": 1}], "gidMappings": [{"containerID": 1000, "hostID": 6000, "size": 1}]'
# Not every file system can be mapped (overlay cannot).
require_idmap() {
  make_bundle --name probe --mounts "$(bind "\"options\": [\"bind\", \"idmap\"], $maps")" true
  run islet run -b "$bundle" probe
  [ "$status" -eq 0 ] || skip "the test's file system takes no id-mapped mount: $output"
}

@test "idmap: a mount's own mapping, without a user namespace; the files stay as they are" {
  require_root
  make_source
  require_idmap
  make_bundle --mounts "$(bind "\"options\": [\"bind\", \"idmap\"], $maps")" stat -c '%u %g' /mnt/file
  run -0 islet run -b "$bundle" one
  assert_output "5000 6000"
  assert_equal "$(stat -c '%u %g' "$SOURCE/file")" "1000 1000"
}

@test "idmap is of the mount alone, ridmap of all below it" {
  require_root
  make_source
  require_idmap
  export ISLE_BIN_DIR
  make_bundle --mounts "$(bind "\"options\": [\"rbind\", \"idmap\"], $maps")" stat -c '%u' /mnt/file /mnt/below/file
  run -0 with_submount "$ISLET_RUN '$bundle' one"
  assert_line 0 5000
  assert_line 1 1000
  make_bundle --mounts "$(bind "\"options\": [\"rbind\", \"ridmap\"], $maps")" stat -c '%u' /mnt/file /mnt/below/file
  run with_submount "$ISLET_RUN '$bundle' one"
  # Mapping tmpfs came with Linux 6.3.
  if [ "$status" -ne 0 ]; then
    ! printf '6.3\n%s\n' "$(uname -r)" | sort -CV
    assert_output --partial "mount_setattr"
    skip "this kernel maps no tmpfs"
  fi
  assert_line 0 5000
  assert_line 1 5000
}

@test "idmap: with the container's own mapping" {
  require_root
  make_source
  require_idmap
  make_bundle --linux '"uidMappings": [{"containerID": 0, "hostID": 300000, "size": 65536}], "gidMappings": [{"containerID": 0, "hostID": 300000, "size": 65536}],' \
    --namespaces 'pid network ipc uts mount user' \
    --mounts "$(bind '"options": ["bind", "idmap"]')" stat -c '%u %g' /mnt/file
  mkdir -p "$bundle/rootfs/mnt" # which only the host's root may make
  run -0 islet run -b "$bundle" one
  assert_output "1000 1000"
}

@test "idmap: what has no mapping, or only one, or is no bind, is refused by name" {
  require_root
  make_source
  local more words
  while IFS='|' read -r more words; do
    make_bundle --mounts "$more" true
    run islet run -b "$bundle" one
    assert_failure
    assert_output --partial "$words"
    assert_not_exists "$ISLE_RUN/islet/one"
  done <<EOF2
$(bind '"options": ["bind", "idmap"]')|mounts[1].options: idmap without a mapping to use
$(bind "\"options\": [\"bind\"], ${maps%%, \"gid*}")|mounts[1].gidMappings: is missing
{"destination": "/mnt", "type": "tmpfs", "source": "t", $maps},|mounts[1].uidMappings: only a bind mount
EOF2
}

@test "rro, rnosuid: attributes of all that is mounted below" {
  require_root
  make_source
  export ISLE_BIN_DIR
  make_bundle --mounts "$(bind '"options": ["rbind", "rro", "rnosuid"]')" \
    sh -c 'for d in /mnt /mnt/below; do touch $d/x 2>/dev/null && echo $d; done; grep " /mnt" /proc/self/mountinfo | cut -d" " -f5,6'
  run -0 with_submount "$ISLET_RUN '$bundle' one"
  refute_output --regexp '^/mnt'$'\n'
  assert_output --regexp '/mnt ro,([a-z]+,)*nosuid'
  assert_output --regexp '/mnt/below ro,([a-z]+,)*nosuid'
  # Without the r the mount below stays writable.
  make_bundle --mounts "$(bind '"options": ["rbind", "ro"]')" \
    sh -c 'touch /mnt/x 2>/dev/null || echo top is closed; touch /mnt/below/x && echo below is open'
  run -0 with_submount "$ISLET_RUN '$bundle' one"
  assert_line "top is closed"
  assert_line "below is open"
}

@test "tmpcopyup: starts with what it hides, owners and modes too, and hides it from then on" {
  require_root
  make_bundle --mounts '{"destination": "/etc", "type": "tmpfs", "source": "tmpfs", "options": ["tmpcopyup", "ro", "size=1m"]},' \
    sh -c 'cat /etc/deep/file; stat -c "%a %u" /etc/deep; ls -l /etc/link | cut -d">" -f2; touch /etc/x 2>/dev/null || echo read-only'
  mkdir -m 0711 "$bundle/rootfs/etc/deep"
  echo content >"$bundle/rootfs/etc/deep/file"
  chown -R 1234 "$bundle/rootfs/etc/deep"
  ln -s deep/file "$bundle/rootfs/etc/link"
  run -0 islet run -b "$bundle" one
  assert_line content
  assert_line "711 1234"
  assert_line " deep/file"
  assert_line read-only
  assert_equal "$(ls "$bundle/rootfs/etc")" $'deep\nlink'
}

@test "propagation: rshared, rslave and runbindable are what the kernel has" {
  require_root
  make_source
  local word mark
  for word in shared:shared: slave:NONE unbindable:unbindable private:NONE; do
    mark=${word#*:} word=${word%%:*}
    make_bundle --mounts "$(bind "\"options\": [\"rbind\", \"r$word\"]")" grep ' /mnt ' /proc/self/mountinfo
    run -0 islet run -b "$bundle" one
    if [ "$mark" = NONE ]; then refute_output --regexp ' (shared:|unbindable)'; else assert_output --partial " $mark"; fi
  done
}

@test "rootfsPropagation: each of its words, and no other" {
  require_root
  local word mark
  for word in private:NONE unbindable:unbindable slave:NONE shared:shared:; do
    mark=${word#*:} word=${word%%:*}
    make_bundle --linux "\"rootfsPropagation\": \"$word\"," sh -c 'grep -E "^[^ ]+ [^ ]+ [^ ]+ [^ ]+ / " /proc/self/mountinfo'
    run -0 islet run -b "$bundle" one
    if [ "$mark" = NONE ]; then refute_output --regexp ' (shared:|unbindable)'; else assert_output --partial " $mark"; fi
  done
  make_bundle --linux '"rootfsPropagation": "public",' true
  run islet run -b "$bundle" one
  assert_failure
  assert_output --partial "linux.rootfsPropagation"
}

# Where all mounts have peers, as under systemd; here they are those of a namespace of the test's own.
with_peers() { # COMMAND: with a shared mount at $ISLE_TEST_DIR/a, then what is left of the mounts
  unshare --mount --propagation private bash -euc '
    mount --make-rshared /
    mkdir -p "$0/a" "$0/b"
    mount -t tmpfs -o size=1m a "$0/a"
    mount -t tmpfs -o size=1m b "$0/b"
    touch "$0/b/kept"
    before=$(wc -l </proc/self/mountinfo)
    unshare --mount --propagation unchanged sleep 100 & peer=$!
    eval "$1"
    test -e "$0/b/kept"
    mountpoint -q /proc
    echo "$(($(wc -l </proc/self/mountinfo) - before)) more mounts here,"\
      "$(($(wc -l <"/proc/$peer/mountinfo") - before)) at a peer"
    kill "$peer"' "$ISLE_TEST_DIR" "$1"
}

@test "rootfsPropagation: shared: what is mounted in a shared mount reaches the host, its end does not" {
  require_root
  local caps='"capabilities": {"bounding": ["CAP_SYS_ADMIN"], "effective": ["CAP_SYS_ADMIN"], "permitted": ["CAP_SYS_ADMIN"]},'
  local word
  for word in shared rshared; do
    make_bundle --process "$caps" --linux "\"rootfsPropagation\": \"$word\"," \
      --mounts "{\"destination\": \"/mnt\", \"source\": \"$ISLE_TEST_DIR/a\", \"options\": [\"rbind\", \"rshared\"]}," \
      sh -c 'mkdir -p /mnt/in /tmp/own && mount -t tmpfs own /tmp/own && mount -t tmpfs in /mnt/in && touch /mnt/in/file'
    run -0 with_peers "$ISLE_BIN_DIR/islet --root '$ISLE_RUN/islet' run -b '$bundle' one; test -e '$ISLE_TEST_DIR/a/in/file'"
    assert_line "1 more mounts here, 1 at a peer"
  done
}

@test "rootfsPropagation: no word of it unmounts anything of the host's, nor does a start that fails" {
  require_root
  local word
  for word in shared rshared slave rslave private rprivate unbindable; do
    make_bundle --linux "\"rootfsPropagation\": \"$word\"," sh -c 'exit 0'
    run -0 with_peers "$ISLE_BIN_DIR/islet --root '$ISLE_RUN/islet' run -b '$bundle' one"
    assert_line "0 more mounts here, 0 at a peer"
    make_bundle --linux "\"rootfsPropagation\": \"$word\"," /absent
    run -0 with_peers "! $ISLE_BIN_DIR/islet --root '$ISLE_RUN/islet' run -b '$bundle' one"
    assert_line "0 more mounts here, 0 at a peer"
  done
}
