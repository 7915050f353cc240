# Tests about networks: every program they start, isle among them, runs in a network namespace that
# the test makes, "the host"; the machine's own devices and firewall are not touched. With the
# namespace goes all that is in it.
#
#   load ../network
#   setup() { network_setup; }
#   teardown() { network_teardown; }

load ../helpers

# A process that holds the namespace; on_host and isle enter it.
network_setup() {
  isle_setup
  require_root
  [ -e /proc/sys/net/netfilter ] || skip "this kernel has no netfilter"
  unshare --net sleep infinity 3>&- 8>&- &
  host_pid=$!
  wait_until host_is_apart
  on_host ip link set lo up
  unset ISLE_NETWORK
}
host_is_apart() { [ "$(ns_of "$host_pid" net)" != "$(ns_of $$ net)" ]; }

network_teardown() {
  local status=0
  if [ -n "${host_pid-}" ]; then
    local id
    for id in $(isle ps -aq 2>/dev/null); do isle rm -f "$id" >/dev/null 2>&1 || true; done
    wait_until no_name_server || status=1
    kill "$host_pid" 2>/dev/null
    wait "$host_pid" 2>/dev/null || true
  fi
  # Networks are made to stay; what containers held must be gone.
  if [ -z "$(find "$ISLE_RUN/networks" -type l 2>/dev/null)" ]; then
    rm -rf "${ISLE_RUN:?}/networks" "${ISLE_ROOT:?}/networks"
  fi
  isle_teardown || status=1
  return "$status"
}

# isle-dns of this test: it has the test's namespace.
no_name_server() {
  local pid
  for pid in $(pgrep -x isle-dns); do
    [ "$(ns_of "$pid" net)" != "$(ns_of "${host_pid-$$}" net)" ] || return 1
  done
}

# A command on "the host".
on_host() { nsenter --net="/proc/$host_pid/ns/net" -- "$@" 3>&- 8>&-; }
isle() { on_host "$ISLE_BIN_DIR/isle" "$@"; }

# outside_setup: another machine, 203.0.113.2, which the host (203.0.113.1) reaches; it has no route
# to networks of containers.
outside_setup() {
  unshare --net sleep infinity 3>&- 8>&- &
  outside_pid=$!
  wait_until outside_is_apart
  on_host ip link add up0 type veth peer name eth0 netns "$outside_pid"
  on_host ip addr add 203.0.113.1/24 dev up0
  on_host ip link set up0 up
  on_outside ip link set lo up
  on_outside ip addr add 203.0.113.2/24 dev eth0
  on_outside ip link set eth0 up
}
outside_is_apart() { [ "$(ns_of "$outside_pid" net)" != "$(ns_of $$ net)" ]; }
on_outside() { nsenter --net="/proc/$outside_pid/ns/net" -- "$@" 3>&- 8>&-; }
# in_background PID COMMAND...: in the namespace of a process; end_background ends the last.
in_background() {
  local pid=$1
  shift
  nsenter --net="/proc/$pid/ns/net" -- "$@" >/dev/null 2>&1 3>&- 8>&- &
  background_pid=$!
}
end_background() {
  [ -z "${background_pid-}" ] || { kill "$background_pid" && wait "$background_pid"; } 2>/dev/null || true
  background_pid=
}
outside_teardown() {
  end_background
  [ -z "${outside_pid-}" ] || { kill "$outside_pid" && wait "$outside_pid"; } 2>/dev/null || true
}

# serve NAME FLAG...: a container that answers "NAME from CLIENT" on port 80.
serve() {
  local name=$1
  shift
  isle run -d --name "$name" "$@" busybox sh -c '
    mkdir -p /www/cgi-bin
    echo "#!/bin/sh
      echo; echo $0 from \$(echo \$REMOTE_ADDR | sed \"s/[][]//g; s/^::ffff://\")" >/www/cgi-bin/who
    chmod +x /www/cgi-bin/who
    exec httpd -f -p "[::]:80" -h /www' "$name" >/dev/null
  wait_until isle exec "$name" wget -qO /dev/null http://127.0.0.1/cgi-bin/who
}
# ask ADDRESS[:PORT]: what a server says; a prefix such as on_outside, or `isle exec C`, says who asks.
ask() { curl -s --max-time 2 "http://$1/cgi-bin/who"; }
# No veth of a container is left on "the host".
no_veth() { ! on_host ip -o link show type veth | grep -q ': ve[0-9a-f]\{10\}-'; }
