# config.json as a document: versions, members nobody knows, other platforms, hooks of all six kinds,
# capabilities that cannot be had.
load ../helpers
load ../islet-bundle

@test "ociVersion: spec, features, --version and state say the same" {
  require_root
  local version
  version=$(islet features | sed -n 's/.*"ociVersionMax": "\(.*\)".*/\1/p')
  mkdir "$ISLE_TEST_DIR/new"
  islet spec -b "$ISLE_TEST_DIR/new"
  assert_match "$(cat "$ISLE_TEST_DIR/new/config.json")" "\"ociVersion\": \"$version\""
  assert_match "$(islet --version)" "spec: $version"
  make_bundle true
  islet create -b "$bundle" one </dev/null >/dev/null
  assert_match "$(islet state one)" "\"ociVersion\": \"$version\""
  islet delete --force one
}

@test "process: create does without, start names what is missing and ends the container" {
  require_root
  make_bundle true
  sed -i '/"process"/,/"cwd"/d' "$bundle/config.json"
  run islet run -b "$bundle" one
  assert_failure 1
  assert_output --partial "process: the spec names no process to start"
  assert_not_exists "$ISLE_RUN/islet/one"
  islet create -b "$bundle" one </dev/null >/dev/null 2>&1
  assert_equal "$(status_of one)" created
  run islet start one
  assert_failure 1
  assert_output --partial "process: the spec names no process to start"
  wait_until has_status one stopped
  islet delete one
  assert_not_exists "$ISLE_RUN/islet/one"
}

@test "a member that no version has is a warning with its place, at any depth" {
  require_root
  make_bundle --top '"novelty": {"a": 1},' --process '"mood": "fine",' --linux '"intelRdtX": 1,' echo ran
  run -0 islet run -b "$bundle" one
  assert_line ran
  assert_output --partial "novelty"
  assert_output --partial "process.mood"
  assert_output --partial "linux.intelRdtX"
}

@test "another platform's document is refused, its part beside ours is a warning" {
  require_root
  make_bundle --top '"windows": {"layerFolders": ["x"]},' echo ran
  run -0 islet run -b "$bundle" one
  assert_line ran
  assert_output --partial windows
  sed -i 's/"linux": {.*}}/"solaris": {}}/' "$bundle/config.json"
  run islet run -b "$bundle" one
  assert_failure
  assert_output --partial "for a platform isle does not run"
}

@test "capabilities that cannot be granted are left out with a warning" {
  require_root
  make_bundle --process '"capabilities": {"bounding": ["CAP_KILL", "CAP_TEST"], "permitted": ["CAP_KILL"], "effective": ["CAP_KILL"]},' \
    grep CapEff /proc/self/status
  run -0 islet run -b "$bundle" one
  assert_line $'CapEff:\t0000000000000020'
  assert_output --partial 'process.capabilities.bounding: "CAP_TEST" is left out'
  # One the caller itself has given up.
  make_bundle --process '"capabilities": {"bounding": ["CAP_KILL", "CAP_LEASE"], "permitted": ["CAP_KILL", "CAP_LEASE"], "effective": ["CAP_KILL", "CAP_LEASE"]},' \
    grep CapEff /proc/self/status
  run -0 setpriv --bounding-set -lease --inh-caps -lease "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" run -b "$bundle" one
  assert_line $'CapEff:\t0000000000000020'
  assert_output --partial "CAP_LEASE cannot be granted"
}

@test "linux.devices: the node can be made, which does not open it" {
  require_root
  make_bundle --linux '"devices": [{"type": "c", "path": "/dev/one", "major": 10, "minor": 666, "fileMode": 432, "uid": 3, "gid": 4}, {"type": "b", "path": "/dev/two", "major": 8, "minor": 666}, {"type": "p", "path": "/dev/three"}],' \
    sh -c 'stat -c "%n %F %a %u %g" /dev/one /dev/two /dev/three; cat /dev/two'
  run islet run -b "$bundle" one
  assert_line "/dev/one character special file 660 3 4"
  assert_line "/dev/two block special file 666 0 0"
  assert_line "/dev/three fifo 666 0 0"
  ! require_has devices || assert_output --partial "Operation not permitted"
}
require_has() { _controller_root "$1" >/dev/null; }

# hook KIND: one that writes down what it was given, where it ran and with what environment.
hook() {
  echo "\"$1\": [{\"path\": \"/bin/sh\", \"args\": [\"sh\", \"-c\", \"$2\"], \"env\": [\"COLOR=green\"]}]"
}
host_hook() {
  hook "$1" "printf '$1 %s ' \$COLOR \$(readlink /proc/self/ns/mnt) >>$ISLE_TEST_DIR/hooks; cat >>$ISLE_TEST_DIR/hooks; echo >>$ISLE_TEST_DIR/hooks"
}

@test "hooks: six kinds, in their order, each in its namespaces and with its state" {
  require_root
  # createContainer finds the host's tree, startContainer the container's.
  make_bundle --top "\"hooks\": {$(host_hook prestart), $(host_hook createRuntime), $(host_hook createContainer),
    $(hook startContainer "echo startContainer \$COLOR \$(readlink /proc/self/ns/mnt) \$(cat) >/seen"),
    $(host_hook poststart), $(host_hook poststop)}," sleep 100
  islet create -b "$bundle" one </dev/null >/dev/null
  local pid own theirs
  pid=$(pid_of one) own=$(ns_of self mnt) theirs=$(ns_of "$(pid_of one)" mnt)
  assert_equal "$(cut -d' ' -f1 "$ISLE_TEST_DIR/hooks" | tr '\n' ' ')" "prestart createRuntime createContainer "
  assert_not_exists "$bundle/rootfs/seen"
  islet start one
  islet kill one KILL
  wait_until has_status one stopped
  islet delete one
  run -0 cat "$ISLE_TEST_DIR/hooks" "$bundle/rootfs/seen"
  assert_line --partial "poststop green"
  local kind place status line
  while read -r kind place status; do
    line=$(grep "^$kind " <<<"$output")
    assert_match "$line" "^$kind green"
    [[ $line == *"$place"* ]] || _fail "in another namespace" kind "$kind" line "$line"
    assert_match "$line" "\"status\": ?\"$status\""
    assert_match "$line" '"id": ?"one"'
    [ "$status" = stopped ] || assert_match "$line" "\"pid\": ?$pid[,}]"
  done <<EOF2
prestart $own created
createRuntime $own created
createContainer $theirs created
startContainer $theirs created
poststart $own running
poststop $own stopped
EOF2
}

@test "hooks: a failing one stops the making, and nothing stays; after the end it is a warning" {
  require_root
  local kind
  for kind in prestart createRuntime createContainer startContainer; do
    make_bundle --top "\"hooks\": {$(hook $kind "echo no good >&2; exit 3")}," sh -c 'echo ran >/ran'
    run islet run -b "$bundle" one
    assert_failure
    assert_output --partial "hooks.$kind[0]"
    assert_output --partial "no good"
    assert_not_exists "$bundle/rootfs/ran"
    assert_not_exists "$ISLE_RUN/islet/one"
  done
  make_bundle --top "\"hooks\": {$(hook poststart "exit 3")}," sleep 100
  run islet run -b "$bundle" one
  assert_failure
  assert_output --partial "hooks.poststart[0]"
  assert_not_exists "$ISLE_RUN/islet/one"
  make_bundle --top "\"hooks\": {$(hook poststop "exit 3")}," echo ran
  run -0 islet run -b "$bundle" one
  assert_line ran
  assert_output --partial "hooks.poststop[0]"
}

@test "hooks: one that runs too long is killed" {
  require_root
  make_bundle --top '"hooks": {"createRuntime": [{"path": "/bin/sleep", "args": ["sleep", "77"], "timeout": 1}]},' true
  run islet run -b "$bundle" one
  assert_failure
  assert_output --partial "ran longer than 1 s and was killed"
}

# The names in the last column of docs/oci.md's tables that have a column "test".
named_tests() {
  awk -F' [|] ?' '/^\|.*\| test \|$/ { inside = 1; next } !/^\|/ { inside = 0 } inside { print $(NF - 1) }' "$1" |
    grep -o '`[^`]*`' | tr -d '`' | sort -u
}

@test "docs/oci.md: the tests that it names are there" {
  local top=${ISLE_TESTS_DIR%/*} name seen=0
  while read -r name; do
    seen=$((seen + 1))
    compgen -G "$top/tests/features/$name.bats" >/dev/null || compgen -G "$top/tests/labs/${name}_*.bats" >/dev/null ||
      [ -e "$top/tests/golden/$name.plan" ] || [ -e "$top/src/$name.cc" ] ||
      [ -e "$top/src/runtime/$name.cc" ] || _fail "docs/oci.md names a test that is not there" name "$name"
  done < <(named_tests "$top/docs/oci.md")
  [ "$seen" -gt 40 ]
}
