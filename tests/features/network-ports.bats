# Published ports and what the firewall lets through: isle run -p, isle port.

load ../network

setup() { network_setup; outside_setup; }
teardown() {
  outside_teardown
  network_teardown
}

@test "ports: -p leads inside from outside, from the host, from 127.0.0.1 and from containers" {
  serve web -p 8080:80
  run -0 on_outside curl -s --max-time 2 http://203.0.113.1:8080/cgi-bin/who
  assert_output "web from 203.0.113.2"
  run -0 on_host curl -s --max-time 2 http://127.0.0.1:8080/cgi-bin/who
  assert_output "web from 10.86.0.1"
  run -0 on_host curl -s --max-time 2 http://203.0.113.1:8080/cgi-bin/who
  assert_output --partial "web from"
  run -0 isle run --rm --init busybox timeout 2 wget -qO- http://203.0.113.1:8080/cgi-bin/who
  assert_output --partial "web from"
  run -0 isle exec web timeout 2 wget -qO- http://203.0.113.1:8080/cgi-bin/who
  assert_output --partial "web from"
  isle network create other
  run -0 isle run --rm --init --network other busybox timeout 2 wget -qO- http://203.0.113.1:8080/cgi-bin/who
  assert_output --partial "web from"
  isle rm -f web
  run on_outside curl -s --max-time 1 http://203.0.113.1:8080/cgi-bin/who
  assert_failure
}

@test "ports: addresses, ranges, protocols and free ports" {
  isle run -d --name many -p 127.0.0.1:9000:90 -p 7000-7002:70-72 -p 5353:53/udp -p 81 -P --expose 99/udp \
    busybox sleep 60
  run -0 isle port many
  assert_line "90/tcp -> 127.0.0.1:9000"
  assert_line "70/tcp -> 0.0.0.0:7000"
  assert_line "72/tcp -> 0.0.0.0:7002"
  assert_line "53/udp -> 0.0.0.0:5353"
  assert_output --regexp '81/tcp -> 0.0.0.0:[0-9]+'
  assert_output --regexp '99/udp -> 0.0.0.0:[0-9]+'
  run -0 isle port many 70
  assert_output "0.0.0.0:7000"
  run isle port many 1
  assert_failure
  assert_output --partial "does not publish port 1"
}

@test "ports: udp is answered" {
  local udp=$ISLE_BIN_DIR/../tests/fixtures/udp
  [ -x "$udp" ] || skip "needs the target fixtures"
  isle run -d --name echo -p 5353:53/udp -v "$udp:/udp:ro" busybox /udp answer 53 >/dev/null
  wait_until on_outside "$udp" ask 203.0.113.1 5353 hello
  run -0 on_outside "$udp" ask 203.0.113.1 5353 hello
  assert_output hello
  run -0 on_host "$udp" ask 127.0.0.1 5353 again
  assert_output again
}

@test "ports: on one address of the host only there" {
  serve web -p 127.0.0.1:8080:80
  run -0 on_host curl -s --max-time 2 http://127.0.0.1:8080/cgi-bin/who
  assert_output "web from 10.86.0.1"
  run on_outside curl -s --max-time 1 http://203.0.113.1:8080/cgi-bin/who
  assert_failure
}

@test "ports: who has one is named, be it a container or a program" {
  serve web -p 8080:80
  local id
  id=$(readlink "$ISLE_ROOT/container-names/web")
  run isle run --rm -p 127.0.0.1:8080:80 busybox true
  assert_failure 125
  assert_output --partial "leads to container ${id:0:12}"
  in_background "$host_pid" busybox nc -l -p 8081
  wait_until on_host sh -c 'grep -q :1F91 /proc/net/tcp*'
  run isle run --rm -p 8081:80 busybox true
  assert_failure 125
  assert_output --partial "port 0.0.0.0:8081/tcp is in use by a program of this host"
  if ! grep -q '^SCTP' /proc/net/protocols; then
    run -125 isle run --rm -p 8082:80/sctp busybox true
    assert_output --partial "this kernel has no sctp"
  fi
  end_background
  run -0 isle run --rm -p 8081:80 busybox true
  run isle run --rm --network none -p 80:80 busybox true
  assert_failure 125
  assert_output --partial "-p: with --network none there is nothing to publish on"
}

@test "ports: over IPv6 too" {
  on_host ip addr add 2001:db8::1/64 dev up0 nodad
  on_outside ip addr add 2001:db8::2/64 dev eth0 nodad
  isle network create --ipv6 --subnet fd00:99::/64 six
  serve web --network six -p 8080:80
  wait_until on_outside curl -s --max-time 2 'http://[2001:db8::1]:8080/cgi-bin/who'
  run -0 on_outside curl -s --max-time 2 'http://[2001:db8::1]:8080/cgi-bin/who'
  assert_output "web from 2001:db8::2"
}

@test "firewall: containers go out under the host's address" {
  mkdir -p "$ISLE_TEST_DIR/www/cgi-bin"
  printf '#!/bin/sh\necho; echo from $REMOTE_ADDR\n' >"$ISLE_TEST_DIR/www/cgi-bin/who"
  chmod -R a+rx "$ISLE_TEST_DIR/www"
  in_background "$outside_pid" busybox httpd -f -p 203.0.113.2:80 -h "$ISLE_TEST_DIR/www"
  wait_until isle run --rm --init busybox timeout 2 wget -qO- http://203.0.113.2/cgi-bin/who
  run -0 isle run --rm --init busybox timeout 2 wget -qO- http://203.0.113.2/cgi-bin/who
  assert_output "from 203.0.113.1"
  isle network create --internal inner
  run isle run --rm --init --network inner busybox timeout 1 wget -qO- http://203.0.113.2/cgi-bin/who
  assert_failure
  end_background
}

@test "firewall: nobody outside reaches what is not published, nor one network another" {
  serve web --ip 10.86.0.9
  isle network create --subnet 10.99.0.0/24 other
  isle network create --subnet 10.99.1.0/24 --opt isolate=false open
  isle network create --subnet 10.99.2.0/24 --opt isolate=false open2
  on_outside ip route add 10.0.0.0/8 via 203.0.113.1
  run on_outside curl -s --max-time 1 http://10.86.0.9/cgi-bin/who
  assert_failure
  run isle run --rm --init --network other busybox timeout 1 wget -qO- http://10.86.0.9/cgi-bin/who
  assert_failure
  serve loose --network open --ip 10.99.1.9
  run -0 isle run --rm --init --network open2 busybox timeout 2 wget -qO- http://10.99.1.9/cgi-bin/who
  assert_output --partial "loose from"
  run isle run --rm --init --network other busybox timeout 1 wget -qO- http://10.99.1.9/cgi-bin/who
  assert_failure
}

@test "firewall: after a flush, reload publishes again" {
  require_program python3
  serve web -p 8080:80
  run -0 on_outside curl -s --max-time 2 http://203.0.113.1:8080/cgi-bin/who
  on_host python3 "$ISLE_TESTS_DIR/fixtures/flush_firewall.py"
  run on_outside curl -s --max-time 1 http://203.0.113.1:8080/cgi-bin/who
  assert_failure
  isle network reload
  run -0 on_outside curl -s --max-time 2 http://203.0.113.1:8080/cgi-bin/who
  assert_output "web from 203.0.113.2"
  on_host python3 "$ISLE_TESTS_DIR/fixtures/flush_firewall.py" rules
  run on_outside curl -s --max-time 1 http://203.0.113.1:8080/cgi-bin/who
  assert_failure
  isle network reload --all
  run -0 on_outside curl -s --max-time 2 http://203.0.113.1:8080/cgi-bin/who
}

@test "firewall: reload --watch makes again what somebody removes, each time, and ends when told" {
  require_program python3
  serve web -p 8080:80
  nsenter --net="/proc/$host_pid/ns/net" -- "$ISLE_BIN_DIR/isle" network reload --watch \
    2>"$ISLE_TEST_DIR/watch" 3>&- 8>&- &
  local watcher=$! what
  wait_until grep -q watching "$ISLE_TEST_DIR/watch"
  answers() { [ "$(on_outside curl -s --max-time 1 http://203.0.113.1:8080/cgi-bin/who)" = "web from 203.0.113.2" ]; }
  for what in '' rules ''; do
    on_host python3 "$ISLE_TESTS_DIR/fixtures/flush_firewall.py" $what
    wait_until answers
  done
  # A container that ends takes its ports with it: nothing to make again.
  serve other -p 8081:80
  isle rm -f other
  kill -TERM "$watcher"
  wait "$watcher"
  assert_equal "$(grep -c "made again" "$ISLE_TEST_DIR/watch")" 3
  run isle network reload --watch web
  assert_failure
}

@test "ports: a container that its policy starts again has its address and port again" {
  isle run -d --name web --restart always -p 127.0.0.1:8090:80 busybox \
    sh -c 'echo again >/tmp/index.html; httpd -f -p 80 -h /tmp' >/dev/null
  answers() { [ "$(on_host curl -s --max-time 2 http://127.0.0.1:8090/index.html)" = again ]; }
  wait_until answers
  local pid
  pid=$(isle inspect --format '{{.pid}}' web)
  kill -KILL "$pid"
  is_another() { [ "$(isle inspect --format '{{.pid}}' web)" != "$pid" ] && answers; }
  wait_until is_another
  isle rm -f web
}
