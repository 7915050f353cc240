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
s.settimeout(10)
c, _ = s.accept()
text, ancillary, _, _ = c.recvmsg(100, socket.CMSG_SPACE(4))
fd = array.array("i", ancillary[0][2])[0]
info = open(f"/proc/self/fdinfo/{fd}").read()
print(text.decode(), [l.split()[1] for l in info.splitlines() if l.startswith("Pid:")][0])
PY
  receiver=$!
  wait_until test -S "$1"
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
