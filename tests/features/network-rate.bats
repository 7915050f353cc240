# How fast a container sends and receives: --network NAME:ingress=,egress=, measured by transfers.

load ../network

setup() { network_setup; }
teardown() {
  end_background
  network_teardown
}

# milliseconds COMMAND...: how long it takes.
milliseconds() {
  local begin
  begin=$(date +%s%N)
  "$@" >/dev/null || return
  echo $((($(date +%s%N) - begin) / 1000000))
}
# On the host's port 7070, and for containers to serve; rates need ifb.
serve_a_million() {
  on_host ip link add probe type ifb 2>/dev/null || skip "this kernel has no ifb"
  on_host ip link del probe
  mkdir "$ISLE_TEST_DIR/www"
  head -c 1000000 /dev/zero >"$ISLE_TEST_DIR/www/million"
  chmod -R a+rX "$ISLE_TEST_DIR"
  in_background "$host_pid" busybox httpd -f -p 7070 -h "$ISLE_TEST_DIR/www"
}
no_ifb() { [ -z "$(on_host ip -o link show type ifb)" ]; }

@test "rate: ingress and egress are held to, each on its own, and nothing stays" {
  serve_a_million
  isle run -d --name slow --network bridge:ingress=4mbit,egress=8M -v "$ISLE_TEST_DIR/www:/www:ro" \
    busybox httpd -f -p 80 -h /www >/dev/null
  isle run -d --name fast -v "$ISLE_TEST_DIR/www:/www:ro" busybox httpd -f -p 80 -h /www >/dev/null
  local slow fast time
  slow=$(isle exec slow ip -4 -o addr show eth0 | sed 's/.*inet \([0-9.]*\).*/\1/')
  fast=$(isle exec fast ip -4 -o addr show eth0 | sed 's/.*inet \([0-9.]*\).*/\1/')
  wait_until on_host curl -so /dev/null "http://$slow/"
  wait_until on_host curl -so /dev/null "http://$fast/"
  # A million bytes less the burst of 65,536: 1.87 s at 4 Mbit/s, 0.93 s at 8.
  time=$(milliseconds isle exec slow wget -qO /dev/null http://10.86.0.1:7070/million)
  [ "$time" -gt 1600 ] && [ "$time" -lt 4000 ] || _fail "ingress of 4 Mbit/s" milliseconds "$time"
  time=$(milliseconds on_host curl -s --max-time 9 "http://$slow/million")
  [ "$time" -gt 750 ] && [ "$time" -lt 2500 ] || _fail "egress of 8 Mbit/s" milliseconds "$time"
  time=$(milliseconds on_host curl -s --max-time 9 "http://$fast/million")
  [ "$time" -lt 800 ] || _fail "no limit" milliseconds "$time"
  run -0 isle network inspect bridge
  assert_output --regexp '"Ingress": 4000000,\s+"Egress": 8000000'
  # Whatever rights it has inside, the limit is the host's.
  run -0 isle exec slow ip -o link show eth0
  refute_output --partial tbf
  isle rm -f slow fast
  wait_until no_ifb
}

@test "rate: network connect limits that network alone, and disconnect takes the limit away" {
  serve_a_million
  isle network create --subnet 10.99.0.0/24 slow
  isle run -d --name web -v "$ISLE_TEST_DIR/www:/www:ro" busybox httpd -f -p 80 -h /www >/dev/null
  run -125 isle network connect --ingress fast slow web
  assert_output --partial '"fast" is no rate'
  isle network connect --ip 10.99.0.9 --ingress 4mbit --egress 8mbit slow web
  wait_until on_host curl -so /dev/null http://10.99.0.9/
  # Both sides: inside nothing is to be seen of it, the host's end and its ifb hold it.
  run -0 isle exec web ip -o link show eth1
  refute_output --partial tbf
  local end
  end=$(on_host ip -o link show master "$(isle network inspect -f '{{.NetworkInterface}}' slow)" | sed 's/^[0-9]*: \([^@:]*\).*/\1/')
  run -0 on_host tc qdisc show dev "$end"
  assert_output --regexp 'tbf.*rate 4Mbit'
  run -0 on_host tc qdisc show dev "$(on_host ip -o link show type ifb | sed 's/^[0-9]*: \([^:]*\):.*/\1/')"
  assert_output --regexp 'tbf.*rate 8Mbit'
  run -0 isle network inspect slow
  assert_output --regexp '"Ingress": 4000000,\s+"Egress": 8000000'
  local time
  # A million bytes less the burst of 65,536; never faster than that, whatever else goes on.
  time=$(milliseconds isle exec web wget -qO /dev/null http://10.99.0.1:7070/million)
  [ "$time" -gt 1600 ] || _fail "ingress of 4 Mbit/s" milliseconds "$time"
  time=$(milliseconds on_host curl -s --max-time 30 http://10.99.0.9/million)
  [ "$time" -gt 750 ] || _fail "egress of 8 Mbit/s" milliseconds "$time"
  # The first network is as it was: no queue holds anything there.
  run -0 on_host tc qdisc show dev "$(on_host ip -o link show master isle0 | sed 's/^[0-9]*: \([^@:]*\).*/\1/')"
  refute_output --partial tbf
  isle network disconnect slow web
  wait_until no_ifb
  run ! isle exec web ip link show eth1
  isle network connect --ip 10.99.0.9 slow web
  run -0 on_host tc qdisc show dev "$end"
  refute_output --partial tbf
}

@test "rate: what is no rate, and where there is no limit, is refused by name" {
  run -125 isle run --rm --network bridge:ingress=fast busybox true
  assert_output --partial '"fast" is no rate'
  run -125 isle run --rm --network bridge:egress=7kbit busybox true
  assert_output --partial "8kbit is the least"
  on_host ip link add card type veth peer name card2
  on_host ip link set card up
  isle network create -d macvlan -o parent=card --subnet 10.70.0.0/24 lan
  run -125 isle run --rm --network lan:egress=1mbit busybox true
  assert_output --partial "limit on bridges, this is a macvlan"
  isle network rm lan
}
