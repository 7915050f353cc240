# Two hosts with isle, and a router between them, each a network namespace: what containers of one
# and of the other reach, over IPv4, IPv6 and both; and what is counted.

load ../network

setup() { network_setup; hosts_setup; }
teardown() {
  end_background
  [ -z "${router_pid-}" ] || { kill "$router_pid" && wait "$router_pid"; } 2>/dev/null || true
  if [ -n "${other_pid-}" ]; then
    local id
    for id in $(other ps -aq 2>/dev/null); do other rm -f "$id" >/dev/null 2>&1 || true; done
    kill "$other_pid" && wait "$other_pid" 2>/dev/null || true
    rm -rf "${ISLE_TEST_DIR:?}/other"
  fi
  network_teardown
}

is_apart() { [ "$(ns_of "$1" net)" != "$(ns_of $$ net)" ]; }
in_space() { nsenter --net="/proc/$1/ns/net" -- "${@:2}" 3>&- 8>&-; }
# The host is 198.51.100.2 and 2001:db8:1::2, the other 203.0.113.2 and 2001:db8:2::2; the router is .1.
hosts_setup() {
  unshare --net sleep infinity 3>&- 8>&- &
  router_pid=$!
  unshare --net sleep infinity 3>&- 8>&- &
  other_pid=$!
  wait_until is_apart "$router_pid"
  wait_until is_apart "$other_pid"
  cable "$host_pid" r1 198.51.100 2001:db8:1:
  cable "$other_pid" r2 203.0.113 2001:db8:2:
  in_space "$router_pid" sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  mkdir -p "$ISLE_TEST_DIR/other/run" "$ISLE_TEST_DIR/other/root"
}
# cable PID NAME PREFIX4 PREFIX6: to the router, with a default route by it.
cable() {
  in_space "$router_pid" ip link add "$2" type veth peer name up0 netns "$1"
  in_space "$router_pid" sh -c "ip addr add $3.1/24 dev $2; ip addr add $4:1/64 dev $2 nodad; ip link set $2 up"
  in_space "$1" sh -c "ip link set lo up; ip addr add $3.2/24 dev up0; ip addr add $4:2/64 dev up0 nodad
    ip link set up0 up; ip route add default via $3.1; ip -6 route add default via $4:1"
}
# The other host's isle, with all that is its.
other() {
  ISLE_ROOT=$ISLE_TEST_DIR/other/root ISLE_RUN=$ISLE_TEST_DIR/other/run \
    in_space "$other_pid" "$ISLE_BIN_DIR/isle" "$@"
}
# from_other NETWORK URL: what a container there is told.
from_other() { other run --rm --init --network "$1" busybox timeout 3 wget -qO- "$2"; }

@test "hosts: a published port is reached from the other host and its containers, under that host's address" {
  serve web -p 8080:80
  run -0 in_space "$other_pid" curl -s --max-time 2 http://198.51.100.2:8080/cgi-bin/who
  assert_output "web from 203.0.113.2"
  run -0 from_other bridge http://198.51.100.2:8080/cgi-bin/who
  assert_output "web from 203.0.113.2"
  run ! from_other bridge http://10.86.0.2/cgi-bin/who
  # Both hosts have the same ranges, and each its own containers.
  run -0 other ps -aq
  refute_output
}

@test "hosts: the same over IPv6 alone, and over both" {
  isle network create --subnet fd00:1::/64 six
  serve web --network six -p 8080:80
  other network create --subnet fd00:2::/64 six
  other network create --ipv6 --subnet 10.99.0.0/24 --subnet fd00:3::/64 both
  run -0 from_other six 'http://[2001:db8:1::2]:8080/cgi-bin/who'
  assert_output "web from 2001:db8:2::2"
  run -0 from_other both 'http://[2001:db8:1::2]:8080/cgi-bin/who'
  assert_output "web from 2001:db8:2::2"
  isle rm -f web
  isle network create --ipv6 --subnet 10.98.0.0/24 --subnet fd00:4::/64 both
  serve web --network both -p 8080:80
  run -0 from_other both 'http://[2001:db8:1::2]:8080/cgi-bin/who'
  assert_output "web from 2001:db8:2::2"
  run -0 from_other both http://198.51.100.2:8080/cgi-bin/who
  assert_output "web from 203.0.113.2"
  # What is not published stays closed, whatever routes the router has.
  in_space "$router_pid" ip route add 10.98.0.0/24 via 198.51.100.2
  in_space "$router_pid" ip -6 route add fd00:4::/64 via 2001:db8:1::2
  run ! from_other both http://10.98.0.2/cgi-bin/who
  run ! from_other both 'http://[fd00:4::2]/cgi-bin/who'
}

@test "hosts: stats count what a container received and sent, over IPv4 and IPv6" {
  isle network create --ipv6 --subnet 10.98.0.0/24 --subnet fd00:4::/64 both
  mkdir -p "$ISLE_TEST_DIR/www"
  head -c 1000000 /dev/zero >"$ISLE_TEST_DIR/www/million"
  chmod -R a+rX "$ISLE_TEST_DIR/www"
  isle run -d --name web --network both -p 8080:80 -v "$ISLE_TEST_DIR/www:/www:ro" busybox \
    httpd -f -p '[::]:80' -h /www >/dev/null
  wait_until in_space "$other_pid" curl -so /dev/null http://198.51.100.2:8080/million
  local before after url
  for url in http://198.51.100.2:8080/million 'http://[2001:db8:1::2]:8080/million'; do
    before=$(sent web)
    in_space "$other_pid" curl -so /dev/null "$url"
    after=$(sent web)
    # A million, and at most a tenth more of headers.
    [ $((after - before)) -gt 1000000 ] && [ $((after - before)) -lt 1100000 ] ||
      _fail "$url" "bytes more" $((after - before))
  done
  # Both sides: what the container sent its host's end has received.
  local host_end
  host_end=$(on_host ip -o link show master "$(isle network inspect -f '{{.NetworkInterface}}' both)" | sed 's/^[0-9]*: \([^@:]*\).*/\1/')
  # A neighbour may be asked for in between.
  local received
  received=$(on_host ip -s -j link show "$host_end" | python3 -c 'import json,sys; print(json.load(sys.stdin)[0]["stats64"]["rx"]["bytes"])')
  after=$(sent web)
  [ "$received" -ge 3000000 ] && [ $((after - received)) -lt 1000 ] || _fail "both ends" "sent $after" "received $received"
  run -0 isle stats --no-stream --format '{{.NetIO}}' web
  assert_output --regexp '^[0-9.]+ ?kB / [34](\.[0-9]+)? ?MB$'
}
# sent NAME: bytes, as the kernel counts for its device.
sent() { isle exec "$1" cat /sys/class/net/eth0/statistics/tx_bytes; }
