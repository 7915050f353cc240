# Fault 4: death in the middle of making a network, at the system calls of isle netavark, which makes
# one. After each the same command succeeds, and at the end nothing is left: no device, no lease, no
# element of the firewall.
load ../network

KILL_AT=$(realpath -m "$ISLE_BIN_DIR/../tests/fixtures/kill_at")

setup() { network_setup; }
teardown() { network_teardown; }

request() {
  cat >"$ISLE_TEST_DIR/request" <<JSON
{"container_id": "$(printf 'd%063d' 1)", "container_name": "victim",
 "port_mappings": [{"host_ip": "", "host_port": 8080, "container_port": 80, "range": 1, "protocol": "tcp"}],
 "networks": {"pods": {"static_ips": ["10.77.0.9"], "interface_name": "eth0"}},
 "network_info": {"pods": {"name": "pods", "id": "$(printf '%064d' 7)", "driver": "bridge",
  "network_interface": "pods0", "subnets": [{"subnet": "10.77.0.0/24", "gateway": "10.77.0.1"}],
  "ipv6_enabled": false, "internal": false, "dns_enabled": false,
  "ipam_options": {"driver": "host-local"}, "options": {}}}}
JSON
}
no_device() { [ -z "$(on_host ip -o link show type veth)$(on_host ip -o link show type bridge)" ]; }
no_holder() {
  local left; left=$(find "$ISLE_RUN/networks" ! -type d ! -name '.next*' ! -name .foreign 2>/dev/null)
  [ -z "$left" ] || _fail "left" files "$left"
}

# sweep AGAIN COMMAND...: killed at one boundary after another; then AGAIN, which is to succeed.
sweep() {
  local again=$1 at=${ISLE_KILL_FIRST:-1} step=${ISLE_KILL_STEP:-7} count=0 result=
  shift
  while [[ $result != ended* ]]; do
    result=$(on_host "$KILL_AT" "$at" "$@" </dev/null 2>/dev/null)
    $again || _fail "killed at boundary $at of $*" result "$result"
    at=$((at + step)) count=$((count + 1))
  done
  echo "# ${*##*/}: killed at $count boundaries" >&3
}
again_wired() {
  # As podman does: what did not succeed is taken down, and tried again.
  isle netavark --file "$ISLE_TEST_DIR/request" teardown "$space" &&
    wait_until no_device && no_holder &&
    isle netavark --file "$ISLE_TEST_DIR/request" setup "$space" >/dev/null &&
    on_host busybox ping -c 1 -W 4 10.77.0.9 >/dev/null &&
    isle netavark --file "$ISLE_TEST_DIR/request" teardown "$space" &&
    wait_until no_device && no_holder
}
again_unwired() {
  isle netavark --file "$ISLE_TEST_DIR/request" teardown "$space" &&
    wait_until no_device && no_holder &&
    isle netavark --file "$ISLE_TEST_DIR/request" setup "$space" >/dev/null
}

@test "fault 4: isle netavark setup and teardown killed at their system calls" {
  request
  isle run -d --name victim --network none busybox sleep 600 >/dev/null
  local space; space=/proc/$(isle inspect --format '{{.pid}}' victim)/ns/net
  sweep again_wired "$ISLE_BIN_DIR/isle" netavark --file "$ISLE_TEST_DIR/request" setup "$space"
  isle netavark --file "$ISLE_TEST_DIR/request" setup "$space" >/dev/null
  sweep again_unwired "$ISLE_BIN_DIR/isle" netavark --file "$ISLE_TEST_DIR/request" teardown "$space"
  isle netavark --file "$ISLE_TEST_DIR/request" teardown "$space"
  wait_until no_device
}
