# islet update: limits of a running container, seen on the host's side and from inside.
load ../helpers
load ../islet-bundle

# limit_of ID CONTROLLER V1-FILE V2-FILE: what the host's file of the container's group says.
limit_of() {
  local dir
  dir=$(cgroup_dir "$(pid_of "$1")" "$2")
  if [ -e "$dir/$3" ]; then cat "$dir/$3"; else cat "$dir/$4"; fi
}
memory_of() { limit_of one memory memory.limit_in_bytes memory.max; }
start_one() {
  make_bundle "$@" sleep 100
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
}

@test "islet update: memory, processes and CPU by flags; what is not named stays" {
  require_root
  require_controller memory
  require_controller pids
  require_controller cpu
  start_one --linux '"resources": {"memory": {"limit": 134217728}, "pids": {"limit": 70}},'
  islet update --memory 64m one
  assert_equal "$(memory_of)" 67108864
  assert_equal "$(limit_of one pids pids.max pids.max)" 70
  islet update --pids-limit 30 --cpu-quota 50000 --cpu-period 100000 one
  assert_equal "$(memory_of)" 67108864
  assert_equal "$(limit_of one pids pids.max pids.max)" 30
  assert_match "$(limit_of one cpu cpu.cfs_quota_us cpu.max)" '^50000'
  islet update --cpu-shares 512 one
  assert_match "$(limit_of one cpu cpu.shares cpu.weight)" '^(512|59)$'
  # The limit holds: 40 processes do not fit in.
  run islet exec one sh -c 'for i in $(seq 40); do sleep 5 & done; wait'
  assert_output --partial "can't fork"
  islet update --pids-limit -1 one
  assert_equal "$(limit_of one pids pids.max pids.max)" max
  islet delete -f one
}

@test "islet update: memory and swap go up and down together in the order the kernel takes" {
  require_root
  require_controller memory
  start_one --linux '"resources": {"memory": {"limit": 33554432, "swap": 50331648}},'
  local dir; dir=$(cgroup_dir "$(pid_of one)" memory)
  [ -e "$dir/memory.memsw.limit_in_bytes" ] || [ -e "$dir/memory.swap.max" ] || skip "no swap accounting"
  islet update --memory 100m --memory-swap 150m one
  assert_equal "$(memory_of)" 104857600
  islet update --memory 20m --memory-swap 30m one
  assert_equal "$(memory_of)" 20971520
  # Memory and swap together stay, memory alone goes down.
  islet update --memory 10m one
  assert_match "$(limit_of one memory memory.memsw.limit_in_bytes memory.swap.max)" '^(31457280|20971520)$'
  run islet update --memory 40m one
  assert_failure 1
  assert_output --partial "memory.swap"
  assert_equal "$(memory_of)" 10485760
  islet update --memory -1 one
  assert_match "$(memory_of)" '^(max|9223372036854771712)$'
  islet delete -f one
}

@test "islet update: a document, by file and standard input; the specification kept follows" {
  require_root
  require_controller memory
  start_one
  echo '{"memory": {"limit": 50331648}, "devices": [{"allow": true}]}' >"$ISLE_TEST_DIR/r.json"
  run -0 islet update --resources "$ISLE_TEST_DIR/r.json" one
  assert_output --partial "device rules stay"
  assert_equal "$(memory_of)" 50331648
  run ! islet exec one sh -c 'mknod /tmp/sda b 8 0 && cat /tmp/sda'
  islet update -r - one <<<'{"memory": {"limit": 83886080}}'
  assert_equal "$(memory_of)" 83886080
  grep -q '"limit":83886080' "$ISLE_RUN/islet/one/config.json"
  run islet update -r "$ISLE_TEST_DIR/r.json" --memory 1g one
  assert_failure 1
  assert_output --partial "beside --resources"
  islet delete -f one
}

@test "islet update: a controller nobody had asked for is joined, with all processes" {
  require_root
  require_controller cpuset
  make_bundle sh -c 'sleep 100 & sleep 100'
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  wait_until two_processes
  islet update --cpuset-cpus 0 one
  local pid
  for pid in $(islet ps -f json one | tr '[],' '   '); do
    assert_equal "$(sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$pid/status")" 0
  done
  local dir; dir=$(cgroup_dir "$(pid_of one)" cpuset)
  assert_match "$dir" /islet-one$
  islet delete -f one
  assert_not_exists "$dir"
}
two_processes() { [ "$(islet ps -f json one | tr ',' '\n' | wc -l)" -ge 2 ]; }

@test "islet update: what fails changes nothing, and says why" {
  require_root
  require_controller memory
  require_controller cpuset
  start_one --linux '"resources": {"memory": {"limit": 67108864}},'
  # The CPU does not exist; the memory before it is put back.
  run islet update --memory 32m --cpuset-cpus 4000 one
  assert_failure 1
  assert_output --partial cpuset.cpus
  assert_equal "$(memory_of)" 67108864
  run ! grep -q '"limit":33554432' "$ISLE_RUN/islet/one/config.json"
  run islet update --memory much one
  assert_failure 1
  assert_output --partial '"much" is not a size'
  run islet update --l3-cache-schema L3:0=f one
  assert_failure 1
  # Where it is mounted, only the kernel can say whether the processor has it.
  mountpoint -q /sys/fs/resctrl || assert_output --partial "no resctrl file system is mounted on /sys/fs/resctrl"
  run islet update --cpu-quota 5 one
  assert_failure 1
  assert_output --partial "cpu.quota"
  run -0 islet update --kernel-memory 1m one
  assert_output --partial "deprecated"
  islet kill one KILL
  wait_until has_status one stopped
  run islet update --memory 1g one
  assert_failure 1
  assert_output --partial "container not running"
  islet delete one
}

@test "islet update: a group that it joined goes with a container in the foreground" {
  require_root
  require_controller cpuset
  make_bundle sleep 100
  islet run -b "$bundle" front </dev/null >/dev/null 2>&1 &
  local running=$!
  wait_until has_status front running
  run ! compgen -G '/sys/fs/cgroup/cpuset/islet-front'
  islet update --cpuset-cpus 0 front
  assert_equal "$(limit_of front cpuset cpuset.cpus cpuset.cpus)" 0
  islet kill front KILL
  run wait "$running"
  run ! compgen -G '/sys/fs/cgroup/islet-front'
  run ! compgen -G '/sys/fs/cgroup/*/islet-front'
}
