# islet run: the command's status, its descriptors, its terminal, signals; nothing stays.
load ../helpers
load ../islet-bundle

@test "islet run: the status is the command's, 128+N for a signal" {
  require_root
  make_bundle sh -c 'exit 7'
  run islet run -b "$bundle" one
  assert_failure 7
  make_bundle sh -c 'echo $$; kill -9 $$; exit 3'
  run islet run -b "$bundle" one
  assert_failure 3 # its own KILL does not reach process 1
  assert_output 1
  make_bundle sh -c 'ulimit -c 0; exec sh -c "kill -TERM \$\$; true"'
  run islet run -b "$bundle" one
  assert_success # nor does any other signal that it does not handle
  make_bundle sleep 300
  islet run -b "$bundle" one &
  local runner=$!
  wait_until has_status one running
  islet kill one KILL
  local status=0; wait "$runner" || status=$?
  assert_equal "$status" 137
  run -0 islet list -q
  refute_output
}

@test "islet run: a spec that names no capabilities gives none" {
  require_root
  make_bundle grep Cap /proc/self/status
  run -0 islet run -b "$bundle" one
  local set
  for set in Inh Prm Eff Bnd Amb; do assert_line --partial "Cap$set:	0000000000000000"; done
}

@test "islet run: stdin, stdout and stderr are the caller's own" {
  require_root
  make_bundle sh -c 'cat; echo problem >&2'
  run -0 --separate-stderr islet run -b "$bundle" one <<<"through"
  assert_output through
  assert_equal "$stderr" problem
}

@test "islet run: signals reach process 1, its status comes back" {
  require_root
  make_bundle sh -c 'trap "echo got it; exit 5" USR1; echo ready; while :; do sleep 0.05; done'
  islet run -b "$bundle" one >"$ISLE_TEST_DIR/out" &
  local runner=$!
  wait_until grep -q ready "$ISLE_TEST_DIR/out"
  # The shell's child is bash; islet is below it.
  local islet_pid; islet_pid=$(children_of "$runner" | head -n 1)
  kill -USR1 "${islet_pid:-$runner}"
  local status=0; wait "$runner" || status=$?
  assert_equal "$status" 5
  grep -q "got it" "$ISLE_TEST_DIR/out"
}

@test "islet run: --keep leaves the stopped container" {
  require_root
  make_bundle true
  islet run --keep -b "$bundle" one
  [ "$(status_of one)" = stopped ]
  islet delete one
}

@test "islet run: a command that is not there is named, and nothing stays" {
  require_root
  make_bundle nosuch
  run islet run -b "$bundle" one
  assert_failure 1
  assert_output --partial "execute nosuch"
  assert_output --partial "No such file or directory (ENOENT)"
  run -0 islet list -q
  refute_output
}

@test "islet run: a terminal is relayed: a pty of its own inside, its size is the caller's" {
  require_root
  require_program script
  make_bundle --terminal sh -c 'tty; stty size; echo >/dev/console console; test -t 0 && test -t 1 && echo both; exit 6'
  cat >"$ISLE_TEST_DIR/on-tty" <<EOF
stty rows 33 cols 91
"$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" run -b "$bundle" one
echo "status \$?"
stty -a | grep -o -- '[-]*echo ' | head -n 1
EOF
  run -0 script -qec "sh $ISLE_TEST_DIR/on-tty" /dev/null </dev/null
  output=${output//$'\r'/}
  mapfile -t lines <<<"$output"
  assert_line --partial /dev/pts/0
  assert_line --partial console
  assert_line --partial "33 91"
  assert_line --partial both
  assert_line --partial "status 6"
  assert_line --partial "echo " # the caller's terminal is as it was
}

@test "islet run: a terminal for nobody is refused" {
  make_bundle --terminal true
  run islet run -d -b "$bundle" one
  assert_failure 1
  assert_output --partial "nobody would hold the terminal"
  run islet create -b "$bundle" one
  assert_failure 1
  make_bundle --name plain true
  run islet create -b "$bundle" --console-socket /nowhere one
  assert_failure 1
  assert_output --partial "process.terminal is false"
}

@test "islet run: the console socket gets the master" {
  require_root
  require_program python3
  make_bundle --terminal sh -c 'echo from the container; sleep 30'
  local socket=$ISLE_TEST_DIR/console
  python3 - "$socket" >"$ISLE_TEST_DIR/got" 3>&- 8>&- <<'EOF' &
import os, socket, sys
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
connection, _ = listener.accept()
_, fds, _, _ = socket.recv_fds(connection, 64, 1)
print(os.read(fds[0], 100).decode().strip(), os.isatty(fds[0]), flush=True)
EOF
  local receiver=$!
  wait_until -t 20 test -S "$socket"
  islet run -d -b "$bundle" --console-socket "$socket" one </dev/null >/dev/null 2>&1
  wait "$receiver"
  assert_equal "$(cat "$ISLE_TEST_DIR/got")" "from the container True"
  islet delete --force one
}

@test "islet run: a console socket that nobody listens on leaves no container" {
  require_root
  make_bundle --terminal sleep 30
  run islet run -d -b "$bundle" --console-socket "$ISLE_TEST_DIR/none" one
  assert_failure 1
  assert_output --partial "console socket"
  run -0 islet list -q
  refute_output
}

@test "islet run: --preserve-fds hands on so many, and no other" {
  require_root
  make_bundle sh -c 'ls /proc/self/fd | tr "\n" " "; cat <&4'
  echo handed >"$ISLE_TEST_DIR/handed"
  # bats' own 3 and the lock's 8 are closed by the helper.
  run -0 "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" run -b "$bundle" --preserve-fds 2 one \
    3</dev/null 4<"$ISLE_TEST_DIR/handed" 5</dev/null
  assert_output --partial handed
  refute_output --partial " 6 "
  assert_match "$output" '^0 1 2 3 4 '
}

@test "islet run: an unknown member of config.json is a warning, a wrong one an error" {
  require_root
  make_bundle --top '"novel": 1,' true
  run -0 islet run -b "$bundle" one
  assert_output --partial "novel"
  sed -i 's/"cwd": "\/"/"cwd": 5/' "$bundle/config.json"
  run islet run -b "$bundle" one
  assert_failure 1
  assert_output --partial "process.cwd"
}

@test "islet run: without config.json the message says how to get one" {
  mkdir "$ISLE_TEST_DIR/empty"
  run islet run -b "$ISLE_TEST_DIR/empty" one
  assert_failure 1
  assert_output --partial "config.json"
  assert_output --partial "islet spec"
}

@test "islet run: an ordinary user's container is root inside and the user outside" {
  require_root
  require_namespace user
  make_bundle --namespaces 'pid ipc uts mount user' --linux '"uidMappings": [{"containerID": 0,
    "hostID": 12345, "size": 1}], "gidMappings": [{"containerID": 0, "hostID": 12345, "size": 1}],' \
    sh -c 'id -u; echo made >/tmp/made'
  chown -R 12345:12345 "$bundle"
  chmod 0755 "$ISLE_TEST_DIR"
  run -0 run_as_user islet --root "$ISLE_TEST_DIR/user/run/islet" run -b "$bundle" one
  assert_output 0
  assert_equal "$(stat -c %u "$bundle/rootfs/tmp/made")" 12345
}

@test "islet run: a cgroup mount shows no hierarchy in which the container has no group" {
  require_root
  [ "$(cgroup_mode)" != v2 ] || skip "one hierarchy only"
  make_bundle --namespaces "pid mount uts cgroup" --mounts '{"destination": "/sys/fs/cgroup", "type": "cgroup",
    "source": "cgroup", "options": ["rw"]},' \
    sh -c 'cd /sys/fs/cgroup; for h in *; do test -e $h/release_agent && echo "$h is the top"; mkdir $h/isle-hole; done; echo seen; ls'
  run -0 islet run -b "$bundle" one
  assert_line seen
  assert_line memory
  refute_output --partial "is the top"
  run ! compgen -G "/sys/fs/cgroup/*/isle-hole"
}
