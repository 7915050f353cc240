# What a container must not do to networks: attempts 36 to 40 of the list of attacks.

load ../network

setup() { network_setup; }
teardown() { network_teardown; }

@test "attack: no packets of one's own making, so no false ARP and no false source" {
  run isle run --rm busybox arping -c 1 -w 1 10.86.0.1
  assert_failure
  assert_output --regexp 'not permitted|denied'
  # Even with the right to forge, another's address does not get out of its network.
  run isle run --rm busybox ip addr add 10.86.0.99/16 dev eth0
  assert_failure
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
