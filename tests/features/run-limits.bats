# isle run: what the command may use. Each value is read where the kernel keeps it: in the host's
# control group files, or in /proc of the process.
load ../labs/lab

# value CONTROLLER V1-FILE V2-FILE: of the container "limited".
value() {
  local group file=$2
  group=$(cgroup_dir "$(pid_of limited)" "$1")
  [ "$(cgroup_mode)" != v2 ] || file=$3
  cat "$group/$file"
}
on_v2() { [ "$(cgroup_mode)" = v2 ]; }

@test "limits: --memory, with as much swap, --memory-reservation, --memory-swappiness" {
  require_root
  require_controller memory
  start_container limited -m 64m --memory-reservation 32m
  assert_equal "$(value memory memory.limit_in_bytes memory.max)" 67108864
  assert_equal "$(value memory memory.soft_limit_in_bytes memory.low)" 33554432
  if on_v2; then
    assert_equal "$(value memory - memory.swap.max)" 67108864
  elif [ -e "$(cgroup_dir "$(pid_of limited)" memory)/memory.memsw.limit_in_bytes" ]; then
    assert_equal "$(value memory memory.memsw.limit_in_bytes -)" 134217728
  fi
  remove_container limited
}

@test "limits: --memory-swap -1 is any swap" {
  require_root
  require_controller memory
  start_container limited -m 64m --memory-swap -1
  on_v2 && assert_equal "$(value memory - memory.swap.max)" max
  assert_equal "$(value memory memory.limit_in_bytes memory.max)" 67108864
  remove_container limited
}

@test "limits: --cpus, --cpu-shares, --cpuset-cpus, --cpuset-mems" {
  require_root
  require_controller cpu
  require_controller cpuset
  start_container limited --cpus 0.25 --cpu-shares 2048 --cpuset-cpus 0 --cpuset-mems 0
  if on_v2; then
    assert_equal "$(value cpu - cpu.max)" "25000 100000"
    assert_between "$(value cpu - cpu.weight)" 101 500
  else
    assert_equal "$(value cpu cpu.cfs_quota_us -)" 25000
    assert_equal "$(value cpu cpu.shares -)" 2048
  fi
  assert_equal "$(value cpuset cpuset.cpus cpuset.cpus)" 0
  assert_equal "$(value cpuset cpuset.mems cpuset.mems)" 0
  remove_container limited
}

@test "limits: --pids-limit" {
  require_root
  require_controller pids
  start_container limited --pids-limit 33
  assert_equal "$(value pids pids.max pids.max)" 33
  remove_container limited
}

# A whole disk of this host, "MAJOR:MINOR /dev/NAME".
a_disk() {
  local path
  for path in /sys/block/*; do
    case $path in */loop* | */ram* | */zram* | */nbd*) continue ;; esac
    [ -b "/dev/${path##*/}" ] && { echo "$(cat "$path/dev") /dev/${path##*/}"; return; }
  done
  return 1
}
require_disk() { DISK=$(a_disk) || skip "this host shows no whole disk in /dev"; }

@test "limits: --device-read-bps and its kin" {
  require_root
  if on_v2; then require_controller io; else require_controller blkio; fi
  require_disk
  local node=${DISK#* } number=${DISK% *}
  start_container limited --device-read-bps "$node:1m" --device-write-bps "$node:2m" \
    --device-read-iops "$node:100" --device-write-iops "$node:200"
  if on_v2; then
    assert_equal "$(value io - io.max)" "$number rbps=1048576 wbps=2097152 riops=100 wiops=200"
  else
    assert_equal "$(value blkio blkio.throttle.read_bps_device -)" "$number 1048576"
    assert_equal "$(value blkio blkio.throttle.write_bps_device -)" "$number 2097152"
    assert_equal "$(value blkio blkio.throttle.read_iops_device -)" "$number 100"
    assert_equal "$(value blkio blkio.throttle.write_iops_device -)" "$number 200"
  fi
  remove_container limited
}

@test "limits: --blkio-weight arrives, or the file that is missing is named" {
  require_root
  if on_v2; then require_controller io; else require_controller blkio; fi
  run isle run -d --name limited --blkio-weight 300 busybox sleep 100
  if [ "$status" -ne 0 ]; then
    assert_failure 125
    assert_output --regexp "weight"
    return
  fi
  assert_output --regexp "."
  if on_v2; then
    local group
    group=$(cgroup_dir "$(pid_of limited)" io)
    cat "$group"/io*weight
  else
    run -0 value blkio blkio.bfq.weight -
    assert_output --partial 300
  fi
  remove_container limited
}

@test "limits: --ulimit" {
  run -0 isle run --rm --ulimit nofile=100:200 --ulimit core=0 --ulimit stack=1048576 busybox sh -c 'ulimit -n; ulimit -Hn; ulimit -c; ulimit -s'
  assert_output $'100\n200\n0\n1024'
}

@test "limits: --ulimit above what isle itself may have is lowered, and said" {
  require_root
  local most
  most=$(ulimit -Hn)
  run -0 --separate-stderr run_as_user isle run --rm --ulimit nofile=$((most + 1)) busybox sh -c 'ulimit -n'
  assert_output "$most"
  assert_match "$stderr" "nofile|NOFILE"
}

@test "limits: --ulimit of more open files than the kernel gives to anybody is lowered, and said" {
  require_root
  local most reason=nr_open
  most=$(cat /proc/sys/fs/nr_open)
  if ! has_capability 24; then most=$(ulimit -Hn) reason=CAP_SYS_RESOURCE; fi
  run -0 --separate-stderr isle run --rm --ulimit nofile=4294967296 busybox sh -c 'ulimit -n'
  assert_output "$most"
  assert_match "$stderr" "$reason"
}
has_capability() { (((0x$(awk '/^CapEff/ { print $2 }' /proc/self/status) >> $1) & 1)); }

@test "limits: --oom-score-adj" {
  run -0 isle run --rm --oom-score-adj 500 busybox cat /proc/self/oom_score_adj
  assert_output 500
}

@test "limits: --oom-score-adj below one's own without the power to: the run goes on" {
  require_root
  run -0 --separate-stderr run_as_user isle run --rm --oom-score-adj -500 busybox echo ran
  assert_output ran
}

@test "limits: --sysctl in its own namespaces, the host's stay" {
  local before
  before=$(cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax)
  run -0 isle run --rm --sysctl net.ipv4.ip_forward=1 --sysctl kernel.msgmax=12345 busybox cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax
  assert_output $'1\n12345'
  assert_equal "$(cat /proc/sys/net/ipv4/ip_forward /proc/sys/kernel/msgmax)" "$before"
}

@test "limits: the sysctls that let ping and low ports work" {
  run -0 isle run --rm busybox cat /proc/sys/net/ipv4/ip_unprivileged_port_start
  assert_output 0
  require_fixture echo
  run -0 isle run --rm --cap-drop ALL "${WITH_FIXTURES[@]}" busybox /fixtures/echo
  assert_output pong
  run -0 run_as_user isle run --rm "${WITH_FIXTURES[@]}" busybox /fixtures/echo
  assert_output pong
}

@test "limits: --cgroup-parent" {
  require_root
  require_controller memory
  start_container limited --cgroup-parent /isle-tests-parent
  run -0 cgroup_dir "$(pid_of limited)" memory
  assert_output --partial /isle-tests-parent/
  remove_container limited
  # The parent is the user's: it stays, and is the test's to remove.
  find /sys/fs/cgroup -depth -type d -name isle-tests-parent -exec rmdir {} + 2>/dev/null || true
}

@test "limits: --cgroup-conf writes a file of the group (v2), or says why not; --rdt-class names its class" {
  require_root
  run isle run --rm --cgroup-conf memory.high=67108864 busybox cat /sys/fs/cgroup/memory.high
  if [ "$(cgroup_mode)" = v2 ]; then
    assert_success
    assert_output 67108864
  else
    assert_failure 125
    assert_output --partial 'unified ("memory.high") needs cgroup v2'
  fi
  [ -d /sys/fs/resctrl/info ] && skip "resctrl is mounted"
  run -125 isle run --rm --rdt-class gold busybox true
  assert_output --partial "/sys/fs/resctrl"
}
