# Lab E7: the controllers that few hosts have: the value arrives in the file where the kernel has
# the controller; where it has not, the limit is refused by name. (Documentation/admin-guide:
# cgroup-v1/{net_cls,net_prio,hugetlb}.rst, cgroup-v2.rst.)
load lab
load ../islet-bundle

resources() { echo "\"resources\": {$1},"; }
# value_of ID CONTROLLER FILE: what the host reads in the container's group.
value_of() { cat "$(cgroup_dir "$(pid_of_islet "$1")" "$2")/$3"; }
pid_of_islet() { islet state "$1" | sed -n 's/.*"pid": \([0-9]*\),*/\1/p'; }
start_limited() {
  make_bundle --linux "$(resources "$1")" sleep 100
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>"$ISLE_TEST_DIR/errors" ||
    _fail "it did not start" errors "$(cat "$ISLE_TEST_DIR/errors")"
}
# refused MEMBER WORDS: the whole container is refused, and leaves nothing.
refused() {
  make_bundle --name refused --linux "$(resources "$1")" true
  run islet run -b "$bundle" two
  assert_failure
  assert_output --partial "$2"
  assert_not_exists "$ISLE_RUN/islet/two"
}

@test "hugetlb: the limit arrives, counted and reserved" {
  require_root
  require_controller hugetlb
  [ -d /sys/kernel/mm/hugepages/hugepages-2048kB ] || skip "this machine has no huge pages of 2 MB"
  start_limited '"hugepageLimits": [{"pageSize": "2MB", "limit": 4194304}]'
  local file=max
  [ -e "$(_controller_root hugetlb)/cgroup.controllers" ] || file=limit_in_bytes
  assert_equal "$(value_of one hugetlb "hugetlb.2MB.$file")" 4194304
  assert_equal "$(value_of one hugetlb "hugetlb.2MB.rsvd.$file")" 4194304
  islet delete --force one
  refused '"hugepageLimits": [{"pageSize": "2 MB", "limit": 0}]' \
    'linux.resources.hugepageLimits[0].pageSize "2 MB" is no size'
}

@test "net_cls, net_prio: class and priorities arrive" {
  require_root
  grep -q '^net_cls.*1$' /proc/cgroups || skip "this kernel has no net_cls"
  grep -q '^net_prio.*1$' /proc/cgroups || skip "this kernel has no net_prio"
  ! grep -q 'cgroup_no_v1=' /proc/cmdline || skip "this kernel was started with cgroup_no_v1"
  ! require_mounted net_cls || skip "the host uses net_cls: the test makes a hierarchy of its own"
  # In a mount namespace of the test's own, which goes with it, as does the hierarchy.
  run -0 unshare --mount --propagation private bash -euc "
    mkdir '$ISLE_TEST_DIR/net'
    mount -t cgroup -o net_cls,net_prio net '$ISLE_TEST_DIR/net'
    '$ISLE_BIN_DIR/islet' --root '$ISLE_RUN/islet' run -b '$(net_bundle)' one
    rmdir '$ISLE_TEST_DIR/net/islet' 2>/dev/null || true
    find '$ISLE_TEST_DIR/net' -mindepth 1 -type d"
  assert_line "class 1048577"
  assert_line "lo 7"
  refute_output --partial "$ISLE_TEST_DIR/net/"
}
require_mounted() { _controller_root "$1" >/dev/null; }
# A bundle whose command reads its own group: with the host's cgroup namespace the mount shows it.
net_bundle() {
  make_bundle --linux "$(resources '"network": {"classID": 1048577, "priorities": [{"name": "lo", "priority": 7}]}')" \
    --mounts '{"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup"},' \
    sh -c 'cd /sys/fs/cgroup/net && echo class $(cat net_cls.classid) && cat net_prio.ifpriomap'
  echo "$bundle"
}

@test "cpu: burst and idle arrive, and go together with quota and shares" {
  require_root
  require_controller cpu
  local v1=''
  [ -e "$(_controller_root cpu)/cgroup.controllers" ] || v1=yes
  start_limited '"cpu": {"quota": 50000, "period": 100000, "burst": 20000, "idle": 1}'
  if [ "$v1" ]; then
    assert_equal "$(value_of one cpu cpu.cfs_burst_us)" 20000
    assert_equal "$(value_of one cpu cpu.cfs_quota_us)" 50000
  else
    assert_equal "$(value_of one cpu cpu.max.burst)" 20000
    assert_equal "$(value_of one cpu cpu.max)" "50000 100000"
  fi
  assert_equal "$(value_of one cpu cpu.idle)" 1
  islet delete --force one
  refused '"cpu": {"quota": 50000, "burst": 60000}' "linux.resources.cpu.burst"
  refused '"cpu": {"idle": 2}' "linux.resources.cpu.idle is 0 or 1"
}

@test "memory: what only v1 has arrives there, and is refused by name on v2" {
  require_root
  require_controller memory
  if [ -e "$(_controller_root memory)/cgroup.controllers" ]; then
    refused '"memory": {"limit": 67108864, "swappiness": 10}' "linux.resources.memory.swappiness"
    refused '"memory": {"limit": 67108864, "disableOOMKiller": true}' "linux.resources.memory.disableOOMKiller"
  else
    start_limited '"memory": {"limit": 67108864, "reservation": 33554432, "swappiness": 10, "disableOOMKiller": true, "useHierarchy": true, "checkBeforeUpdate": true, "kernel": 33554432, "kernelTCP": 33554432}'
    assert_equal "$(value_of one memory memory.swappiness)" 10
    assert_match "$(value_of one memory memory.oom_control)" "oom_kill_disable 1"
    assert_equal "$(value_of one memory memory.soft_limit_in_bytes)" 33554432
    assert_equal "$(value_of one memory memory.use_hierarchy)" 1
    # Deprecated, and said to be left out.
    assert_match "$(cat "$ISLE_TEST_DIR/errors")" "linux.resources.memory.kernel is left out"
    assert_equal "$(value_of one memory memory.kmem.tcp.limit_in_bytes)" 33554432
    islet delete --force one
  fi
  refused '"memory": {"limit": 67108864, "swappiness": 101}' "linux.resources.memory.swappiness is from 0 to 100"
}

@test "blockIO: throttles arrive; leaf weights, which no kernel has, are refused" {
  require_root
  require_controller blkio || require_controller io
  local disk number
  disk=$(lsblk -dnro NAME,TYPE 2>/dev/null | awk '$2 == "disk" { print $1; exit }')
  [ -n "$disk" ] || skip "this machine shows no disk"
  number=$(cat "/sys/block/$disk/dev")
  local device="\"major\": ${number%:*}, \"minor\": ${number#*:}"
  start_limited "\"blockIO\": {\"throttleReadBpsDevice\": [{$device, \"rate\": 1048576}], \"throttleWriteBpsDevice\": [{$device, \"rate\": 2097152}], \"throttleReadIOPSDevice\": [{$device, \"rate\": 100}], \"throttleWriteIOPSDevice\": [{$device, \"rate\": 200}]}"
  if [ -d /sys/fs/cgroup/blkio ]; then
    assert_equal "$(value_of one blkio blkio.throttle.read_bps_device)" "$number 1048576"
    assert_equal "$(value_of one blkio blkio.throttle.write_bps_device)" "$number 2097152"
    assert_equal "$(value_of one blkio blkio.throttle.read_iops_device)" "$number 100"
    assert_equal "$(value_of one blkio blkio.throttle.write_iops_device)" "$number 200"
  else
    assert_equal "$(value_of one io io.max)" "$number rbps=1048576 wbps=2097152 riops=100 wiops=200"
  fi
  islet delete --force one
  refused '"blockIO": {"leafWeight": 100}' "linux.resources.blockIO.leafWeight"
  refused '"blockIO": {"weight": 5}' "linux.resources.blockIO.weight"
}

@test "a controller that the host does not have is named" {
  require_root
  _controller_root rdma >/dev/null ||
    refused '"rdma": {"mlx5_1": {"hcaHandles": 3}}' "linux.resources.rdma.mlx5_1 needs the rdma controller"
  _controller_root net_cls >/dev/null ||
    refused '"network": {"classID": 1}' "linux.resources.network.classID needs the net_cls controller"
  _controller_root net_prio >/dev/null ||
    refused '"network": {"priorities": [{"name": "lo", "priority": 1}]}' \
      "linux.resources.network.priorities needs the net_prio controller"
}

@test "rdma: handles and objects arrive" {
  require_root
  require_controller rdma
  local device
  device=$(ls /sys/class/infiniband 2>/dev/null | head -n 1)
  [ -n "$device" ] || skip "this machine has no RDMA device"
  start_limited "\"rdma\": {\"$device\": {\"hcaHandles\": 3, \"hcaObjects\": 10}}"
  assert_match "$(value_of one rdma rdma.max)" "$device hca_handle=3 hca_object=10"
  islet delete --force one
}

@test "unified: a file of v2 by its name; refused by name where the controller is on v1" {
  require_root
  local directory
  directory=$(_controller_root hugetlb) || skip "this host has no controller for the test"
  [ -e "$directory/cgroup.controllers" ] || skip "this host has no cgroup v2"
  [ -d /sys/kernel/mm/hugepages/hugepages-2048kB ] || skip "this machine has no huge pages of 2 MB"
  start_limited '"unified": {"hugetlb.2MB.max": "2097152"}'
  assert_equal "$(value_of one hugetlb hugetlb.2MB.max)" 2097152
  islet delete --force one
  refused '"unified": {"cgroup.procs": "1"}' 'key "cgroup.procs" is the runtime'
  refused '"unified": {"../memory.max": "1"}' "is a path, not the name of a file"
  [ "$(cgroup_mode)" = v2 ] || refused '"unified": {"memory.max": "1"}' "memory controller on v1"
}
