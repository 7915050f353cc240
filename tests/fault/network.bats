# Fault 4: death in the middle of making a network, at the system calls of isle netavark, which makes
# one, and at the messages of who makes a container's. After each the same command succeeds, and at
# the end nothing is left: no device, no lease, no element of the firewall, no control group.
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

no_veth() { [ -z "$(on_host ip -o link show type veth)" ]; }
no_lease() { [ -z "$(find "$ISLE_RUN/networks" -type l 2>/dev/null)" ]; }
no_container() { [ -z "$(isle ps -aq)" ]; }
no_state() { [ -z "$(find "$ISLE_RUN/containers" -mindepth 1 -maxdepth 1 ! -name '.*')" ]; }

# Both who makes the network and who clears away after that may make so many of the call.
@test "fault 4: who makes a container's network is killed on its way; nothing stays, and the same run again succeeds" {
  require_program strace
  isle run --rm --name victim -p 8080:80 busybox true
  local call at
  for call in "sendto 2" "sendto 3" "sendto 4" "sendto 5" "sendto 6" "sendto 8" "setns 1" "symlink 1" "symlink 2"; do
    read -r call at <<<"$call"
    on_host timeout 30 strace -f -o "$ISLE_TEST_DIR/strace" -e "trace=$call" -e "inject=$call:signal=KILL:when=$at" \
      "$ISLE_BIN_DIR/isle" run --rm --name victim -p 8080:80 busybox true >/dev/null 2>&1 </dev/null || true
    grep -q "killed by SIGKILL" "$ISLE_TEST_DIR/strace" || _fail "nobody makes that many of this call" call "$call $at"
    isle rm -f victim >/dev/null 2>&1
    wait_until no_container || _fail "its record is left" call "$call $at"
    wait_until no_state || _fail "its state is left" call "$call $at"
    run -0 isle run --rm --name victim -p 8080:80 busybox ip -o -4 addr show eth0
    assert_output --partial "inet 10.86."
    wait_until no_veth || _fail "a device is left" call "$call $at"
    # One that nobody has asked for again is taken back when somebody does, or by reload.
    isle network reload
    wait_until no_lease || _fail "a lease is left" call "$call $at"
  done
}
