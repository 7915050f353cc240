# islet --systemd-cgroup: the container's control group is a scope that systemd makes. Run where
# systemd is process 1 (tools/test-in-vm KERNEL --systemd FILE); elsewhere the missing bus is named.
load ../helpers
load ../islet-bundle

require_systemd() {
  require_root
  [ -d /run/systemd/system ] || skip "systemd is not process 1 here"
}
# show UNIT PROPERTY: its value.
show() { systemctl show -P "$2" "$1"; }
with_systemd() { islet --systemd-cgroup "$@"; }
LIMITS='"resources": {"memory": {"limit": 67108864}, "pids": {"limit": 30},
  "cpu": {"shares": 512, "quota": 50000, "period": 100000},
  "devices": [{"allow": false, "access": "rwm"}]},'

@test "systemd: without one, the bus that is missing is named and nothing is made" {
  require_root
  [ ! -d /run/systemd/system ] || skip "systemd is process 1 here"
  make_bundle true
  run with_systemd run -b "$bundle" one
  assert_failure 1
  assert_output --partial "systemd cannot be reached: no bus at"
  assert_output --partial "/run/systemd/private"
  assert_output --partial "--cgroup-manager=cgroupfs"
  run islet --cgroup-manager systemd plan "$bundle"
  assert_failure 1
  assert_output --partial "systemd cannot be reached"
  # An ordinary user's is another one.
  make_bundle --name users --namespaces "user mount" --linux "
    \"uidMappings\": [{\"containerID\": 0, \"hostID\": $ISLE_TEST_UID, \"size\": 1}],
    \"gidMappings\": [{\"containerID\": 0, \"hostID\": $ISLE_TEST_UID, \"size\": 1}]," true
  run run_as_user islet --systemd-cgroup plan "$bundle"
  assert_failure 1
  assert_output --partial "the user's systemd cannot be reached"
  assert_output --partial "/user/xdg/systemd/private"
  run -0 islet list -q
  refute_output
}

@test "systemd: the program that talks to it is asked for by name" {
  require_root
  make_bundle true
  mkdir "$ISLE_TEST_DIR/alone"
  cp "$ISLE_BIN_DIR/islet" "$ISLE_TEST_DIR/alone/"
  run "$ISLE_TEST_DIR/alone/islet" --root "$ISLE_RUN/islet" --systemd-cgroup run -b "$bundle" one
  assert_failure 1
  assert_output --partial "$ISLE_TEST_DIR/alone/isle-systemd"
  assert_output --partial "belongs beside this program"
}

@test "systemd: the scope is there with the limits, and gone with the container" {
  require_systemd
  make_bundle --linux "$LIMITS" sleep 1000
  with_systemd run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  local unit=islet-one.scope group
  group=$(cgroup_dir "$(pid_of one)" memory)
  assert_match "$group" '/system.slice/islet-one.scope$'
  assert_equal "$(show $unit ActiveState)" active
  assert_equal "$(show $unit Delegate)" yes
  assert_equal "$(show $unit Slice)" system.slice
  assert_equal "$(show $unit Description)" "container one"
  assert_equal "$(show $unit MemoryMax)" 67108864
  assert_equal "$(show $unit TasksMax)" 30
  assert_equal "$(show $unit CPUWeight)" 59
  assert_equal "$(show $unit CPUQuotaPerSecUSec)" 500ms
  assert_equal "$(show $unit DevicePolicy)" strict
  assert_equal "$(cat "$group/memory.max")" 67108864
  assert_equal "$(cat "$group/pids.max")" 30
  # A reload writes the files anew.
  run -0 systemctl daemon-reload
  assert_equal "$(cat "$group/memory.max")" 67108864
  assert_equal "$(cat "$group/cpu.max")" "50000 100000"
  run -0 islet exec one sh -c 'echo 1 >/dev/null && head -c 4 /dev/zero | wc -c && cat /proc/self/cgroup'
  assert_line 4
  assert_output --partial islet-one.scope
  # An update is told to systemd, and holds after a reload.
  run -0 islet update --pids-limit 40 --memory 83886080 one
  assert_equal "$(show $unit TasksMax)" 40
  run -0 systemctl daemon-reload
  assert_equal "$(cat "$group/pids.max")" 40
  assert_equal "$(cat "$group/memory.max")" 83886080
  run -0 islet delete --force one
  assert_equal "$(show $unit LoadState)" not-found
  assert_not_exists "$group"
}

@test "systemd: a container that ends leaves neither a scope nor a failed unit" {
  require_systemd
  make_bundle --linux "$LIMITS" sh -c 'sleep 1000 & kill -9 $!; exit 3'
  run with_systemd run -b "$bundle" one
  assert_failure 3
  assert_equal "$(show islet-one.scope LoadState)" not-found
  # The kernel's OOM killer makes systemd call it failed.
  make_bundle --name eater --linux "$LIMITS" sh -c 'head -c 200000000 /dev/zero | tail'
  run ! with_systemd run -b "$bundle" one
  assert_equal "$(show islet-one.scope LoadState)" not-found
  run -0 systemctl list-units --all --plain --no-legend 'islet-*'
  refute_output
}

@test "systemd: the slice's dashes are its levels, annotations are properties" {
  require_systemd
  make_bundle --linux '"cgroupsPath": "isle-e9.slice:pre:one",' --top '"annotations": {
    "org.systemd.property.TimeoutStopSec": "3", "org.systemd.property.CollectMode": "'"'inactive-or-failed'"'"},' sleep 1000
  with_systemd run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  assert_match "$(cgroup_dir "$(pid_of one)" memory)" '/isle.slice/isle-e9.slice/pre-one.scope$'
  assert_equal "$(show pre-one.scope TimeoutStopUSec)" 3s
  assert_equal "$(show pre-one.scope CollectMode)" inactive-or-failed
  run -0 islet delete --force one
  systemctl stop isle-e9.slice isle.slice
}

@test "systemd: what systemd refuses is told in its words, and nothing stays" {
  require_systemd
  make_bundle --top '"annotations": {"org.systemd.property.NoSuchThing": "uint64 1"},' true
  run with_systemd run -b "$bundle" one
  assert_failure 1
  assert_output --partial NoSuchThing
  assert_output --partial "StartTransientUnit(islet-one.scope)"
  run -0 islet list -q
  refute_output
  # A living unit of that name is not taken over.
  systemd-run --quiet --unit islet-one.scope --scope sleep 1000 3>&- 8>&- &
  wait_until is_active islet-one.scope
  make_bundle --name plain true
  run with_systemd run -b "$bundle" one
  assert_failure 1
  assert_output --partial "islet-one.scope"
  assert_output --partial "stop it with systemctl"
  assert_equal "$(show islet-one.scope ActiveState)" active
  systemctl stop islet-one.scope
  wait
  make_bundle --name wrong --linux '"cgroupsPath": "/not/systemd",' true
  run with_systemd run -b "$bundle" one
  assert_failure 1
  assert_output --partial "SLICE:PREFIX:NAME"
}
is_active() { [ "$(show "$1" ActiveState)" = active ]; }

@test "systemd: a container whose making fails half way leaves no scope" {
  require_systemd
  make_bundle /no/such/command
  run ! with_systemd run -b "$bundle" one
  assert_equal "$(show islet-one.scope LoadState)" not-found
  run -0 islet list -q
  refute_output
}

@test "systemd: an ordinary user's container is a scope of his own systemd" {
  require_systemd
  # A user whom the passwd file knows, as pam_systemd wants.
  local uid=65534 dir=$ISLE_TEST_DIR/nobody group
  systemctl start "user@$uid.service" || skip "no user manager can be started here"
  install -d -o "$uid" -m 0700 "$dir" "$dir/run"
  make_bundle --namespaces 'user pid ipc uts mount' --linux "$LIMITS
    \"uidMappings\": [{\"containerID\": 0, \"hostID\": $uid, \"size\": 1}],
    \"gidMappings\": [{\"containerID\": 0, \"hostID\": $uid, \"size\": 1}]," sleep 1000
  sed -i 's/, "options": \["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"\]//' "$bundle/config.json"
  chown -R "$uid" "$bundle"
  as_nobody() {
    setpriv --reuid "$uid" --regid "$uid" --clear-groups env -u DBUS_SESSION_BUS_ADDRESS \
      XDG_RUNTIME_DIR="/run/user/$uid" HOME="$dir" "$ISLE_BIN_DIR/islet" --root "$dir/run" "$@" 3>&- 8>&-
  }
  as_nobody --systemd-cgroup run -d -b "$bundle" mine </dev/null >/dev/null 2>"$dir/told" || _fail "$(cat "$dir/told")"
  group=$(cgroup_dir "$(as_nobody state mine | sed -n 's/.*"pid": \([0-9]*\),*/\1/p')" memory)
  assert_match "$group" "/user@$uid.service/user.slice/islet-mine.scope\$"
  assert_equal "$(cat "$group/memory.max")" 67108864
  # From this session, which is no part of the user's, systemd moves the process.
  run -0 as_nobody exec mine cat /proc/self/cgroup
  assert_output --partial islet-mine.scope
  run -0 as_nobody delete --force mine
  assert_not_exists "$group"
  systemctl stop "user@$uid.service"
}
