# podman's networks made by isle, which podman's configuration names as netavark.
load ../helpers
load room

setup_file() {
  room_start podman conmon || return 0
  room mkdir "$ISLE_ROOM/helpers"
  room ln -s "$ISLE_BIN_DIR/isle" "$ISLE_ROOM/helpers/netavark"
  podman_room '[network]
network_backend = "netavark"'
  # Another machine, 203.0.113.2.
  room sh -ec 'ip netns add outside
    ip link add up0 type veth peer name eth0 netns outside
    ip addr add 203.0.113.1/24 dev up0 && ip link set up0 up
    ip -n outside link set lo up
    ip -n outside addr add 203.0.113.2/24 dev eth0 && ip -n outside link set eth0 up'
}
teardown_file() { podman_room_end; }
sweep() { podman rm -f -t 0 -a; podman network prune -f; }

# What isle holds is the room's, too.
in_room() { room env ISLE_RUN=/run/isle ISLE_ROOT=/var/lib/containers/isle "$@"; }
podman() { in_room podman "$@" 2> >(grep -v 'aardvark-dns binary not found' >&2); }
box() { podman run --cgroup-parent /isle "$@"; }
# serve NAME FLAG...: answers with its name on port 80.
serve() {
  local name=$1
  shift
  box -d --name "$name" "$@" busybox sh -c 'mkdir /www; echo "$0" >/www/index.html; exec httpd -f -p "[::]:80" -h /www' "$name"
}
# In a container's network.
inside() {
  local pid; pid=$(podman inspect --format '{{.State.Pid}}' "$1")
  room nsenter -t "$pid" --net -- "${@:2}"
}
outside() { room ip netns exec outside "$@"; }
answers() { outside curl -s --max-time 2 "http://203.0.113.1:$1/"; }
isle() { in_room "$ISLE_BIN_DIR/isle" "$@"; }
# What isle holds for podman, and what of podman's is on the host.
nothing_is_left() {
  [ -z "$(room find /run/isle/networks -mindepth 2 ! -type d ! -name '.next*')" ] &&
    [ -z "$(room ip -o link show type veth | grep -v up0)" ] && [ -z "$(room ip -o link show type bridge)" ]
}

@test "podman: its default network, a published port and the way out are isle's work" {
  run -0 podman info --format '{{.Host.NetworkBackend}}'
  assert_output netavark
  serve web -p 8080:80
  wait_until answers 8080
  run -0 answers 8080
  assert_output web
  run -0 room curl -s --max-time 2 http://127.0.0.1:8080/
  assert_output web
  local ip; ip=$(podman inspect --format '{{.NetworkSettings.IPAddress}}' web)
  run -0 inside web ip -4 -o addr show dev eth0
  assert_output --partial "inet $ip/16"
  run -0 box --rm busybox wget -qO- "http://$ip/"
  assert_output web
  run -0 podman port web
  assert_output "80/tcp -> 0.0.0.0:8080"
  # isle knows who has the port.
  run -125 isle run --rm --network bridge -p 8080:80 busybox true
  assert_output --partial "port 0.0.0.0:8080/tcp leads to container $(podman inspect --format '{{.Id}}' web | cut -c 1-12)"
  # After somebody's flush.
  room python3 "$ISLE_TESTS_DIR/fixtures/flush_firewall.py"
  run answers 8080
  assert_failure
  isle network reload
  run -0 answers 8080
  podman rm -f -t 0 web
  run answers 8080
  assert_failure
  wait_until nothing_is_left
}

@test "podman: networks of its own, names, connect, disconnect, reload" {
  podman network create --subnet 10.55.0.0/24 --ipv6 --subnet fd55::/64 one
  podman network create --internal --disable-dns --subnet 10.56.0.0/24 two
  serve web --network one --network-alias site -p 8081:80
  run -0 inside web ip -o addr show dev eth0
  assert_output --partial "inet 10.55.0.2/24"
  assert_output --partial "inet6 fd55::2/64"
  run -0 box --rm --network one busybox nslookup site
  assert_output --partial 10.55.0.2
  assert_output --partial fd55::2
  run box --rm --network two busybox nslookup site 127.0.0.11
  assert_failure
  run -0 box --rm --network one busybox wget -qO- "http://[fd55::2]/"
  assert_output web
  # The inner network has no way out, and the name is none of its.
  run -0 box --rm --network two busybox ip route
  refute_output --partial default
  run box --rm --network two busybox wget -qO- http://10.55.0.2/
  assert_failure

  podman network connect two web
  local ip; ip=$(podman inspect --format '{{.NetworkSettings.Networks.two.IPAddress}}' web)
  run -0 box --rm --network two busybox wget -qO- "http://$ip/"
  assert_output web
  podman network disconnect two web
  run -1 inside web ip -o link show dev eth1
  wait_until answers 8081
  podman network reload web
  wait_until answers 8081
  run -2 podman network rm one
  podman rm -f -t 0 web
  podman network rm one two
  wait_until nothing_is_left
}

@test "podman: what isle lacks is refused by its name" {
  podman network create --opt vlan=7 --subnet 10.57.0.0/24 three
  run -126 box --rm --network three busybox true
  assert_output --partial 'isle has no option "vlan"'
  podman network rm three
  run -1 in_room "$ISLE_ROOM/helpers/netavark" --rootless true setup /proc/1/ns/net
  assert_output --partial '{"error":"isle wires containers of root'
  run -1 in_room "$ISLE_ROOM/helpers/netavark" dhcp-proxy
  assert_output --partial 'no command \"dhcp-proxy\"'
  wait_until nothing_is_left
}
