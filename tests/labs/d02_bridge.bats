# Lab D2: a bridge and its veth pairs, seen from both sides, and gone afterwards.

load ../network

setup() { network_setup; }
teardown() { network_teardown; }

@test "D2: a pair of devices, an address from the pool, a default route; nothing is left" {
  isle run -d --name one busybox sleep 60
  # The pair: each end names the other's number.
  local inside
  inside=$(isle exec one cat /sys/class/net/eth0/iflink)
  # ip(8) complains where a namespace that it reads of ends meanwhile.
  output=$(on_host ip -o link show type veth 2>/dev/null)
  assert_match "$output" "^$inside: ve[0-9a-f]{10}-0@.* master isle0 "
  run -0 isle exec one ip route
  assert_line --partial "default via 10.86.0.1 dev eth0"
  run isle run --rm busybox wget -qO- http://10.86.0.1:1/
  assert_output --partial refused
}

@test "D2: the command starts only when its network is ready" {
  run -0 isle run --rm busybox cat /sys/class/net/eth0/operstate /sys/class/net/eth0/carrier
  assert_line up
  assert_line 1
  wait_until no_veth
}

@test "D2: a network that cannot be made is the reason of the failure" {
  on_host ip link add isle0 type veth peer name isle0b
  run isle run --rm busybox true
  assert_failure 125
  assert_output --partial "connect eth0 to network bridge"
  run -0 isle ps -aq
  refute_output
}
