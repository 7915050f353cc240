# isle beside the real programs that make firewalls: dockerd, ufw and firewalld, in a room. What
# their rules are by themselves stands, imitated and for hosts without these programs, in
# tests/features/network-beside.bats.
load ../helpers
load room

setup_file() {
  room_start ip || return 0
  # Another machine, 203.0.113.2.
  room sh -ec 'ip netns add outside
    ip link add up0 type veth peer name eth0 netns outside
    ip addr add 203.0.113.1/24 dev up0 && ip link set up0 up
    ip -n outside link set lo up
    ip -n outside addr add 203.0.113.2/24 dev eth0 && ip -n outside link set eth0 up'
  room sh -c 'mkdir -p /run/www && echo outside >/run/www/index.html'
  room ip netns exec outside busybox httpd -p 203.0.113.2:80 -h /run/www
  room mkdir -p /var/lib/containers/isle
}
teardown_file() { room_end; }
sweep() {
  isle rm -f web
  [ -z "${daemon-}" ] || room kill "$daemon"
}

isle() { room env -u ISLE_NETWORK ISLE_RUN=/run/isle ISLE_ROOT=/var/lib/containers/isle ISLE_CONFIG= "$ISLE_BIN_DIR/isle" "$@"; }
outside() { room ip netns exec outside "$@"; }
has_program() { room sh -c "command -v $1" >/dev/null || skip "needs the program $1 (tools/get-engines fetches it)"; }
serve() { isle run -d --name web -p 8080:80 busybox sh -c 'mkdir /www; echo web >/www/index.html; exec httpd -f -p "[::]:80" -h /www' >/dev/null; }
published() { [ "$(outside curl -s --max-time 2 http://203.0.113.1:8080/)" = web ]; }
reaches_out() { [ "$(isle run --rm --init busybox timeout 5 wget -qO- http://203.0.113.2/)" = outside ]; }
# Nothing else of the host has become reachable.
host_is_closed() { ! outside curl -s --max-time 1 http://203.0.113.1:7070/ >/dev/null; }

@test "beside the real ufw: what is published comes in, the way out works, and the host stays closed" {
  has_program ufw
  room sh -ec 'cp -n /usr/share/ufw/*.rules /usr/share/ufw/*.init /usr/share/ufw/ufw.conf /etc/ufw/
    cp -n /usr/share/ufw/iptables/*.rules /etc/ufw/ 2>/dev/null || true
    sed -i "s/^IPV6=.*/IPV6=no/" /etc/default/ufw'
  room busybox httpd -p 7070 -h /run/www
  serve
  wait_until published
  run -0 room ufw --force enable
  run -0 room ufw status verbose
  assert_output --partial "deny (incoming), allow (outgoing), deny (routed)"
  run ! published
  isle network reload
  wait_until published
  reaches_out
  host_is_closed
  # What ufw is told to deny stays denied: isle replaces its policy only.
  run -0 room ufw route deny proto tcp to any port 80
  run ! published
  run -0 room ufw --force route delete deny proto tcp to any port 80
  wait_until published
  # A network that obeys asks ufw.
  isle rm -f web
  isle network create --opt host_filter=obey --subnet 10.99.0.0/24 asked
  isle run -d --name web --network asked:ip=10.99.0.9 -p 8080:80 busybox \
    sh -c 'mkdir /www; echo web >/www/index.html; exec httpd -f -p 80 -h /www'
  run ! published
  run -0 room ufw route allow proto tcp to 10.99.0.9 port 80
  wait_until published
  isle rm -f web
  isle network rm asked
  run -0 room ufw --force disable
}

@test "beside a real dockerd: it starts later, its rules drop what is forwarded, and reload passes them" {
  has_program dockerd
  has_program containerd
  serve
  wait_until published
  # As on a host where nobody has routed yet: else dockerd leaves the policy alone.
  room sh -c 'iptables -F FORWARD; echo 0 >/proc/sys/net/ipv4/ip_forward'
  room_write "$ISLE_ROOM/daemon.json" <<JSON
{"cgroup-parent": "/isle", "bip": "172.30.0.1/24", "storage-driver": "vfs"}
JSON
  room dockerd --config-file "$ISLE_ROOM/daemon.json" --host "unix://$ISLE_ROOM/docker.sock" \
    --pidfile "$ISLE_ROOM/docker.pid" >"$ISLE_ROOM/log" 2>&1 </dev/null 3>&- 8>&- &
  docker_answers() { room docker --host "unix://$ISLE_ROOM/docker.sock" version >/dev/null 2>&1; }
  wait_until -t 30 docker_answers || { cat "$ISLE_ROOM/log"; return 1; }
  daemon=$(room cat "$ISLE_ROOM/docker.pid")
  # Its own rules are there, and shut isle's containers out.
  run -0 room iptables -S FORWARD
  assert_line "-P FORWARD DROP"
  assert_output --partial "DOCKER-USER"
  run ! published
  isle network reload
  wait_until published
  reaches_out
  # What dockerd's user says for all containers goes for isle's, too.
  room iptables -I DOCKER-USER -p tcp -d 203.0.113.2 --dport 80 -j DROP
  run ! reaches_out
  room iptables -D DOCKER-USER -p tcp -d 203.0.113.2 --dport 80 -j DROP
  # And the other way round: isle's rules leave docker's containers and ports alone.
  room sh -c 'docker --host unix://'"$ISLE_ROOM"'/docker.sock import "$(ls -S '"$ISLE_ROOM"'/image/blobs/sha256/* | head -n 1)" busybox'
  run -0 room docker --host "unix://$ISLE_ROOM/docker.sock" run -d -p 8081:80 busybox \
    sh -c 'mkdir /www; echo docker >/www/index.html; exec httpd -f -p 80 -h /www'
  answers_docker() { [ "$(outside curl -s --max-time 2 http://203.0.113.1:8081/)" = docker ]; }
  wait_until answers_docker
  room docker --host "unix://$ISLE_ROOM/docker.sock" ps -q | while read -r id; do
    room docker --host "unix://$ISLE_ROOM/docker.sock" rm -f "$id"
  done
  # Restarted, dockerd sets its policy anew: isle's one rule is still there, once.
  assert_equal "$(room iptables -S FORWARD | grep -c -- '--mark 0x4000000/0x4000000 -j ACCEPT')" 1
  isle rm -f web
  room kill "$daemon"
  docker_is_gone() { ! room kill -0 "$daemon" 2>/dev/null; }
  wait_until -t 20 docker_is_gone
  daemon=
  room iptables -P FORWARD ACCEPT
}

@test "beside a real firewalld: what it drops is told with the command that lets it pass" {
  has_program firewalld
  has_program dbus-daemon
  # A bus on which nobody else is, so that firewalld asks no policy kit and believes root.
  room_write "$ISLE_ROOM/bus.conf" <<XML
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
XML
  room sh -c 'mkdir -p /run/dbus && dbus-daemon --config-file "$0" --fork --nopidfile' "$ISLE_ROOM/bus.conf" >/dev/null 2>&1
  room firewalld --nofork --nopid >"$ISLE_ROOM/log" 2>&1 </dev/null 3>&- 8>&- &
  runs() { [ "$(room firewall-cmd --state 2>&1)" = running ]; }
  wait_until -t 30 runs || { room firewall-cmd --state; cat "$ISLE_ROOM/log"; return 1; }
  daemon=$(pgrep -nf 'firewalld --nofork --nopid')
  run -0 isle network create --subnet 10.98.0.0/24 told
  assert_output --partial "firewall-cmd --permanent --zone=trusted --add-source=10.98.0.0/24"
  isle run -d --name web --network told -p 8080:80 busybox \
    sh -c 'mkdir /www; echo web >/www/index.html; exec httpd -f -p 80 -h /www'
  reaches() { isle run --rm --init --network told busybox timeout 3 wget -qO- http://203.0.113.2/; }
  run ! reaches
  room firewall-cmd --permanent --zone=trusted --add-source=10.98.0.0/24
  room firewall-cmd --reload
  run -0 reaches
  assert_output outside
  wait_until published
  isle rm -f web
  isle network rm told
  kill "$daemon"
}
