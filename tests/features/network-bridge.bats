# Bridges, addresses and routes: isle run --network, isle network.

load ../network

setup() { network_setup; }
teardown() { network_teardown; }

@test "bridge: the default network of root has an address, a route, and nothing stays" {
  run -0 isle run --rm busybox sh -c 'ip -o -4 addr show eth0; ip route; cat /proc/net/if_inet6'
  assert_line --partial "inet 10.86.0.2/16 brd 10.86.255.255 scope global eth0"
  assert_line --partial "default via 10.86.0.1 dev eth0"
  refute_output --partial "eth0 fe80"
  refute_output --regexp "fe80.*eth0"
  run -0 on_host ip -o addr show isle0
  assert_output --partial "inet 10.86.0.1/16"
  refute_output --partial "inet6"
  wait_until no_veth
  run -0 find "$ISLE_RUN/networks" -type l
  refute_output
}

@test "bridge: containers reach each other and the bridge, each by its own address" {
  serve one --ip 10.86.0.50
  run -0 isle run --rm --ip 10.86.0.51 busybox wget -qO- http://10.86.0.50/cgi-bin/who
  assert_output "one from 10.86.0.51"
  run -0 on_host curl -s http://10.86.0.50/cgi-bin/who
  assert_output "one from 10.86.0.1"
  run isle run --rm --ip 10.86.0.50 busybox true
  assert_failure 125
  assert_output --regexp 'the address 10.86.0.50 is container [0-9a-f]{12}'
  isle rm -f one
  run -0 isle run --rm --ip 10.86.0.50 busybox true
}

@test "bridge: its MAC address stays, whoever comes, and when it is made anew; multicast is not snooped" {
  mac_of_bridge() { on_host ip -o link show isle0 | sed 's/.*link.ether \([0-9a-f:]*\) .*/\1/'; }
  serve one
  assert_equal "$(mac_of_bridge)" 02:42:0a:56:00:01
  run -0 on_host ip -d -o link show isle0
  assert_output --partial "mcast_snooping 0"
  # Lower than the bridge's own, which the kernel would give it.
  on_host ip link add low address 02:00:00:00:00:02 type dummy 2>/dev/null ||
    on_host ip link add low address 02:00:00:00:00:02 type veth peer name lower
  on_host ip link set low master isle0 up
  assert_equal "$(mac_of_bridge)" 02:42:0a:56:00:01
  isle run -d --name two busybox sleep 60
  run -0 isle exec two wget -qO- http://10.86.0.2/cgi-bin/who
  on_host ip link del isle0
  run -0 isle network reload
  assert_equal "$(mac_of_bridge)" 02:42:0a:56:00:01
  run -0 isle exec two wget -qO- http://10.86.0.2/cgi-bin/who
  assert_output --partial "one from"
  isle network create --ipv6 --subnet fd00:86::/64 six
  isle run --rm --network six busybox true
  assert_match "$(on_host ip -o link show type bridge)" 'link.ether 02:42:fd:00:00:87'
}

@test "bridge: two listen on one port without a clash" {
  serve one
  serve two
  run -0 isle exec one wget -qO- http://127.0.0.1/cgi-bin/who
  assert_output --partial "one from"
  run -0 isle exec two wget -qO- http://127.0.0.1/cgi-bin/who
  assert_output --partial "two from"
}

@test "bridge: --explain shows how the network is made, before the command runs" {
  run -0 isle run --rm --explain=only -p 8080:80 busybox true
  output=${output%%wait for the parent*}
  assert_output --partial 'parent provide the bridge isle0'
  assert_output --partial 'connect eth0 to network bridge: RTM_NEWLINK(veth eth0), RTM_NEWADDR(10.86.0.2/16)'
  assert_output --partial 'parent publish its ports: NFT_MSG_NEWSETELEM(bridges, 1 ports)'
  run -1 on_host ip link show isle0
  run -0 find "$ISLE_RUN" -type l
  refute_output
}

@test "bridge: /etc/hosts and resolv.conf say what was asked" {
  run -0 isle run --rm --name web --hostname box --add-host db:10.1.2.3 \
    --add-host host:host-gateway --dns 192.0.2.7 --dns-search example.org --dns-option ndots:3 \
    busybox cat /etc/hosts /etc/resolv.conf
  assert_line $'10.86.0.2\tbox web'
  assert_line $'10.1.2.3\tdb'
  assert_line $'10.86.0.1\thost'
  assert_line "nameserver 192.0.2.7"
  assert_line "search example.org"
  assert_line "options ndots:3"
  run -0 isle run --rm --no-hosts busybox sh -c 'grep -c 10.86 /etc/hosts || true'
  assert_output "0"
}

@test "network: create, ls, inspect, exists, rm and prune" {
  run -0 isle network create --subnet 10.99.0.0/24 --gateway 10.99.0.9 --ip-range 10.99.0.64/26 \
    --label a=b --opt mtu=1400 one
  assert_output one
  run -0 isle network create two
  run -0 isle network ls
  assert_match "${lines[0]}" '^NETWORK ID +NAME +DRIVER +SUBNETS$'
  assert_match "${lines[1]}" '^[0-9a-f]{12} +one +bridge +10.99.0.0/24$'
  assert_match "${lines[2]}" '^[0-9a-f]{12} +two +bridge +10.87.0.0/24$'
  run -0 isle network ls -q --filter label=a
  assert_output one
  run -0 isle run --rm --network one busybox sh -c 'ip -4 -o a show eth0; ip r; cat /sys/class/net/eth0/mtu'
  assert_line --partial "inet 10.99.0.64/24"
  assert_line --partial "default via 10.99.0.9"
  assert_line 1400
  isle run -d --name in-one --network one busybox sleep 60
  run -0 isle network inspect -f '{{range .Containers}}{{.Name}} {{.IPv4Address}}{{end}}' one
  assert_output "in-one 10.99.0.65/24"
  run -0 isle inspect --format '{{.Name}} {{.Driver}}' one
  assert_output "one bridge"
  run -0 isle inspect --type network --format '{{.Id}}' one
  assert_output "$(isle network inspect -f '{{.Id}}' one)"
  run isle network rm one
  assert_failure
  assert_output --partial 'is in network "one"'
  run -125 isle network prune
  assert_output --partial "add --force where nobody can be asked"
  run -0 isle network prune --force
  assert_output two
  run -1 isle network exists two
  run -0 isle network exists bridge
  run -0 isle network rm -f one
  run -1 isle network exists one
  run -0 on_host ip -o link show type bridge
  refute_output --partial "isle-"
  run -0 isle ps -aq
  refute_output
}

@test "network: what cannot be is refused by name" {
  isle network create --subnet 10.99.0.0/24 one
  local line
  while IFS='|' read -r line words; do
    # shellcheck disable=SC2086
    run isle network create $line
    assert_failure
    assert_output --partial "$words"
  done <<'CASES'
one|there is a network "one" already
--subnet 10.99.0.128/25 x|overlaps one of another network
--subnet 10.98.0.0/24 --gateway 10.97.0.1 x|10.97.0.1 is in no --subnet
--subnet 10.98.0.0/33 x|is no range of addresses
--driver overlay x|isle has no driver "overlay"
--opt colour=red x|isle has no option "colour"
-d macvlan x|needs the host's device
host|cannot be a network's name
CASES
  run isle run --rm --network nowhere busybox true
  assert_failure 125
  assert_output --partial 'there is no network "nowhere"'
  run isle run --rm --network one --ip 10.1.1.1 busybox true
  assert_failure 125
  assert_output --partial 'is in no subnet of network "one"'
}

@test "network: ls and prune by filters; flags of docker's and podman's are taken or refused by name" {
  isle network create --label keep=1 --ipam-driver host-local one
  isle network create --label go=1 two
  isle run -d --name in --network one busybox sleep 60
  run -0 isle network ls --noheading
  assert_equal "${#lines[@]}" 2
  refute_output --partial NETWORK
  run -0 isle network ls -q -f dangling=true -f type=custom
  assert_output two
  run -0 isle network ls -q -f name=one -f name=two -f label!=go
  assert_output one
  run -0 isle network prune -f --filter label=keep
  refute_output
  run -0 isle network prune -f --filter until=1990-01-01
  refute_output
  run -0 isle network prune -f --filter label!=keep
  assert_output two
  run -125 isle network ls -f odd=1
  assert_output --partial 'there is no "odd=1"'
  local line words
  while IFS='|' read -r line words; do
    # shellcheck disable=SC2086
    run -125 isle network $line
    assert_output --partial "$words"
  done <<'CASES'
create --ipam-driver dhcp x|asks no DHCP server
create --ipam-driver none x|no driver "none"
create --ipam-opt a=b x|--ipam-opt: isle gives out addresses itself
create --attachable x|--attachable: networks are of this host alone
create --scope swarm x|--scope: networks are of this host alone
create --ingress x|--ingress: networks are of this host alone
create --config-only x|--config-only: networks are made from flags
create --config-from y x|--config-from: networks are made from flags
create --aux-address a=10.1.2.3 x|--aux-address: --ip-range says
create --ipv4=false x|--ipv4: a network has IPv4
connect --driver-opt a=b one in|--driver-opt: what can be asked
connect --gw-priority 7 one in|--gw-priority: the default route
connect --link a:b one in|--link: containers of one network
connect --link-local-ip 169.254.1.1 one in|--link-local-ip: networks give out
inspect --verbose one|--verbose: what there is to tell
reload --latest|--latest: name it
reload -l|-l: name it
rm -f --time 3 one|--time: nothing is given time to end here
CASES
  run -0 isle network ls -q
  assert_output one
}

@test "network: several networks of one container, with names for their devices" {
  isle network create --subnet 10.99.1.0/24 a
  isle network create --subnet 10.99.2.0/24 --internal b
  run -0 isle run --rm --network a:ip=10.99.1.7,mac=02:00:00:00:00:07 \
    --network b:ip=10.99.2.7,interface_name=back busybox sh -c 'ip -o -4 a; ip r; cat /sys/class/net/eth0/address'
  assert_line --partial "inet 10.99.1.7/24 brd 10.99.1.255 scope global eth0"
  assert_line --partial "inet 10.99.2.7/24 brd 10.99.2.255 scope global back"
  assert_line --partial "default via 10.99.1.1 dev eth0"
  assert_line "02:00:00:00:00:07"
}

@test "network: connect and disconnect while it runs" {
  isle network create --subnet 10.99.1.0/24 more
  isle run -d --name web busybox sleep 60
  run -0 isle network connect --ip 10.99.1.9 more web
  run -0 isle exec web ip -o -4 addr show eth1
  assert_output --partial "inet 10.99.1.9/24"
  run isle network connect more web
  assert_failure
  assert_output --partial 'is in network "more" already'
  run -0 isle network disconnect more web
  run isle exec web ip -o -4 addr show eth1
  assert_failure
  run -0 isle network inspect -f '{{len .Containers}}' more
  assert_output 0
}

@test "network: IPv6 addresses are there at once" {
  isle network create --ipv6 --subnet 10.99.1.0/24 --subnet fd00:99::/64 six
  serve one --network six:ip6=fd00:99::7
  run -0 isle run --rm --network six busybox sh -c \
    'grep eth0 /proc/net/if_inet6; wget -qO- http://[fd00:99::7]/cgi-bin/who'
  assert_line --partial "fd000099000000000000000000000002 02 40 00 82"
  assert_line --partial "one from fd00:99::2"
  run -0 on_host curl -s "http://[fd00:99::7]/cgi-bin/who"
  assert_output "one from fd00:99::1"
}

@test "network: a macvlan is on a device of the host" {
  on_host ip link add base type veth peer name other
  on_host ip link set base up
  on_host ip link set other up
  on_host ip addr add 10.99.7.1/24 dev other
  run -0 isle network create -d macvlan --opt parent=base --subnet 10.99.7.0/24 --gateway 10.99.7.1 wire
  run -0 isle run --rm --network wire:ip=10.99.7.5 busybox ip -o -4 a show eth0
  assert_output --partial "inet 10.99.7.5/24"
}

@test "network: a bridge that was deleted and a firewall that was flushed come back" {
  serve one -p 8080:80
  run -0 on_host curl -s --max-time 2 http://127.0.0.1:8080/cgi-bin/who
  on_host ip link del isle0
  run on_host curl -s --max-time 1 http://127.0.0.1:8080/cgi-bin/who
  assert_failure
  run -0 isle network reload one
  run -0 on_host curl -s --max-time 2 http://127.0.0.1:8080/cgi-bin/who
  assert_output "one from 10.86.0.1"
}

@test "network: addresses of the killed are given again, and never one to two" {
  isle network create --subnet 10.99.9.0/29 small
  local i
  for i in 1 2 3 4 5; do isle run -d --name "c$i" --network small busybox sleep 60; done
  run isle run --rm --network small busybox true
  assert_failure 125
  assert_output --partial "all addresses of 10.99.9.0/29 are taken"
  run -0 find "$ISLE_RUN/networks/small" -type l
  assert_equal "${#lines[@]}" 5
  # The monitor of one is killed: its container dies with it, the lease stays behind.
  local id monitor
  id=$(readlink "$ISLE_ROOT/container-names/c3")
  monitor=$(pgrep -f -- "--id ${id:?}")
  kill -KILL "$monitor"
  wait_until isle run --rm --network small busybox true
}

@test "network update: name servers come and go; what is not there is named" {
  isle network create lan
  run -0 isle network update --dns-add 203.0.113.9 lan
  run -0 isle network inspect lan
  assert_output --partial 203.0.113.9
  run isle network update --dns-drop 203.0.113.8 lan
  assert_failure
  assert_output --partial 'network "lan" has no name server "203.0.113.8"'
  isle network update --dns-drop 203.0.113.9 lan
  run -0 isle network inspect lan
  refute_output --partial 203.0.113.9
  run isle network reload --all one
  assert_failure
  assert_output --partial '"one" is too much'
  isle network rm lan
}

@test "network: fault 20, a bridge that has no port left is told of, and nothing is taken" {
  isle run --rm busybox true
  local i
  for i in $(seq 1 1023); do
    echo "link add f$i type veth peer name g$i"
    echo "link set f$i master isle0"
  done | on_host ip -batch -
  run -125 isle run --rm -p 8080:80 busybox true
  assert_output --partial 'network "bridge" is full: a bridge has room for 1023 containers'
  assert_output --partial "isle network create"
  run -0 find "$ISLE_RUN/networks" -type l
  refute_output
  # The place of one that goes is another's.
  on_host ip link del f7
  run -0 isle run --rm -p 8080:80 busybox true
}

@test "network: twenty at once get twenty addresses, and of one name and port one wins" {
  local i pids=()
  for i in $(seq 1 20); do
    isle run -d busybox sleep 60 >/dev/null &
    pids+=($!)
  done
  for i in $(seq 1 10); do
    isle run -d --name one -p 8080:80 busybox sleep 60 >/dev/null 2>&1 && echo "$i" >>"$ISLE_TEST_DIR/won" &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i" || true; done
  run -0 wc -l <"$ISLE_TEST_DIR/won"
  assert_output 1
  rm "$ISLE_TEST_DIR/won"
  # Who lost has given back what it had.
  run -0 sh -c 'find "$1" -type l | wc -l' sh "$ISLE_RUN/networks/bridge"
  assert_output 21
  # shellcheck disable=SC2046
  isle rm -f $(isle ps -aq) >/dev/null
  run -0 find "$ISLE_RUN/networks" -type l
  refute_output
}
