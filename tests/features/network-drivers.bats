# Networks on a device of the host: macvlan, ipvlan, and VLANs of it as parents.

load ../network

setup() { network_setup; }
teardown() {
  end_background
  [ -z "${outside_pid-}" ] || { kill "$outside_pid" && wait "$outside_pid"; } 2>/dev/null || true
  network_teardown
}

# card_setup: the host's device "card", a cable to another machine's eth0 (10.70.0.1).
card_setup() {
  unshare --net sleep infinity 3>&- 8>&- &
  outside_pid=$!
  wait_until outside_is_apart
  on_host ip link add card type veth peer name eth0 netns "$outside_pid"
  on_host ip link set card up
  on_outside ip link set eth0 up
  on_outside ip addr add 10.70.0.1/24 dev eth0
}
# mac_of WHO DEVICE: its address; WHO is on_host or on_outside.
mac_of() { "$1" ip -o link show "$2" | sed 's/.*link.ether \([0-9a-f:]*\) .*/\1/'; }
# has_kind KIND: whether this kernel has such devices.
has_kind() {
  on_host ip link add name probe0 type veth peer name probe1
  on_host ip link add link probe0 name probe2 type "$1" ${2+"${@:2}"} 2>/dev/null
  local status=$?
  on_host ip link del probe0
  return "$status"
}

@test "macvlan: other machines on the wire are reached, in each mode, and nothing stays" {
  card_setup
  local mode
  for mode in bridge private vepa passthru; do
    isle network create -d macvlan -o parent=card -o "macvlan_mode=$mode" --subnet 10.70.0.0/24 "wire-$mode"
    run -0 isle run --rm --cap-add NET_RAW --network "wire-$mode:ip=10.70.0.9" busybox sh -c \
      'ping -c 1 -w 3 10.70.0.1 >/dev/null && ip -o -4 addr show eth0'
    assert_output --partial "inet 10.70.0.9/24"
    isle network rm "wire-$mode"
  done
  run -0 on_host ip -o link show type macvlan
  refute_output
}

@test "macvlan: a parent that is about to be free is waited for, one that is not is named" {
  card_setup
  isle network create -d macvlan -o parent=card -o macvlan_mode=passthru --subnet 10.70.0.0/24 alone
  on_host ip link add link card name other type macvlan mode bridge
  (sleep 0.3 && on_host ip link del other) 3>&- 8>&- &
  local free=$!
  run -0 isle run --rm --network alone:ip=10.70.0.9 busybox ip -o -4 addr show eth0
  assert_output --partial "inet 10.70.0.9/24"
  wait "$free"
  # The kernel says EINVAL of a neighbour, EBUSY of a card that is a port of a bridge. The container's
  # own device goes a moment after it.
  add_other() { on_host ip link add link card name other type macvlan mode bridge; }
  wait_until add_other
  run -125 isle run --rm --network alone busybox true
  assert_output --partial "card is in use otherwise"
  assert_output --partial "one in mode passthru has no other"
  run -0 on_host ip -o link show type macvlan
  assert_equal "${#lines[@]}" 1
  assert_output --partial "other@card"
  on_host ip link del other
  on_host ip link add taken type bridge
  on_host ip link set card master taken
  run -125 isle run --rm --network alone busybox true
  assert_output --partial "card is in use otherwise: a device is on a bridge"
  on_host ip link del taken
  run ! grep -r . "$ISLE_RUN/networks" --include=10.70.\*
}

@test "macvlan: in mode bridge neighbours are reached, in mode private they are not" {
  card_setup
  local mode
  for mode in bridge private; do
    isle network create -d macvlan -o parent=card -o "mode=$mode" --subnet 10.70.0.0/24 lan
    isle run -d --name there --network lan:ip=10.70.0.9 busybox sleep 60 >/dev/null
    if [ "$mode" = bridge ]; then
      run -0 isle run --rm --cap-add NET_RAW --network lan:ip=10.70.0.8 busybox ping -c 1 -w 3 10.70.0.9
    else
      run ! isle run --rm --cap-add NET_RAW --network lan:ip=10.70.0.8 busybox ping -c 1 -w 1 -W 1 10.70.0.9
    fi
    isle network rm -f lan
  done
}

@test "drivers: what cannot be is refused by name" {
  local line
  while IFS='|' read -r line words; do
    # shellcheck disable=SC2086
    run -125 isle network create $line x
    assert_output --partial "$words"
  done <<'CASES'
-d ipvlan|an ipvlan needs the host's device it is on
-d ipvlan -o parent=a -o ipvlan_mode=l4|--opt ipvlan_mode: "l4" is none
-d ipvlan -o parent=a -o ipvlan_flag=odd|--opt ipvlan_flag: "odd" is none
-d macvlan -o parent=a -o macvlan_mode=odd|--opt macvlan_mode: "odd" is none
-d macvlan -o parent=a -o ipvlan_flag=vepa|a macvlan has none
-o mode=l2|--opt mode: a bridge has none
CASES
  isle network create -d macvlan -o parent=nothing --subnet 10.70.0.0/24 one
  run -125 isle run --rm --network one busybox true
  assert_output --partial 'the host has no network device "nothing"'
  isle network create -d macvlan -o parent=nothing.7 --subnet 10.71.0.0/24 two
  run -125 isle run --rm --network two busybox true
  assert_output --partial 'the host has no network device "nothing"'
  isle network create -d ipvlan -o parent=nothing --subnet 10.72.0.0/24 three
  run -125 isle run --rm --network three:mac=02:00:00:00:00:01 busybox true
  assert_output --partial "an ipvlan has its parent's MAC address"
  isle network rm one two three
}

@test "drivers: a kind of device that this kernel lacks is named" {
  card_setup
  local tried=
  if ! has_kind ipvlan; then
    tried=yes
    isle network create -d ipvlan -o parent=card --subnet 10.70.0.0/24 ip
    run -125 isle run --rm --network ip busybox true
    assert_output --partial "this kernel has no devices of kind ipvlan"
    isle network rm ip
  fi
  if ! has_kind vlan id 7; then
    tried=yes
    isle network create -d macvlan -o parent=card.7 --subnet 10.70.0.0/24 tagged
    run -125 isle run --rm --network tagged busybox true
    assert_output --partial 'this kernel has no devices of kind vlan, so "card.7" cannot be made'
    isle network rm tagged
  fi
  run ! grep -r . "$ISLE_RUN/networks" --include=10.70.\*
  [ -n "$tried" ] || skip "this kernel has both, ipvlan and vlan"
}

@test "ipvlan: l2, l3 and l3s reach other machines; addresses of layer 3 are routed" {
  card_setup
  has_kind ipvlan || skip "this kernel has no ipvlan"
  local mode
  for mode in l2 l3 l3s; do
    isle network create -d ipvlan -o parent=card -o "ipvlan_mode=$mode" --subnet 10.70.0.0/24 "ip-$mode"
    run -0 isle run --rm --network "ip-$mode:ip=10.70.0.9" busybox ip route
    if [ "$mode" = l2 ]; then
      assert_line --partial "default via 10.70.0.1 dev eth0"
    else
      assert_line --partial "default dev eth0"
    fi
    run -0 isle run --rm --network "ip-$mode:ip=10.70.0.9" busybox ip link show eth0
    assert_output --partial "$(mac_of on_host card)"
    # Layer 3 knows no ARP: the other machine is told the way.
    [ "$mode" = l2 ] || on_outside ip neigh replace 10.70.0.9 dev eth0 lladdr "$(mac_of on_host card)"
    [ "$mode" = l2 ] || on_host ip neigh replace 10.70.0.1 dev card lladdr "$(mac_of on_outside eth0)"
    [ "$mode" = l2 ] || on_host ip route replace 10.70.0.1/32 dev card
    run -0 isle run --rm --cap-add NET_RAW --network "ip-$mode:ip=10.70.0.9" busybox ping -c 1 -w 3 10.70.0.1
    isle network rm "ip-$mode"
  done
  run -0 on_host ip -o link show type ipvlan
  refute_output
}

@test "vlan: the parent card.7 is made with the first container, tags, and goes with the network" {
  card_setup
  has_kind vlan id 7 || skip "this kernel has no vlan"
  on_outside ip link add link eth0 name tagged type vlan id 7
  on_outside ip link set tagged up
  on_outside ip addr add 10.71.0.1/24 dev tagged
  isle network create -d macvlan -o parent=card.7 --subnet 10.71.0.0/24 seven
  run ! on_host ip link show card.7
  run -0 isle run --rm --explain=only --network seven busybox true
  assert_output --partial "provide the device card.7: RTM_NEWLINK(vlan card.7), unless it is there"
  run -0 isle run --rm --cap-add NET_RAW --network seven:ip=10.71.0.9 busybox ping -c 1 -w 3 10.71.0.1
  run -0 on_host ip -d -o link show card.7
  assert_output --partial "vlan protocol 802.1Q id 7"
  # Another network on it keeps it; one that somebody else made stays.
  isle network create -d macvlan -o parent=card.7 --subnet 10.72.0.0/24 also
  isle network rm seven
  run -0 on_host ip link show card.7
  isle network rm also
  run ! on_host ip link show card.7
  on_host ip link add link card name card.8 type vlan id 8
  isle network create -d macvlan -o parent=card.8 --subnet 10.73.0.0/24 theirs
  isle run --rm --network theirs busybox true
  isle network rm theirs
  run -0 on_host ip link show card.8
}
