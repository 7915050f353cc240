# islet exec: one more process in a running container, as asked and no otherwise.
load ../helpers
load ../islet-bundle

start_box() {
  require_root
  make_bundle "$@" sleep 300
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
}
end_box() { islet delete --force one; }

@test "islet exec: it is in the container's namespaces and root, the status is the command's" {
  start_box
  run islet exec one sh -c 'hostname; ls /; cat /proc/1/comm; readlink /proc/self/ns/uts; exit 9'
  assert_failure 9
  assert_line 0 box
  assert_line bin
  assert_line sleep
  assert_line "$(ns_of "$(pid_of one)" uts)"
  end_box
}

@test "islet exec: user, groups, environment and directory are those asked" {
  start_box
  run -0 islet exec -u 1000:100 -g 7 -g 8,9 -e A=1 --env B=2 --cwd /tmp one \
    sh -c 'id -u; id -g; id -G; echo "$A$B"; pwd'
  assert_output "1000
100
100 7 8 9
12
/tmp"
  end_box
}

@test "islet exec: a user that is not a number is refused, and never root" {
  start_box
  local user
  for user in 1000x ' 1000' +0 -1 0x0 4294967296 4294967295 '' '1000:' ':5' 1000:x root 1e3; do
    run islet exec --user "$user" one id
    assert_failure 255
    assert_output --partial "is not UID[:GID]"
    refute_output --partial "uid=0"
  done
  end_box
}

@test "islet exec: capabilities are the container's, and --cap adds one" {
  start_box --process '"capabilities": {"bounding": ["CAP_KILL"], "permitted": ["CAP_KILL"],
    "effective": ["CAP_KILL"]},'
  run -0 islet exec one grep CapEff /proc/self/status
  assert_output --partial 0000000000000020
  run -0 islet exec --cap CAP_CHOWN one grep CapEff /proc/self/status
  assert_output --partial 0000000000000021
  run -0 islet exec one grep CapInh /proc/self/status
  assert_output --partial 0000000000000000
  run islet exec --cap CAP_NOSUCH one true
  assert_failure 255
  end_box
}

@test "islet exec: detached, it goes on and its pid is written" {
  start_box
  islet exec -d --pid-file "$ISLE_TEST_DIR/pid" one sleep 77
  local pid; pid=$(cat "$ISLE_TEST_DIR/pid")
  assert_equal "$(tr '\0' ' ' <"/proc/$pid/cmdline")" "sleep 77 "
  assert_equal "$(ns_of "$pid" pid)" "$(ns_of "$(pid_of one)" pid)"
  run -0 islet ps one
  assert_output --partial "sleep 77"
  assert_output --partial "sleep 300"
  assert_equal "${#lines[@]}" 3
  end_box
  assert_ended "$pid"
}

@test "islet exec: --process takes the specification's document" {
  start_box
  echo '{"args": ["sh", "-c", "id -u; pwd"], "cwd": "/bin", "user": {"uid": 5, "gid": 5},
    "env": ["PATH=/bin"]}' >"$ISLE_TEST_DIR/process.json"
  run -0 islet exec --process "$ISLE_TEST_DIR/process.json" one
  assert_output "5
/bin"
  run islet exec --process "$ISLE_TEST_DIR/process.json" one true
  assert_failure 255
  end_box
}

@test "islet exec: a terminal of its own" {
  require_program script
  start_box
  run -0 script -qec "$ISLE_BIN_DIR/islet --root $ISLE_RUN/islet exec -t one sh -c 'test -t 0 && tty; exit 0'" /dev/null </dev/null
  assert_output --partial /dev/pts/0
  run islet exec -t -d one true
  assert_failure 255
  assert_output --partial "nobody would hold the terminal"
  end_box
}

@test "islet exec: what cannot be run is named" {
  start_box
  run islet exec one nosuch
  assert_failure 255
  assert_output --partial "nosuch"
  assert_output --partial "ENOENT"
  run islet exec one
  assert_failure 255
  assert_output --partial "exec has no command"
  run islet exec nowhere true
  assert_failure 255
  assert_output --partial 'container "nowhere" does not exist'
  run islet exec --cgroup x:y one true
  assert_failure 255
  assert_output --partial "is no controller"
  end_box
}
