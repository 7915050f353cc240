# What isle-dns passes on to other name servers, asked by dig: UDP, TCP, servers that are down, and
# the host's resolv.conf.

load ../network

setup() {
  network_setup
  require_program dig
  require_program python3
  outside_setup
  on_outside ip addr add 203.0.113.3/24 dev eth0
  servers=()
}
teardown() {
  [ ${#servers[@]} = 0 ] || kill "${servers[@]}" 2>/dev/null || true
  outside_teardown
  network_teardown
}

# server ADDRESS [silent]: on the other machine.
server() {
  nsenter --net="/proc/$outside_pid/ns/net" -- python3 "$ISLE_TESTS_DIR/fixtures/dns_server.py" "$@" \
    >/dev/null 2>&1 3>&- 8>&- &
  servers+=($!)
  [ "${2-}" = silent ] || wait_until on_outside dig +tries=1 +time=1 @"$1" one.test
}
# client FLAG...: a container in the network "names"; look FLAG...: dig in its network.
client() {
  isle run -d --name client --network names "$@" busybox sleep 60 >/dev/null
  client_pid=$(isle inspect --format '{{.pid}}' client)
}
look() { nsenter --net="/proc/$client_pid/ns/net" -- dig +tries=1 +time=10 @127.0.0.11 "$@"; }

@test "resolvers: other names are asked for over UDP and TCP, all kinds of records" {
  server 203.0.113.2
  isle network create names
  client --dns 203.0.113.2
  run -0 look +short one.test
  assert_output 192.0.2.1
  run -0 look +short six.test AAAA
  assert_output 2001:db8::6
  run -0 look +short who.test TXT
  assert_output '"203.0.113.2 udp"'
  run -0 look +short +tcp who.test TXT
  assert_output '"203.0.113.2 tcp"'
  run -0 look +short _web._tcp.test SRV
  assert_output "0 5 80 one.test."
  run -0 look nothing.test
  assert_output --partial "status: NXDOMAIN"
  # A question of which only the size is wrong is nobody's.
  run -0 look +short +noedns one.test
  assert_output 192.0.2.1
}

@test "resolvers: a truncated answer stays so, and dig asks again over TCP" {
  server 203.0.113.2
  isle network create names
  client --dns 203.0.113.2
  run -0 look +ignore big.test
  assert_output --regexp 'flags: qr tc rd ra'
  run -0 look +short big.test
  assert_equal "${#lines[@]}" 40
}

@test "resolvers: one that is down or silent is passed over, and with none the answer is SERVFAIL" {
  server 203.0.113.3
  isle network create names
  # Nobody listens on .2: its machine says so at once.
  client --dns 203.0.113.2 --dns 203.0.113.3
  run -0 look +short who.test TXT
  assert_output '"203.0.113.3 udp"'
  run -0 look +short +tcp who.test TXT
  assert_output '"203.0.113.3 tcp"'
  # One that hears and says nothing costs its four seconds.
  server 203.0.113.2 silent
  wait_until on_outside sh -c 'grep -q 027100CB:0035 /proc/net/udp'
  local begin=$SECONDS
  run -0 look +short who.test TXT
  assert_output '"203.0.113.3 udp"'
  [ $((SECONDS - begin)) -ge 3 ]
  # Its own names are answered meanwhile.
  run -0 look +short client
  assert_output --partial 10.
  isle rm -f client
  client --dns 203.0.113.9
  run -0 look who.test TXT
  assert_output --partial "status: SERVFAIL"
}

@test "resolvers: names of containers: A, AAAA, PTR, nothing for other kinds, as docker's" {
  server 203.0.113.2
  isle network create --ipv6 --subnet 10.99.0.0/24 --subnet fd00:99::/64 names
  client --dns 203.0.113.2
  isle run -d --name web --network names:ip=10.99.0.9,ip6=fd00:99::9,alias=www busybox sleep 60 >/dev/null
  run -0 look +noall +answer web
  assert_output --regexp '^web\.\s+600\s+IN\s+A\s+10\.99\.0\.9$'
  run -0 look +short web AAAA
  assert_output fd00:99::9
  run -0 look +short WEB.Names
  assert_output 10.99.0.9
  run -0 look +short -x 10.99.0.9
  assert_output web.names.
  run -0 look +short -x fd00:99::9
  assert_output web.names.
  # There is the name, but nothing of that kind: no error, no answer, nobody else is asked.
  run -0 look web MX
  assert_output --partial "status: NOERROR"
  assert_output --partial "ANSWER: 0"
  # Two of one alias take turns.
  isle run -d --name web2 --network names:ip=10.99.0.10,alias=www busybox sleep 60 >/dev/null
  run -0 look +short www
  assert_equal "${#lines[@]}" 2
  local first=${lines[0]}
  run -0 look +short www
  [ "${lines[0]}" != "$first" ]
}

@test "resolvers: the host's resolv.conf is read anew for each question" {
  server 203.0.113.2
  server 203.0.113.3
  # A private /etc/resolv.conf, for isle and so for isle-dns.
  isle() {
    unshare --mount --propagation private nsenter --net="/proc/$host_pid/ns/net" -- sh -c \
      'mount --bind "$0" /etc/resolv.conf && exec "$@"' "$ISLE_TEST_DIR/resolv.conf" "$ISLE_BIN_DIR/isle" "$@" 3>&- 8>&-
  }
  echo "nameserver 203.0.113.2" >"$ISLE_TEST_DIR/resolv.conf"
  chmod 755 "$ISLE_TEST_DIR"
  isle network create names
  client
  run -0 look +short who.test TXT
  assert_output '"203.0.113.2 udp"'
  echo "nameserver 203.0.113.3" >"$ISLE_TEST_DIR/resolv.conf"
  run -0 look +short who.test TXT
  assert_output '"203.0.113.3 udp"'
  isle rm -f client
}

@test "resolvers: netavark update gives podman's containers of a network other servers, and the host's again" {
  server 203.0.113.2
  server 203.0.113.3
  isle run -d --name client --network none busybox sleep 60 >/dev/null
  client_pid=$(isle inspect --format '{{.pid}}' client)
  cat >"$ISLE_TEST_DIR/request" <<JSON
{"container_id": "$(printf 'c%063d' 1)", "container_name": "podmans", "dns_servers": ["203.0.113.2"],
 "networks": {"pods": {"static_ips": ["10.77.0.9"], "interface_name": "eth0"}},
 "network_info": {"pods": {"name": "pods", "id": "$(printf '%064d' 7)", "driver": "bridge",
  "network_interface": "pods0", "subnets": [{"subnet": "10.77.0.0/24", "gateway": "10.77.0.1"}],
  "ipv6_enabled": false, "internal": false, "dns_enabled": true,
  "ipam_options": {"driver": "host-local"}, "options": {}}}}
JSON
  run -0 isle netavark --file "$ISLE_TEST_DIR/request" setup "/proc/$client_pid/ns/net"
  assert_output --partial '"dns_server_ips":["127.0.0.11"]'
  run -0 look +short who.test TXT
  assert_output '"203.0.113.2 udp"'
  run -0 isle netavark update --network-dns-servers 203.0.113.3 pods
  refute_output
  run -0 look +short who.test TXT
  assert_output '"203.0.113.3 udp"'
  # Names are answered as before; another network's servers are not this one's.
  run -0 look +short podmans
  assert_output 10.77.0.9
  isle netavark update --network-dns-servers 203.0.113.2 others
  run -0 look +short who.test TXT
  assert_output '"203.0.113.3 udp"'
  run -1 isle netavark update --network-dns-servers nowhere pods
  assert_output --partial '{"error":'
  assert_output --partial nowhere
  run -0 isle netavark update --network-dns-servers "" pods
  isle netavark --file "$ISLE_TEST_DIR/request" teardown "/proc/$client_pid/ns/net"
  no_pods() { ! on_host ip link show pods0 2>/dev/null; }
  wait_until no_pods
  run -0 find "$ISLE_RUN/networks/.podman" -type f ! -name '.*'
  refute_output
  # SRV of containers' names Docker has none of: such a question goes on to the servers.
  isle rm -f client
  isle network create names
  client --dns 203.0.113.2
  run -0 look _http._tcp.client SRV
  assert_output --partial "status: NXDOMAIN"
}
