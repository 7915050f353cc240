# Lab D4: a network device belongs to one network namespace. Moved into a container it disappears
# from the host; when the container's namespace ends, a virtual one ends with it and hardware returns
# to the initial namespace; a bridge and lo cannot be moved (network_namespaces(7)).
load lab
load ../islet-bundle

# The host of these tests is a network namespace of their own, in which the test runs `islet`: the
# machine's own devices are not touched.
setup() {
  isle_setup
  require_root
  require_program ip
  start_namespace HOST
}
teardown() {
  local pid
  for pid in "${NAMESPACES[@]}"; do kill -KILL "$pid"; wait "$pid" 2>/dev/null || true; done
  isle_teardown
}
NAMESPACES=()
# start_namespace VARIABLE: sets it to the number of a process that holds a new network namespace.
start_namespace() {
  local before; before=$(ns_of self net)
  unshare --net sleep 1000 3>&- 8>&- &
  printf -v "$1" %s $!
  NAMESPACES+=("$!")
  wait_until differs "$!" "$before"
}
differs() { [ -n "$(ns_of "$1" net)" ] && [ "$(ns_of "$1" net)" != "$2" ]; }
on_host() { nsenter --target "$HOST" --net "$@"; }
islet() {
  timeout --foreground -k 5 60 nsenter --target "$HOST" --net \
    "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/islet" "$@" 3>&- 8>&-
}
has_device() { on_host ip link show "$1" >/dev/null 2>&1; }
lacks_device() { ! has_device "$1"; }
# make_device NAME: one end of a veth pair, the other is NAME-peer.
make_device() { on_host ip link add "$1" type veth peer name "$1-peer" || skip "this kernel has no veth"; }
moves() { echo "\"netDevices\": {$1},"; }

@test "net device: it disappears from the host, and comes up inside with its addresses" {
  make_device d0
  on_host ip link set d0 mtu 1400 address 02:00:00:00:00:17
  on_host ip address add 192.0.2.5/24 brd + dev d0
  on_host ip address add 198.51.100.1 peer 198.51.100.2/32 dev d0
  on_host ip -6 address add 2001:db8::5/64 dev d0 nodad 2>/dev/null && v6=yes || v6=no
  make_bundle --linux "$(moves '"d0": {"name": "net0"}')" sleep 100
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  lacks_device d0
  run -0 nsenter -t "$(pid_of one)" -n ip -details address show dev net0
  assert_output --partial "mtu 1400"
  assert_output --partial "02:00:00:00:00:17"
  assert_output --regexp '<[A-Z,_-]*UP'
  assert_output --partial "inet 192.0.2.5/24 brd 192.0.2.255 scope global"
  assert_output --partial "inet 198.51.100.1 peer 198.51.100.2/32 scope global"
  [ "$v6" = no ] || assert_output --partial "inet6 2001:db8::5/64 scope global"
  # Seen by the container's own eyes.
  run -0 islet exec one ip link show net0
  assert_output --partial "net0"
  islet delete --force one
  # A virtual device ends with the namespace, and with it its other end.
  wait_until lacks_device d0-peer
  lacks_device d0
}

@test "net device: several, under their own names or by a template" {
  make_device d0
  make_device d1
  make_device d2
  make_bundle --linux "$(moves '"d0": {}, "d1": {"name": "eth%d"}, "d2": {"name": "eth%d"}')" \
    sh -c 'ls /sys/class/net 2>/dev/null; ip -o link | cut -d: -f2 | cut -d@ -f1 | tr -d " " | sort'
  run -0 islet run -b "$bundle" one
  assert_line d0
  assert_line eth0
  assert_line eth1
  lacks_device d0 && lacks_device d1 && lacks_device d2
}

@test "net device: into a joined namespace, where it stays after the container" {
  local JOINED
  start_namespace JOINED
  make_device d0
  on_host ip address add 192.0.2.9/24 dev d0
  make_bundle --namespaces 'pid ipc uts mount' \
    --linux "$(moves '"d0": {}')" ip -o -4 address show dev d0
  sed -i "s,\"namespaces\": \[,&{\"type\": \"network\"\, \"path\": \"/proc/$JOINED/ns/net\"}\, ," "$bundle/config.json"
  run islet run -b "$bundle" one
  assert_success
  assert_output --partial 192.0.2.9/24
  nsenter --target "$JOINED" --net ip link show d0 >/dev/null
}

@test "net device: a macvlan and a tap move, too" {
  make_device base
  on_host ip link add m0 link base type macvlan 2>/dev/null || skip "this kernel has no macvlan"
  on_host ip tuntap add t0 mode tap 2>/dev/null || skip "this host gives no tap devices"
  make_bundle --linux "$(moves '"m0": {}, "t0": {}')" sleep 100
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  lacks_device m0 && lacks_device t0
  run -0 nsenter -t "$(pid_of one)" -n ip -o link
  assert_output --partial m0
  assert_output --partial t0
  islet delete --force one
  lacks_device m0 && lacks_device t0
  has_device base
}

@test "net device: what cannot be moved is said, and stays where it is" {
  make_device d0
  local member words
  on_host ip link add br0 type bridge || skip "this kernel has no bridge"
  while IFS='|' read -r member words; do
    make_bundle --linux "$(moves "$member")" true
    run islet run -b "$bundle" one
    assert_failure
    assert_output --partial "$words"
    assert_not_exists "$ISLE_RUN/islet/one"
  done <<'EOF2'
"br0": {}|a device of kind bridge cannot leave the network namespace it was made in
"lo": {}|linux.netDevices.lo: lo cannot be moved
"gone": {}|the host has no network device "gone"
"d0": {"name": "lo"}|the container has a network device "lo" already
"d0": {"name": "a/b"}|linux.netDevices.d0.name: "a/b" is no name for a network device
"d0": {"name": "%dx"}|linux.netDevices.d0.name
"d0": {"name": "x"}, "d0-peer": {"name": "x"}|a second device is to be "x" inside
EOF2
  has_device br0
  has_device d0
  make_bundle --namespaces 'pid mount uts' --linux "$(moves '"d0": {}')" true
  run islet run -b "$bundle" one
  assert_failure
  assert_output --partial "linux.netDevices: the container shares the host's network namespace"
}

@test "net device: a failure later gives it back with its addresses" {
  make_device d0
  on_host ip address add 192.0.2.5/24 dev d0
  on_host ip link set d0 up
  # The second is refused after the first was moved.
  make_bundle --linux "$(moves '"d0": {}, "gone": {}')" true
  run islet run -b "$bundle" one
  assert_failure
  assert_output --partial '"gone"'
  has_device d0
  run -0 on_host ip address show dev d0
  assert_output --partial "inet 192.0.2.5/24"
  assert_output --regexp '<[A-Z,_-]*UP'
  # Nor is it lost with a command that does not exist, when init itself is dead already.
  make_bundle --linux "$(moves '"d0": {"name": "net%d"}')" /no/such/command
  run islet run -b "$bundle" one
  assert_failure
  has_device d0
  run -0 on_host ip address show dev d0
  assert_output --partial "inet 192.0.2.5/24"
}
