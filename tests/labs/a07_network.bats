# Lab A7: a new network namespace has a loopback and nothing else (network_namespaces(7)).
load lab

@test "network: none has lo, up, and no other device but tunnels that modules add by themselves" {
  require_root
  run -0 isle run --rm --network none busybox ip addr
  assert_line --partial "lo: <LOOPBACK,UP"
  assert_line --partial "inet 127.0.0.1/8"
  run -0 isle run --rm --network none busybox ls /sys/class/net
  local device
  for device in "${lines[@]}"; do
    case $device in
      lo | tunl0 | gre0 | gretap0 | erspan0 | ip_vti0 | ip6_vti0 | sit0 | ip6tnl0 | ip6gre0) ;;
      *) _fail "a device that no new namespace has" device "$device" ;;
    esac
  done
}

@test "network: the loopback works, and nothing leads out" {
  require_root
  require_fixture echo_request
  run -0 isle run --rm --network none "${WITH_FIXTURES[@]}" busybox /fixtures/echo_request
  assert_output reply
  run -0 isle run --rm --network none busybox sh -c '
    echo hello | timeout 5 nc -l -p 80 & sleep .2; timeout 5 nc 127.0.0.1 80 </dev/null'
  assert_output hello
  run ! isle run --rm --network none --cap-add NET_RAW busybox ping -c 1 -W 2 192.0.2.1
  assert_output --partial "unreachable"
  run -0 isle run --rm --network none busybox ip route
  refute_output
}

@test "network: /proc/net and /sys/class/net are the container's own" {
  require_root
  start_container net-own --network none
  local pid
  pid=$(pid_of net-own)
  assert_not_equal "$(ns_of "$pid" net)" "$(ns_of self net)"
  assert_equal "$(inside net-own readlink /proc/self/ns/net)" "$(ns_of "$pid" net)"
  # Three views of one list: inside by /proc and by /sys, and from the host by the process.
  run -0 inside net-own sh -c 'sed -n "s/^ *\([^:]*\):.*/\1/p" /proc/net/dev | sort'
  assert_equal "$(inside net-own ls /sys/class/net)" "$output"
  assert_equal "$(sed -n 's/^ *\([^:]*\):.*/\1/p' "/proc/$pid/net/dev" | sort)" "$output"
  # A device made inside stays inside.
  local device=isle-lab0
  nsenter --target "$pid" --net ip link add "$device" type veth peer name isle-lab1
  run -0 inside net-own ls /sys/class/net
  assert_line "$device"
  assert_not_exists "/sys/class/net/$device"
  remove_container net-own
}

@test "network: two containers listen on one port number, and the host does not" {
  require_root
  start_container net-one -- nc -l -p 34567
  start_container net-two -- nc -l -p 34567
  local name
  for name in net-one net-two; do
    # 34567 is 8707 in hexadecimal; state 0A is LISTEN.
    wait_until grep -q ':8707 .* 0A ' "/proc/$(pid_of $name)/net/tcp" \
      "/proc/$(pid_of $name)/net/tcp6"
  done
  run ! grep -q ':8707 .* 0A ' /proc/self/net/tcp /proc/self/net/tcp6
  remove_container net-one net-two
}

@test "network: host and container:NAME share one" {
  require_root
  run -0 isle run --rm --network host busybox readlink /proc/self/ns/net
  assert_output "$(ns_of self net)"
  start_container net-first
  run -0 isle run --rm --network container:net-first busybox readlink /proc/self/ns/net
  assert_output "$(ns_of "$(pid_of net-first)" net)"
  remove_container net-first
}
