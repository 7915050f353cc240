# isle ns unshare, enter, exec, pin: unshare(1)'s and nsenter(1)'s options, and what goes wrong there.
load ../helpers

# A sleeper in namespaces of its own: its process is in `sleeper`.
start_sleeper() {
  "$ISLE_BIN_DIR/isle" ns unshare --fork --kill-child "$@" -- sleep 1000 8>&- 3>&- &
  outer=$!
  wait_until has_child
  sleeper=$(children_of_outer)
}
children_of_outer() { pgrep -P "$outer" -x sleep; }
has_child() { [ -n "$(children_of_outer)" ]; }
end_sleeper() { kill -KILL "$sleeper"; wait "$outer" || true; }

@test "ns unshare: six kinds move the caller, PID and time its children" {
  require_root
  run -0 isle ns unshare --uts --ipc --net --mount --cgroup --user -- readlink /proc/self/ns/uts \
    /proc/self/ns/ipc /proc/self/ns/net /proc/self/ns/mnt /proc/self/ns/cgroup /proc/self/ns/user
  local kind
  for kind in uts ipc net mnt cgroup user; do refute_output --partial "$(readlink /proc/self/ns/$kind)"; done
  run -0 isle ns unshare --pid -- readlink /proc/self/ns/pid
  assert_line "$(readlink /proc/self/ns/pid)"
  assert_output --partial "once that has ended every fork fails with ENOMEM"
  run -0 isle ns unshare --pid --fork -- readlink /proc/self/ns/pid
  refute_output "$(readlink /proc/self/ns/pid)"
}

@test "ns unshare: a procfs of its own, a root, a directory, a status" {
  require_root
  run -0 isle ns unshare --pid --fork --mount-proc -- sh -c 'echo $$; echo /proc/[0-9]*; pwd'
  assert_line 1
  assert_line /proc/1
  assert_line "$PWD"
  run -0 isle ns unshare --mount --wd /usr -- pwd
  assert_output /usr
  run -3 isle ns unshare --uts --fork -- sh -c 'exit 3'
  run -127 isle ns unshare --uts -- no-such-command
  run -143 isle ns unshare --uts --fork -- sh -c 'kill -TERM $$'
}

@test "ns unshare: maps of users: root, oneself, ranges, and what is wrong with a map" {
  require_root
  run -0 isle ns unshare --user -- id -u
  assert_output "$(cat /proc/sys/kernel/overflowuid)"
  run -0 run_as_user isle ns unshare -r -- sh -c 'id -u; cat /proc/self/setgroups'
  assert_output $'0\ndeny'
  run -0 run_as_user isle ns unshare --map-current-user -- id -u
  assert_output "$ISLE_TEST_UID"
  run -0 isle ns unshare --map-users 0:1000:10 --map-groups 1000,0,10 -- \
    sh -c 'tr -s " " </proc/self/uid_map; tr -s " " </proc/self/gid_map; id -u'
  assert_line 0 " 0 1000 10"
  assert_line 1 " 0 1000 10"
  assert_line 2 "$(cat /proc/sys/kernel/overflowuid)"
  run -125 isle ns unshare --map-users 0:1000:10 --map-users 5:3000:10 -- true
  assert_output --partial overlap
  run -125 isle ns unshare --map-users 0:x:10 -- true
  assert_output --partial '"x"'
  run -125 run_as_user isle ns unshare --map-users 0:1000:10 -- true
  assert_output --partial "newuidmap"
}

@test "ns unshare: ranges of /etc/subuid come through newuidmap for an ordinary user" {
  require_root
  require_program newuidmap
  # A private /etc/subuid, in a mount namespace of the test's own.
  printf '%s:200000:1000\n' "$ISLE_TEST_UID" >"$ISLE_TEST_DIR/subids"
  cp /etc/passwd "$ISLE_TEST_DIR/passwd"
  echo "isle-test:x:$ISLE_TEST_UID:$ISLE_TEST_UID::/:/bin/sh" >>"$ISLE_TEST_DIR/passwd"
  chmod 0644 "$ISLE_TEST_DIR/subids" "$ISLE_TEST_DIR/passwd"
  run -0 unshare --mount --propagation private bash -euc "
    BATS_VERSION=
    source '$ISLE_TESTS_DIR/helpers.bash'
    ISLE_TEST_DIR='$ISLE_TEST_DIR'
    mount --bind '$ISLE_TEST_DIR/passwd' /etc/passwd
    mount --bind '$ISLE_TEST_DIR/subids' /etc/subuid
    mount --bind '$ISLE_TEST_DIR/subids' /etc/subgid
    run_as_user isle ns unshare --map-root-user --map-auto -- cat /proc/self/uid_map" 3>&- 8>&-
  assert_output --regexp "0 +$ISLE_TEST_UID +1"
  assert_output --regexp "1 +200000 +1000"
}

@test "ns unshare: offsets of the clocks" {
  require_root
  require_namespace time
  local host
  host=$(cut -d. -f1 /proc/uptime)
  run -0 isle ns unshare --boottime 100000 -- cut -d. -f1 /proc/uptime
  assert_between "$output" $((host + 100000)) $((host + 100010))
  run -125 isle ns unshare --monotonic soon -- true
  assert_output --partial '"soon"'
}

@test "ns unshare: what the kernel refuses is said with its rule" {
  require_root
  run -125 run_as_user isle ns unshare --uts -- true
  assert_output --partial "EPERM"
  assert_output --partial "--map-root-user"
  run -125 isle ns unshare --propagation open -- true
  assert_output --partial '"open"'
  run -125 isle ns unshare --pid="$ISLE_TEST_DIR/kept" -- true
  assert_output --partial "add --fork"
  run -125 isle ns unshare --load-interp x -- true
  assert_output --partial "would be for this whole host"
  # A limit of the kernel: none of a kind may be made below a namespace that allows none.
  run -125 isle ns unshare -r -- sh -c "echo 0 >/proc/sys/user/max_uts_namespaces
    exec '$ISLE_BIN_DIR/isle' ns unshare --uts -- true"
  assert_output --partial ENOSPC
  assert_output --partial "isle ns limits"
}

@test "ns unshare and enter: every option of util-linux is known here" {
  require_program nsenter
  local tool name
  for tool in unshare:unshare nsenter:enter; do
    "${tool%:*}" --help | sed -nE 's/^ *(-[a-zA-Z][.,] )? *--([a-z-]+).*/\2/p' |
      grep -vxE 'help|version' >"$ISLE_TEST_DIR/theirs"
    [ "$(wc -l <"$ISLE_TEST_DIR/theirs")" -gt 12 ]
    while read -r name; do
      # Without what it needs a known flag says so; an unknown one is said to be unknown.
      run isle ns "${tool#*:}" "--$name" </dev/null
      refute_output --partial "unknown flag"
    done <"$ISLE_TEST_DIR/theirs"
  done
  run -125 isle ns enter --follow-context true
  assert_output --partial "not supported"
}

@test "ns unshare: for another owner, with another environment, with signals sent on" {
  require_root
  run -0 isle ns unshare --owner 4321:4321 --map-users 0:4321:1 --map-groups 0:4321:1 --uts -- \
    sh -c "id -u; '$ISLE_BIN_DIR/isle' ns show \$(readlink /proc/self/ns/user) | grep made"
  assert_line 0 0
  assert_output --regexp "made by +root" # as it is called inside
  # One's own id goes before a range that has it: the rest moves up.
  run -0 isle ns unshare -r --map-users 0:1000:10 -- sh -c 'tr -s " " </proc/self/uid_map'
  assert_output $' 0 0 1\n 1 1000 9'
  run -0 isle ns unshare --map-user 5 --map-user 7 -- id -u
  assert_output 7
  run -0 env -i A=1 B=2 "$ISLE_BIN_DIR/isle" ns unshare --uts --whitelist-env A,C -- /usr/bin/env
  assert_output A=1
  run -0 isle ns unshare --uts --clear-env -- /usr/bin/env
  assert_output ""
  # The child decides what the signal does.
  "$ISLE_BIN_DIR/isle" ns unshare --uts --forward-signals -- \
    bash -c "trap 'exit 9' TERM; touch '$ISLE_TEST_DIR/ready'; while :; do sleep .05; done" 3>&- 8>&- &
  local parent=$! status=0
  wait_until test -e "$ISLE_TEST_DIR/ready"
  kill -TERM "$parent"
  wait "$parent" || status=$?
  assert_equal "$status" 9
  grep -qw binfmt_misc /proc/filesystems || return 0
  local host
  host=$(ls /proc/sys/fs/binfmt_misc)
  printf 'isle-magic\n' >"$ISLE_TEST_DIR/program"
  chmod +x "$ISLE_TEST_DIR/program"
  run isle ns unshare -r --load-interp ':isle:M::isle-magic::/bin/cat:' -- "$ISLE_TEST_DIR/program"
  # Before Linux 6.7 a user namespace has none of its own.
  [[ $output == *EPERM* ]] || assert_output isle-magic
  assert_equal "$(ls /proc/sys/fs/binfmt_misc)" "$host"
}

@test "ns enter: by id, by a socket of the target's, as its user, and the user namespace above" {
  require_root
  require_program python3
  "$ISLE_BIN_DIR/isle" ns unshare --map-users 0:20000:100 --map-groups 0:20000:100 --net --uts \
    -S 33 -G 44 --fork --kill-child -- python3 -c '
import socket, time
s = socket.socket(socket.AF_UNIX)
time.sleep(1000)' 8>&- 3>&- &
  outer=$!
  has_socket() { sleeper=$(pgrep -P "$outer" -x python3) && [ -S "/proc/$sleeper/fd/3" ]; }
  wait_until has_socket
  run -0 isle ns enter --target "$sleeper" --net-socket 3 -- readlink /proc/self/ns/net /proc/self/ns/uts
  assert_line 0 "$(readlink "/proc/$sleeper/ns/net")"
  assert_line 1 "$(readlink /proc/self/ns/uts)"
  run -125 isle ns enter --target "$sleeper" --net-socket 0 -- true
  assert_output --partial "is no socket"
  # 20033 on the host is 33 inside.
  run -0 isle ns enter --target "$sleeper" --all --setuid follow --setgid follow -- sh -c 'id -u; id -g; id -G'
  assert_output $'33\n44\n44'
  run -0 isle ns enter --target "$sleeper" --uts --user-parent -- readlink /proc/self/ns/user
  assert_output "$(readlink "/proc/$sleeper/ns/user")"
  run -0 isle ns enter --target "$sleeper" --user --uts --user-parent -- readlink /proc/self/ns/user
  assert_output "$(readlink /proc/self/ns/user)"
  local id inode
  id=$(isle ns show "$(readlink "/proc/$sleeper/ns/uts")" --format '{{.Id}}')
  if [ "${id:-0}" != 0 ]; then
    run isle ns enter "--uts=:$id" -- readlink /proc/self/ns/uts
    [[ $output == *"no namespaces by handle"* ]] ||
      assert_output "$(readlink "/proc/$sleeper/ns/uts")"
    run -125 isle ns enter "--net=:$id" -- true
    assert_output --partial "no net namespace with the id $id"
  fi
  inode=$(python3 -c 'import os, sys; print(os.fstat(os.pidfd_open(int(sys.argv[1]))).st_ino)' "$sleeper")
  run -0 isle ns enter --target "$sleeper:$inode" --uts -- true
  run -125 isle ns enter --target "$sleeper:$((inode + 1))" --uts -- true
  assert_output --partial "another has its number"
  run -0 isle ns exec --setuid 7 "$sleeper" id -u
  assert_output 7
  run -125 isle ns enter --target "$sleeper" --wd --wdns / true
  assert_output --partial "two working directories"
  end_sleeper
}

@test "ns enter: only the kinds that are named; others are said to be what they are" {
  require_root
  start_sleeper --uts --net
  run -0 isle ns enter --target "$sleeper" --uts -- hostname entered
  run -0 isle ns enter --target "$sleeper" --uts -- hostname
  assert_output entered
  assert_not_equal "$(hostname)" entered
  run -0 isle ns enter --target "$sleeper" --uts -- readlink /proc/self/ns/net
  assert_output "$(readlink /proc/self/ns/net)"
  run -0 isle ns enter --target "$sleeper" --all -- readlink /proc/self/ns/net
  assert_output "$(readlink "/proc/$sleeper/ns/net")"
  run -0 isle ns enter "--net=/proc/$sleeper/ns/net" readlink /proc/self/ns/net
  assert_output "$(readlink "/proc/$sleeper/ns/net")"
  run -125 isle ns enter "--uts=/proc/$sleeper/ns/net" true
  assert_output --partial EINVAL
  assert_output --partial "of the kind net"
  run -125 isle ns enter --uts=/etc/passwd true
  assert_output --partial "is no namespace"
  run -125 isle ns enter --uts true
  assert_output --partial "no target"
  end_sleeper
}

@test "ns enter: a PID namespace is entered by children; its own tools see it" {
  require_root
  start_sleeper --pid --mount-proc
  run -0 isle ns enter --target "$sleeper" --pid --mount --root -- sh -c 'echo /proc/[0-9]*; cat /proc/1/comm'
  assert_output --partial "/proc/1 "
  assert_line sleep
  run -0 isle ns enter --target "$sleeper" --pid --no-fork -- readlink /proc/self/ns/pid
  assert_output "$(readlink /proc/self/ns/pid)"
  end_sleeper
}

@test "ns enter: an ordinary user joins what is his" {
  require_root
  run -0 run_as_user bash -euc '
    isle ns unshare -r --uts --fork --kill-child sleep 1000 &
    outer=$!
    until sleeper=$(pgrep -P $outer -x sleep); do sleep .02; done
    isle ns enter --target $sleeper --user --uts -- sh -c "hostname mine; hostname; id -u"
    isle ns enter --target $sleeper --user --preserve-credentials -- id -u
    kill -KILL $sleeper; wait $outer || true'
  assert_line mine
  assert_line 0
  run -125 run_as_user isle ns enter --target $$ --net -- true
  assert_output --partial "ptrace(2)"
}

@test "ns enter: a descriptor that comes over a UNIX socket, and a pidfd" {
  require_root
  require_program python3
  start_sleeper --uts
  isle ns enter --target "$sleeper" --uts -- hostname by-socket
  python3 -c '
import os, socket, sys
path, pid = sys.argv[1:]
listener = socket.socket(socket.AF_UNIX)
listener.bind(path)
listener.listen(1)
other, _ = listener.accept()
socket.send_fds(other, [b"x"], [os.open(f"/proc/{pid}/ns/uts", os.O_RDONLY)])' \
    "$ISLE_TEST_DIR/wire" "$sleeper" 8>&- 3>&- &
  wait_until test -S "$ISLE_TEST_DIR/wire"
  run -0 isle ns enter --socket "$ISLE_TEST_DIR/wire" -- hostname
  assert_output by-socket
  run -0 python3 -c '
import os, subprocess, sys
pidfd = os.pidfd_open(int(sys.argv[2]))
os.set_inheritable(pidfd, True)
print(subprocess.run([sys.argv[1], "ns", "enter", "--target", f"pidfd:{pidfd}", "--uts", "hostname"],
                     close_fds=False, capture_output=True, text=True).stdout, end="")' \
    "$ISLE_BIN_DIR/isle" "$sleeper"
  assert_output by-socket
  end_sleeper
}

@test "ns exec and enter: containers by name; --explain tells each step" {
  require_root
  isle run -d --name ns-target --hostname inner busybox sleep 100 >/dev/null
  run -0 isle ns exec ns-target hostname
  assert_output inner
  run -0 isle ns enter --target ns-target --uts -- hostname
  assert_output inner
  run -0 isle ns exec --explain ns-target true
  assert_output --partial "setns(CLONE_NEWUTS)"
  assert_output --partial "chroot"
  isle rm -f ns-target >/dev/null
}

@test "ns pin: kept without a process, by names that ip netns knows, too" {
  require_root
  require_program ip
  run -0 unshare --mount --propagation private bash -euc "
    mount -t tmpfs tmpfs /run
    isle() { '$ISLE_BIN_DIR/isle' \"\$@\"; }
    isle ns pin web
    ip netns list
    ip netns add theirs
    isle ns exec theirs ip -o link | grep -c 'lo:'
    isle ns pin
    isle ns pin web || echo taken
    isle ns show /run/netns/web | grep bind
    isle ns unpin web
    ip netns delete theirs
    isle ns pin
    isle ns unpin web || echo gone
    isle ns pin --kind uts --target \$\$ names
    isle ns exec names readlink /proc/self/ns/uts
    isle ns pin --kind uts other
    isle ns unpin names
    isle ns exec other true && echo other stays
    isle ns unpin other
    [ -e /run/isle-ns ] || echo no directory left
    isle ns pin --kind pid new || true
    isle ns pin a/b || true" 3>&- 8>&-
  assert_line web
  assert_line 1
  assert_line --partial "/run/netns/theirs"
  assert_line taken
  assert_line --partial "it is bind mounted at /run/netns/web"
  assert_line gone
  assert_line "$(readlink /proc/self/ns/uts)"
  assert_line "other stays"
  assert_line "no directory left"
  assert_output --partial "cannot be kept without a process"
  assert_output --partial '"a/b" is no name'
}
