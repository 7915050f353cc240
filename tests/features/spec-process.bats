# config.json's process and linux members that tell scheduler, disks and memory of the process: what
# is asked is what the command finds, and what cannot be is refused with its place in the document.
load ../helpers
load ../islet-bundle

FIXTURES=$(realpath -m "$ISLE_BIN_DIR/../tests/fixtures")
# make_tuned [OPTION]...: a bundle that runs the fixture `tuning`.
make_tuned() {
  make_bundle "$@" /bin/tuning
  cp "$FIXTURES/tuning" "$bundle/rootfs/bin/"
}
# may_try NICE-COMMAND...: skips where this host itself forbids it, even to root.
may_try() { "$@" true 2>/dev/null || skip "this host does not let root do: $*"; }

@test "scheduler: a nice value, with a flag" {
  require_root
  make_tuned --process '"scheduler": {"policy": "SCHED_BATCH", "nice": 5, "flags": ["SCHED_FLAG_RESET_ON_FORK"]},'
  run -0 islet run -b "$bundle" one
  assert_line "policy 3 nice 5 priority 0 flags 0x1"
}

@test "scheduler: a real-time class with its priority" {
  require_root
  may_try chrt --fifo 7
  make_tuned --process '"scheduler": {"policy": "SCHED_FIFO", "priority": 7},'
  run -0 islet run -b "$bundle" one
  assert_line "policy 1 nice 0 priority 7 flags 0"
}

@test "scheduler: a real-time class in a group of its own needs a budget there" {
  require_root
  may_try chrt --fifo 7
  [ -e "$(cgroup_dir self cpu)/cpu.rt_runtime_us" ] || skip "groups have no real-time budget here"
  make_tuned --process '"scheduler": {"policy": "SCHED_RR", "priority": 7},' --linux '"resources": {"cpu": {"shares": 512}},'
  run islet run -b "$bundle" one
  assert_failure 1
  assert_output --partial "choose the scheduler"
  assert_output --partial "linux.resources.cpu.realtimeRuntime"
  assert_not_exists "$ISLE_RUN/islet/one"
  make_tuned --name budget --process '"scheduler": {"policy": "SCHED_RR", "priority": 7},' \
    --linux '"resources": {"cpu": {"realtimeRuntime": 1000}},'
  run -0 islet run -b "$bundle" one
  assert_line "policy 2 nice 0 priority 7 flags 0"
}

@test "scheduler: exec takes its own from the process document" {
  require_root
  make_tuned --process '"scheduler": {"policy": "SCHED_IDLE"},'
  sed -i 's,"/bin/tuning","sleep"\, "100",' "$bundle/config.json"
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  assert_match "$(chrt -p "$(pid_of one)")" SCHED_IDLE
  cat >"$ISLE_TEST_DIR/process.json" <<'JSON'
{"cwd": "/", "args": ["/bin/tuning"], "scheduler": {"policy": "SCHED_OTHER", "nice": 3},
 "ioPriority": {"class": "IOPRIO_CLASS_IDLE", "priority": 0}}
JSON
  run -0 islet exec --process "$ISLE_TEST_DIR/process.json" one
  assert_line "policy 0 nice 3 priority 0 flags 0"
  assert_line "ioprio 3 0"
  islet delete --force one
}

@test "ioPriority: class and level arrive" {
  require_root
  make_tuned --process '"ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 6},'
  run -0 islet run -b "$bundle" one
  assert_line "ioprio 2 6"
}

@test "personality: LINUX32 is what uname tells, for exec too" {
  require_root
  [ "$(uname -m)" = x86_64 ] || skip "only x86_64 has another name for 32 bits"
  make_tuned --linux '"personality": {"domain": "LINUX32"},'
  run -0 islet run -b "$bundle" one
  assert_line "personality 0x8"
  make_bundle --name second --linux '"personality": {"domain": "LINUX32"},' sleep 100
  islet run -d -b "$bundle" two </dev/null >/dev/null 2>&1
  run -0 islet exec two uname -m
  assert_output i686
  assert_equal "$(uname -m)" x86_64
  islet delete --force two
}

@test "memoryPolicy: mode, flags and nodes arrive, for exec too" {
  require_root
  [ -d /sys/devices/system/node/node0 ] || skip "this kernel has no memory nodes (CONFIG_NUMA)"
  make_tuned --linux '"memoryPolicy": {"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]},'
  run -0 islet run -b "$bundle" one
  assert_line "mempolicy 0x8002 nodes 0x1"
  sed -i 's,"/bin/tuning","sleep"\, "100",' "$bundle/config.json"
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  run -0 islet exec one /bin/tuning
  assert_line "mempolicy 0x8002 nodes 0x1"
  islet delete --force one
  # A node that is not there.
  make_tuned --name other --linux '"memoryPolicy": {"mode": "MPOL_BIND", "nodes": "1023"},'
  run islet run -b "$bundle" one
  assert_failure
  assert_output --partial "set the memory policy"
  assert_output --partial "linux.memoryPolicy.nodes"
}

@test "execCPUAffinity: of exec alone, the process document's own first" {
  require_root
  local last; last=$(nproc --all)
  ((last > 1)) && taskset -c 1 true 2>/dev/null || skip "needs two processors"
  make_tuned --process '"execCPUAffinity": {"initial": "0-1", "final": "1"},'
  run -0 islet run -b "$bundle" one
  refute_output --partial "cpus 0x2"
  sed -i 's,"/bin/tuning","sleep"\, "100",' "$bundle/config.json"
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  run -0 islet exec one /bin/tuning
  assert_line "cpus 0x2"
  echo '{"cwd": "/", "args": ["/bin/tuning"], "execCPUAffinity": {"initial": "1", "final": "0"}}' \
    >"$ISLE_TEST_DIR/process.json"
  run -0 islet exec --process "$ISLE_TEST_DIR/process.json" one
  assert_line "cpus 0x1"
  islet delete --force one
}

@test "what cannot be meant is refused with its place in the document" {
  require_root
  local member words
  while IFS='|' read -r member words; do
    make_bundle --process "${member%%@*}" --linux "${member#*@}" true
    run islet run -b "$bundle" one
    assert_failure
    assert_output --partial "$words"
    assert_not_exists "$ISLE_RUN/islet/one"
  done <<'EOF2'
"scheduler": {"policy": "SCHED_ISO"},@|process.scheduler.policy: no Linux kernel has SCHED_ISO
"scheduler": {"policy": "SCHED_FAST"},@|process.scheduler.policy
"scheduler": {"policy": "SCHED_FIFO"},@|process.scheduler.priority: SCHED_FIFO needs one from 1 to 99
"scheduler": {"policy": "SCHED_OTHER", "priority": 3},@|process.scheduler.priority: SCHED_OTHER has none
"scheduler": {"policy": "SCHED_OTHER", "nice": 20},@|process.scheduler.nice: is not from -20 to 19
"scheduler": {"policy": "SCHED_IDLE", "nice": 1},@|process.scheduler.nice: SCHED_IDLE has none
"scheduler": {"policy": "SCHED_RR", "priority": 1, "period": 9},@|of SCHED_DEADLINE
"ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 8},@|process.ioPriority.priority: is not from 0 to 7
"ioPriority": {"class": "BEST", "priority": 1},@|process.ioPriority.class
"execCPUAffinity": {"final": "1-x"},@|process.execCPUAffinity.final
@"personality": {"domain": "LINUX", "flags": ["ADDR_NO_RANDOMIZE"]},|linux.personality.flags
@"memoryPolicy": {"mode": "MPOL_BIND"},|linux.memoryPolicy.nodes: MPOL_BIND needs at least one node
@"memoryPolicy": {"mode": "MPOL_LOCAL", "nodes": "0"},|linux.memoryPolicy.nodes: MPOL_LOCAL takes no nodes
@"memoryPolicy": {"mode": "MPOL_BIND", "nodes": "0-"},|linux.memoryPolicy.nodes
@"intelRdt": {"closID": "gold"},|linux.intelRdt: no resctrl file system is mounted
@"mountLabel": "system_u:object_r:x_t:s0",|linux.mountLabel: SELinux is not in force
"selinuxLabel": "system_u:system_r:x_t:s0",@|process.selinuxLabel: SELinux is not in force
EOF2
}

@test "apparmorProfile: refused without AppArmor, and with it when the profile is not loaded" {
  require_root
  make_bundle --process '"apparmorProfile": "isle-no-such-profile",' true
  run islet run -b "$bundle" one
  assert_failure
  if [ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ]; then
    assert_output --partial "no profile of this name is loaded"
  else
    assert_output --partial "process.apparmorProfile: AppArmor is not in force"
  fi
  assert_not_exists "$ISLE_RUN/islet/one"
}
