# What a container must not do to networks: attempts 36 to 40 of the list of attacks.

load ../network

setup() { network_setup; }
teardown() {
  outside_teardown
  network_teardown
}

@test "attack: no packets of one's own making, so no false ARP and no false source" {
  run isle run --rm busybox arping -c 1 -w 1 10.86.0.1
  assert_failure
  assert_output --regexp 'not permitted|denied'
  # Even with the right to forge, another's address does not get out of its network.
  run isle run --rm busybox ip addr add 10.86.0.99/16 dev eth0
  assert_failure
}

@test "attack: a forged source does not leave its network, whatever rights there are inside" {
  require_program python3
  outside_setup
  isle network create --subnet 10.99.0.0/24 victims
  isle run -d --name victim --network victims --ip 10.99.0.7 busybox sleep 60
  nsenter --net="/proc/$outside_pid/ns/net" -- python3 "$ISLE_TESTS_DIR/fixtures/sniff_sources.py" 203.0.113.2 \
    >"$ISLE_TEST_DIR/sources" 3>&- 8>&- &
  background_pid=$!
  wait_until grep -q listening "$ISLE_TEST_DIR/sources"
  # As everybody: neither a packet of one's own making nor an address that is not one's own.
  run isle run --rm busybox ping -c 1 -W 1 -w 1 -I 10.99.0.7 203.0.113.2
  assert_failure
  assert_output --regexp "not permitted|denied|annot assign requested address"
  # With all rights over its own network: an address of another network, of the world, of the host,
  # and one of 127.0.0.0/8.
  run isle run --rm --init --cap-add NET_ADMIN --cap-add NET_RAW busybox sh -c '
    for forged in 10.99.0.7 192.0.2.9 203.0.113.1 127.0.0.1; do
      [ "$forged" = 127.0.0.1 ] || ip addr add "$forged/32" dev lo
      ping -c 1 -W 1 -w 1 -I "$forged" 203.0.113.2 >/dev/null || echo "no answer to $forged"
    done
    ping -c 1 -w 3 203.0.113.2 >/dev/null && echo "an answer to its own"'
  assert_line "no answer to 10.99.0.7"
  assert_line "no answer to 192.0.2.9"
  assert_line "no answer to 203.0.113.1"
  assert_line "an answer to its own"
  # The own address was the last: what was before it has come by now, or never does.
  wait_until grep -q '^203.0.113.1$' "$ISLE_TEST_DIR/sources"
  end_background
  run grep -v -e listening -e '^203.0.113.1$' "$ISLE_TEST_DIR/sources"
  refute_output
  # Nor does the other network hear of a neighbour it has not.
  isle run -d --name other --network victims --ip 10.99.0.8 busybox sleep 60
  run ! isle run --rm --init --cap-add NET_ADMIN --cap-add NET_RAW busybox sh -c '
    ip addr add 10.99.0.8/32 dev lo; ping -c 1 -W 1 -w 1 -I 10.99.0.8 10.99.0.7'
}

@test "attack: another network, by any of its addresses" {
  isle network create --subnet 10.99.0.0/24 secret
  serve web --network secret --ip 10.99.0.7
  run isle run --rm --init busybox timeout 1 wget -qO- http://10.99.0.7/cgi-bin/who
  assert_failure
  run -0 isle run --rm --network secret busybox wget -qO- http://10.99.0.7/cgi-bin/who
  assert_output --partial "web from"
}

@test "attack: the host's 127.0.0.1, over the bridge" {
  serve any -p 127.0.0.1:8080:80
  mkdir "$ISLE_TEST_DIR/www"
  echo secret >"$ISLE_TEST_DIR/www/index.html"
  in_background "$host_pid" busybox httpd -f -p 127.0.0.1:7070 -h "$ISLE_TEST_DIR/www"
  wait_until on_host curl -s http://127.0.0.1:7070/
  run isle run --rm --init busybox timeout 1 wget -qO- http://10.86.0.1:7070/
  assert_failure
  refute_output --partial secret
  # A route that sends 127.0.0.1 over the bridge, by one who may make routes.
  run isle run --rm --init --cap-add NET_ADMIN --sysctl net.ipv4.conf.all.route_localnet=1 busybox sh -c '
    ip addr del 127.0.0.1/8 dev lo
    ip route add 127.0.0.1/32 via 10.86.0.1
    ip route get 127.0.0.1
    timeout 1 wget -qO- http://127.0.0.1:7070/'
  assert_failure
  assert_output --partial "127.0.0.1 via 10.86.0.1"
  refute_output --partial secret
  end_background
  rm -r "$ISLE_TEST_DIR/www"
}

@test "attack: names of another network" {
  isle network create one
  isle network create two
  isle run -d --name hidden --network one busybox sleep 60
  run isle run --rm --init --network two busybox timeout 2 nslookup hidden 127.0.0.11
  assert_failure
  refute_output --partial "Address: 10."
}
