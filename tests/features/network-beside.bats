# Beside other programs' firewalls: docker, ufw, firewalld, iptables-legacy.

load ../network

setup() { network_setup; outside_setup; }
teardown() {
  outside_teardown
  network_teardown
}

# reaches_out: whether a container of the network gets an answer from the other machine.
outside_serves() {
  mkdir -p "$ISLE_TEST_DIR/www"
  echo outside >"$ISLE_TEST_DIR/www/index.html"
  chmod -R a+rX "$ISLE_TEST_DIR/www"
  in_background "$outside_pid" busybox httpd -f -p 203.0.113.2:80 -h "$ISLE_TEST_DIR/www"
  wait_until on_outside curl -so /dev/null http://203.0.113.2/
}
reaches_out() {
  isle run --rm --init --network "${1:-bridge}" busybox timeout 2 wget -qO- http://203.0.113.2/ >/dev/null 2>&1
}
published() { [ "$(on_outside curl -s --max-time 2 "http://203.0.113.1:${1:-8080}/cgi-bin/who")" = "web from 203.0.113.2" ]; }
rules_of_isle() { on_host "$1" -S FORWARD | grep -c -- '--mark 0x4000000/0x4000000 -j ACCEPT' || true; }

# As docker 20.10 leaves them.
dockers_rules() {
  on_host iptables-nft-restore <<'RULES'
*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-USER - [0:0]
-A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o docker0 -j DOCKER
-A FORWARD -i docker0 ! -o docker0 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-USER -j RETURN
COMMIT
RULES
}
# As ufw has them: nothing comes in, nothing is routed.
ufws_rules() {
  on_host iptables-nft-restore <<'RULES'
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
:ufw-before-forward - [0:0]
:ufw-user-forward - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -j ufw-before-forward
-A ufw-before-forward -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A ufw-before-forward -j ufw-user-forward
COMMIT
RULES
}

@test "beside docker's rules: the way out and published ports work by one rule, that stays one" {
  require_program iptables-nft-restore
  dockers_rules
  outside_serves
  serve web -p 8080:80
  wait_until published
  run -0 reaches_out
  assert_equal "$(rules_of_isle iptables-nft)" 1
  # iptables, and so docker, goes on reading and changing its table.
  on_host iptables-nft -A DOCKER-USER -s 192.0.2.0/24 -j DROP
  # What docker's own rules drop stays so.
  on_host iptables-nft -I DOCKER-USER -p tcp -d 203.0.113.2 --dport 80 -j DROP
  run ! reaches_out
  published
  # Not more than asked: who routes through this host does so no more than before.
  on_outside ip route add 10.0.0.0/8 via 203.0.113.1
  run ! on_outside curl -s --max-time 1 http://10.86.0.2/cgi-bin/who
  unshare --net sleep infinity 3>&- 8>&- &
  local other=$!
  has_a_network_of_its_own() { [ "$(ns_of "$other" net)" != "$(ns_of $$ net)" ]; }
  wait_until has_a_network_of_its_own
  on_host ip link add o0 type veth peer name eth0 netns "$other"
  on_host ip addr add 198.51.100.1/24 dev o0
  on_host ip link set o0 up
  nsenter --net="/proc/$other/ns/net" -- sh -c 'ip addr add 198.51.100.2/24 dev eth0; ip link set eth0 up; ip route add default via 198.51.100.1'
  on_outside ip route add 198.51.100.0/24 via 203.0.113.1
  run ! nsenter --net="/proc/$other/ns/net" -- curl -s --max-time 1 http://203.0.113.2/
  kill "$other"
}

@test "beside docker's rules: a docker that starts later, and one that flushes, is met by reload" {
  require_program iptables-nft-restore
  serve web -p 8080:80
  wait_until published
  assert_equal "$(rules_of_isle iptables-nft)" 0
  dockers_rules
  run ! published
  isle network reload
  published
  on_host iptables-nft -F FORWARD
  run ! published
  isle network reload web
  published
  assert_equal "$(rules_of_isle iptables-nft)" 1
}

@test "beside docker's rules: reload --watch meets a docker that starts, and one that flushes" {
  require_program iptables-nft-restore
  serve web -p 8080:80
  nsenter --net="/proc/$host_pid/ns/net" -- "$ISLE_BIN_DIR/isle" network reload --watch \
    2>"$ISLE_TEST_DIR/watch" 3>&- 8>&- &
  local watcher=$!
  wait_until grep -q watching "$ISLE_TEST_DIR/watch"
  dockers_rules
  wait_until published
  on_host iptables-nft -F FORWARD
  wait_until published
  assert_equal "$(rules_of_isle iptables-nft)" 1
  kill -TERM "$watcher"
  wait "$watcher"
  # Rules of isle's own table were not concerned.
  run ! grep "made again" "$ISLE_TEST_DIR/watch"
}

@test "beside firewalld: its table is noticed" {
  require_program python3
  run -0 isle network create one
  refute_output --partial firewalld
  on_host python3 "$ISLE_TESTS_DIR/fixtures/add_nft_table.py" firewalld
  run -0 isle network create --subnet 10.99.0.0/24 two
  assert_output --partial "firewall-cmd --permanent --zone=trusted --add-source=10.99.0.0/24"
  run -0 isle network reload
  assert_output --partial "firewalld"
}

@test "beside ufw's rules: what is published comes in, the host's own ports do not" {
  require_program iptables-nft-restore
  ufws_rules
  outside_serves
  serve web -p 8080:80
  wait_until published
  run -0 reaches_out
  end_background
  in_background "$host_pid" busybox httpd -f -p 7070 -h "$ISLE_TEST_DIR/www"
  wait_until on_host curl -so /dev/null http://127.0.0.1:7070/
  run ! on_outside curl -s --max-time 1 http://203.0.113.1:7070/
  run ! isle run --rm --init busybox timeout 1 wget -qO- http://10.86.0.1:7070/
}

@test "beside ufw's rules: host_filter=obey leaves all to them" {
  require_program iptables-nft-restore
  run -125 isle network create --opt host_filter=maybe x
  assert_output --partial '--opt host_filter: "maybe" is none'
  ufws_rules
  isle network create --opt host_filter=obey --subnet 10.99.0.0/24 obedient
  outside_serves
  serve web -p 8080:80 --network obedient:ip=10.99.0.9
  run ! published
  run ! reaches_out obedient
  assert_equal "$(rules_of_isle iptables-nft)" 0
  # A network that passes does not open the other.
  run -0 reaches_out bridge
  run ! published
  # ufw route allow proto tcp to 10.99.0.9 port 80
  on_host iptables-nft -A ufw-user-forward -p tcp -d 10.99.0.9 --dport 80 -j ACCEPT
  published
}

@test "beside iptables-legacy: its policy is passed, too, by one rule" {
  require_program iptables-legacy
  on_host iptables-legacy -P FORWARD DROP || skip "this kernel has no iptables-legacy"
  outside_serves
  serve web -p 8080:80
  wait_until published
  run -0 reaches_out
  assert_equal "$(rules_of_isle iptables-legacy)" 1
  on_host iptables-legacy -F FORWARD
  run ! published
  isle network reload
  published
  assert_equal "$(rules_of_isle iptables-legacy)" 1
}
