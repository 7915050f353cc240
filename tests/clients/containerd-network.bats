# containerd's containers wired by isle, a CNI plugin: ctr run --cni, and the calls that ctr has not.
load ../helpers
load room

setup_file() {
  room_start containerd ctr containerd-shim-runc-v2 || return 0
  # As docs/engines.md has it.
  room mkdir -p /opt/cni/bin /var/lib/containers/isle
  room ln -s "$ISLE_BIN_DIR/isle" /opt/cni/bin/isle-cni
  room_write /etc/cni/net.d/10-isle.conflist <<JSON
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "isle-cni", "bridge": "pods0", "capabilities": {"portMappings": true},
   "ipam": {"ranges": [[{"subnet": "10.66.0.0/24"}], [{"subnet": "fd66::/64"}]]}}]}
JSON
  containerd_room in_room
}
teardown_file() { room_end; }
sweep() {
  remove one
  remove two
  room ip netns del pod
  in_room "$ISLE_BIN_DIR/isle" network rm inner
}

# What isle holds is the room's, too.
in_room() { room env ISLE_RUN=/run/isle ISLE_ROOT=/var/lib/containers/isle "$@"; }
ctr() { in_room ctr "$@"; }
# box GROUP FLAG...: in a control group of that name.
box() { ctr run --cni --runc-binary "$ISLE_ROOM/islet" --cgroup "/isle/$1" "${@:2}"; }
image=busybox:latest
remove() { ctr task rm -f "$1"; ctr container rm "$1"; }
pid_of() { ctr task ls | awk -v id="$1" '$1 == id { print $2 }'; }
inside() { room nsenter -t "$(pid_of "$1")" --net -- "${@:2}"; }
nothing_is_left() {
  [ -z "$(room find /run/isle/networks -mindepth 2 ! -type d ! -name '.next*')" ] &&
    [ -z "$(room ip -o link show type veth)" ] && [ -z "$(room ip -o link show type bridge)" ]
}
# cni COMMAND ID [NAME=VALUE...]: the plugin is called with the configuration on standard input.
cni() {
  in_room env CNI_COMMAND="$1" CNI_CONTAINERID="$2" CNI_IFNAME=eth0 CNI_PATH=/opt/cni/bin "${@:3}" \
    /opt/cni/bin/isle-cni
}
# config [MEMBERS]: of a network "bare", with more members.
config() { echo '{"cniVersion": "1.1.0", "name": "bare", "type": "isle-cni", "ipam": {"type": "isle", "subnet": "10.67.0.0/24"}'"${1:+, $1}"'}'; }

@test "ctr run --cni: addresses, neighbours, and nothing left behind" {
  box one -d $image one sh -c 'echo here >/tmp/index.html; exec httpd -f -p "[::]:80" -h /tmp'
  run -0 inside one ip -o addr show dev eth0
  assert_output --partial "inet 10.66.0.2/24"
  assert_output --partial "inet6 fd66::2/64"
  run -0 inside one ip route
  assert_output --partial "default via 10.66.0.1 dev eth0"
  wait_until room curl -s -o /dev/null http://10.66.0.2/
  run -0 box two --rm $image two wget -qO- http://10.66.0.2/
  assert_output here
  remove one
  # ctr takes the network down with the container it waits for; this one it did not.
  run -0 cni GC '' <<<'{"cniVersion": "1.1.0", "name": "pods", "type": "isle-cni", "bridge": "pods0", "ipam": {"subnet": "10.66.0.0/24"}}'
  nothing_is_left
}

@test "cni: ADD, CHECK, DEL, GC, STATUS and VERSION, and a published port" {
  room ip netns add pod
  local space=CNI_NETNS=/run/netns/pod
  run -0 cni VERSION pod <<<'{"cniVersion": "1.0.0"}'
  assert_output --partial '"supportedVersions":["0.4.0","1.0.0","1.1.0"]'
  run -0 cni STATUS pod <<<"$(config)"
  run -0 cni ADD pod $space "CNI_ARGS=IgnoreUnknown=1;IP=10.67.0.9" \
    <<<"$(config '"runtimeConfig": {"portMappings": [{"hostPort": 8082, "containerPort": 80, "protocol": "tcp"}]}')"
  assert_output --partial '"ips":[{"address":"10.67.0.9/24","gateway":"10.67.0.1","interface":2}]'
  assert_output --partial '"sandbox":"/run/netns/pod"'
  run -1 cni ADD pod $space <<<"$(config)"
  assert_output --partial "has eth0 in network"
  in_room ip netns exec pod busybox httpd -p 80 -h "$ISLE_ROOM/image"
  run -0 room curl -s --max-time 2 http://127.0.0.1:8082/oci-layout
  assert_output --partial imageLayoutVersion
  run -0 cni CHECK pod $space <<<"$(config)"
  room ip -n pod addr del 10.67.0.9/24 dev eth0
  run -1 cni CHECK pod $space <<<"$(config)"
  assert_output --partial "10.67.0.9/24 of eth0 is gone"
  # Named as valid it stays, else it goes.
  run -0 cni GC '' <<<"$(config '"cni.dev/valid-attachments": [{"containerID": "pod", "ifname": "eth0"}]')"
  room ip -n pod link show eth0
  run -0 cni DEL pod $space <<<"$(config)"
  run -0 cni DEL pod <<<"$(config)"
  run -1 room ip -n pod link show eth0
  run -0 cni ADD pod $space <<<"$(config)"
  run -0 cni GC '' <<<"$(config)"
  room sh -c 'kill $(ip netns pids pod)'
  room ip netns del pod
  nothing_is_left
}

# milliseconds COMMAND...: how long it takes.
milliseconds() {
  local begin; begin=$(date +%s%N)
  "$@" >/dev/null || return
  echo $((($(date +%s%N) - begin) / 1000000))
}

@test "cni: bandwidth holds what a container receives and sends, and goes with it" {
  room ip link add probe type ifb 2>/dev/null || skip "this kernel has no ifb"
  room ip link del probe
  room ip netns add pod
  room sh -c 'mkdir -p /run/www && head -c 1000000 /dev/zero >/run/www/million'
  local space=CNI_NETNS=/run/netns/pod time
  run -0 cni ADD pod $space "CNI_ARGS=IgnoreUnknown=1;IP=10.67.0.9" <<<"$(config '"runtimeConfig": {"bandwidth":
    {"ingressRate": 4000000, "ingressBurst": 524288, "egressRate": 8000000, "egressBurst": 524288}}')"
  in_room ip netns exec pod busybox httpd -p 80 -h /run/www
  room busybox httpd -p 10.67.0.1:7070 -h /run/www
  # A million bytes less the burst of 65,536; not faster, whatever else goes on.
  time=$(milliseconds room ip netns exec pod curl -s --max-time 30 http://10.67.0.1:7070/million)
  [ "$time" -gt 1600 ] || _fail "ingress of 4 Mbit/s" milliseconds "$time"
  time=$(milliseconds room curl -s --max-time 30 http://10.67.0.9/million)
  [ "$time" -gt 750 ] || _fail "egress of 8 Mbit/s" milliseconds "$time"
  run -0 room sh -c 'tc qdisc show | grep -c tbf'
  assert_output 2
  run -0 cni DEL pod $space <<<"$(config)"
  nothing_of_rates() { [ -z "$(room ip -o link show type ifb)" ]; }
  wait_until nothing_of_rates
  room sh -c 'kill $(ip netns pids pod)'
  room ip netns del pod
  wait_until nothing_is_left
}

@test "cni: what cannot be is refused by its name, with the specification's numbers" {
  room ip netns add pod
  local space=CNI_NETNS=/run/netns/pod
  run -1 cni ADD pod $space <<<'{"cniVersion": "0.2.0", "name": "bare", "type": "isle-cni", "ipam": {"subnet": "10.67.0.0/24"}}'
  assert_output --partial '"code":1'
  run -1 cni ADD pod $space <<<"$(config '"hairpinMode": true')"
  assert_output --partial '"code":2,"msg":"isle-cni does not know hairpinMode"'
  run -1 cni NONE pod <<<"$(config)"
  assert_output --partial '"code":4'
  run -1 cni ADD ../pod $space <<<"$(config)"
  assert_output --partial "is no container's id"
  # Never the addresses or the bridge of isle's own networks.
  in_room "$ISLE_BIN_DIR/isle" network create --subnet 10.67.0.0/16 inner
  run -1 cni ADD pod $space <<<"$(config)"
  assert_output --partial "the subnet 10.67.0.0/24 overlaps that of isle's network"
  in_room "$ISLE_BIN_DIR/isle" network rm inner
  room ip netns del pod
  nothing_is_left
}
