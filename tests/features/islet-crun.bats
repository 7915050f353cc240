# What callers of crun and newer runc know: other files than config.json, regular expressions, groups
# below the container's, pidfds.
load ../helpers
load ../islet-bundle

@test "islet: --config names another file of the bundle" {
  require_root
  make_bundle echo first
  sed 's/first/second/' "$bundle/config.json" >"$bundle/other.json"
  run -0 islet run -b "$bundle" one
  assert_output first
  run -0 islet run -b "$bundle" --config other.json one
  assert_output second
  run -0 islet run -b "$bundle" -f "$bundle/other.json" one
  assert_output second
  run islet create -b "$bundle" -f none.json one
  assert_failure 1
  assert_output --partial none.json
}

@test "islet: kill and delete by a regular expression" {
  require_root
  make_bundle sleep 100
  local id
  for id in web-1 web-2 db-1; do islet run -d -b "$bundle" $id </dev/null >/dev/null 2>&1; done
  islet kill --regex '^web' KILL
  wait_until has_status web-1 stopped
  wait_until has_status web-2 stopped
  [ "$(status_of db-1)" = running ]
  islet delete --regex 'web-[0-9]'
  run -0 islet list -q
  assert_output db-1
  run islet delete --regex '(' 
  assert_failure 1
  assert_output --partial "--regex"
  run -0 islet delete --regex nothing
  # One that cannot be deleted does not keep the others.
  islet run -d -b "$bundle" db-2 </dev/null >/dev/null 2>&1
  islet kill db-2 KILL
  wait_until has_status db-2 stopped
  run islet delete -r db
  assert_failure 1
  assert_output --partial 'container "db-1" is running'
  run -0 islet list -q
  assert_output db-1
  islet delete -f -r '.*'
}

@test "islet exec --cgroup: a group below the container's own, and none beside it" {
  require_root
  require_controller pids
  make_bundle sleep 100
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  local dir; dir=$(cgroup_dir "$(pid_of one)" pids)
  mkdir "$dir/below"
  islet exec -d --pid-file "$ISLE_TEST_DIR/pid" --cgroup below one sleep 100 </dev/null >/dev/null 2>&1
  assert_equal "$(cgroup_dir "$(cat "$ISLE_TEST_DIR/pid")" pids)" "$dir/below"
  local controller=pids
  islet exec -d --pid-file "$ISLE_TEST_DIR/pid" --cgroup "$controller:/below" one sleep 100 </dev/null >/dev/null 2>&1
  assert_equal "$(cgroup_dir "$(cat "$ISLE_TEST_DIR/pid")" pids)" "$dir/below"
  local wrong
  for wrong in ../outside below/.. ./../one; do
    run islet exec --cgroup "$wrong" one true
    assert_failure 255
    assert_output --partial "components are not allowed"
  done
  run islet exec --cgroup missing one true
  assert_failure 255
  assert_output --partial "has no such group"
  run islet exec --cgroup nothing:below one true
  assert_failure 255
  assert_output --partial "is no controller"
  islet delete -f one
  assert_not_exists "$dir"
}

@test "islet exec --ignore-paused: starts once the container goes on" {
  require_root
  require_controller freezer
  make_bundle sleep 100
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  islet pause one
  run islet exec one true
  assert_failure 255
  assert_output --partial "--ignore-paused"
  islet exec --ignore-paused one touch /done </dev/null >/dev/null 2>&1 &
  local waiting=$!
  sleep 0.2
  assert_not_exists "$bundle/rootfs/done"
  islet resume one
  wait "$waiting"
  assert_exists "$bundle/rootfs/done"
  islet delete -f one
}

# receive SOCKET OUT: the message's text, and the pid behind the descriptor that comes with it.
receive() {
  python3 - "$1" >"$2" 3>&- 8>&- <<'PY' &
import array, os, socket, sys
s = socket.socket(socket.AF_UNIX)
s.bind(sys.argv[1])
s.listen(1)
s.settimeout(60)
c, _ = s.accept()
text, ancillary, _, _ = c.recvmsg(100, socket.CMSG_SPACE(4))
fd = array.array("i", ancillary[0][2])[0]
info = open(f"/proc/self/fdinfo/{fd}").read()
print(text.decode(), [l.split()[1] for l in info.splitlines() if l.startswith("Pid:")][0])
PY
  receiver=$!
  wait_until -t 60 test -S "$1"
}

@test "islet: --pidfd-socket gets a pidfd of the process" {
  require_root
  require_program python3
  make_bundle sleep 100
  receive "$ISLE_TEST_DIR/s1" "$ISLE_TEST_DIR/out"
  islet create -b "$bundle" --pidfd-socket "$ISLE_TEST_DIR/s1" one </dev/null >/dev/null 2>&1
  wait "$receiver"
  assert_equal "$(cat "$ISLE_TEST_DIR/out")" "standard $(pid_of one)"
  islet start one
  receive "$ISLE_TEST_DIR/s2" "$ISLE_TEST_DIR/out"
  islet exec -d --pidfd-socket "$ISLE_TEST_DIR/s2" --pid-file "$ISLE_TEST_DIR/pid" one sleep 100 </dev/null >/dev/null 2>&1
  wait "$receiver"
  assert_equal "$(cat "$ISLE_TEST_DIR/out")" "setns $(cat "$ISLE_TEST_DIR/pid")"
  islet delete -f one
  run islet run -b "$bundle" --pidfd-socket "$ISLE_TEST_DIR/nobody" two
  assert_failure 1
  assert_output --partial "pidfd socket"
  run -0 islet list -q
  refute_output
}

@test "islet: HOME comes from the container's passwd file when nobody sets it" {
  require_root
  make_bundle sh -c 'echo $HOME'
  sed -i 's/, "HOME=\/"//' "$bundle/config.json"
  run -0 islet run -b "$bundle" one
  assert_output /
  # By a link that leaves the root file system, read inside it.
  echo 'root:x:0:0:root:/root:/bin/sh' >"$bundle/rootfs/etc/users"
  ln -s ../../../../etc/users "$bundle/rootfs/etc/passwd"
  run -0 islet run -b "$bundle" one
  assert_output /root
  echo 'someone:x:7:7::/home/seven:/bin/sh' >>"$bundle/rootfs/etc/users"
  sed -i 's/"echo $HOME"/"sleep 100"/' "$bundle/config.json"
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  run -0 islet exec -u 7:7 one sh -c 'echo $HOME'
  assert_output /home/seven
  run -0 islet exec -u 8 -e HOME=/mine one sh -c 'echo $HOME'
  assert_output /mine
  islet delete -f one
}

@test "islet: a created container goes without --force" {
  require_root
  make_bundle sleep 100
  islet create -b "$bundle" one </dev/null >/dev/null 2>&1
  local pid; pid=$(pid_of one)
  islet delete one
  assert_ended "$pid"
  run -0 islet list -q
  refute_output
}

# hooks KIND COMMAND: a member of the document.
hooks() { printf '"hooks": {"%s": [{"path": "/bin/sh", "args": ["sh", "-c", "%s"]}]},' "$@"; }

@test "islet: a poststart hook that fails ends the container" {
  require_root
  make_bundle --top "$(hooks poststart 'echo no >&2; exit 3')" sleep 100
  run islet run -d -b "$bundle" one
  assert_failure 1
  assert_output --partial 'hooks.poststart[0] "/bin/sh": it ended with status 3: no'
  islet create -b "$bundle" one </dev/null >/dev/null 2>&1
  local pid; pid=$(pid_of one)
  run islet start one
  assert_failure 1
  assert_output --partial "hooks.poststart[0]"
  assert_ended "$pid"
  run -0 islet list -q
  refute_output
}

@test "islet: hooks have the caller's environment unless they name one, and write where an annotation says" {
  require_root
  export ISLET_TEST_WORD=tell
  make_bundle --top "$(hooks createRuntime 'echo $ISLET_TEST_WORD; echo bad >&2')
    \"annotations\": {\"run.oci.hooks.stdout\": \"$ISLE_TEST_DIR/out\",
      \"run.oci.hooks.stderr\": \"$ISLE_TEST_DIR/err\"}," true
  run -0 islet run -b "$bundle" one
  refute_output
  assert_equal "$(cat "$ISLE_TEST_DIR/out")" tell
  assert_equal "$(cat "$ISLE_TEST_DIR/err")" bad
}

@test "islet: annotations of crun that change the process; others are left alone" {
  require_root
  require_program setpriv
  local groups='"annotations": {"run.oci.keep_original_groups": "1", "run.oci.nobody.knows": "x"},'
  make_bundle --top "$groups" id -G
  run -0 setpriv --groups 5,6 "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" run -b "$bundle" one
  assert_output "0 5 6"
  make_bundle id -G
  run -0 setpriv --groups 5,6 "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" run -b "$bundle" one
  assert_output 0

  local filter='"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["nosuchcall"], "action": "SCMP_ACT_ERRNO"}]},'
  make_bundle --linux "$filter" true
  run -0 islet run -b "$bundle" one
  make_bundle --linux "$filter" --top '"annotations": {"run.oci.seccomp_fail_unknown_syscall": "1"},' true
  run islet run -b "$bundle" one
  assert_failure 1
  assert_output --partial 'linux.seccomp.syscalls[0].names: "nosuchcall"'
  rm -r "$ISLE_RUN/islet/.seccomp"
}

@test "islet: a device that is listed is made, and no more than that is allowed" {
  require_root
  make_bundle --linux '"devices": [{"path": "/dev/foo/", "type": "c", "major": 251, "minor": 1, "fileMode": 438,
    "uid": 1, "gid": 2}],' sh -c 'stat -c "%F %a %u:%g %t:%T" /dev/foo; cat /dev/foo'
  run islet run -b "$bundle" one
  assert_failure 1
  assert_output --partial "character special file 666 1:2 fb:1"
  assert_output --partial "Operation not permitted"
}

@test "islet: --log takes crun's kinds, those it has" {
  run islet --log "file:$ISLE_TEST_DIR/log" state nothing
  assert_failure 1
  grep -q 'does not exist' "$ISLE_TEST_DIR/log"
  run islet --log journald:id list
  assert_failure 1
  assert_output --partial "journald"
}
