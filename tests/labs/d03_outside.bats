# Lab D3: to the outside and back: masquerade, published ports, names.

load ../network

setup() { network_setup; outside_setup; }
teardown() {
  outside_teardown
  network_teardown
}

@test "D3: outside sees the host's address, and reaches a published port" {
  serve web -p 8080:80
  run -0 on_outside curl -s --max-time 2 http://203.0.113.1:8080/cgi-bin/who
  assert_output "web from 203.0.113.2"
  # shellcheck disable=SC2016
  in_background "$outside_pid" busybox nc -ll -p 7 -e sh -c 'echo hello'
  wait_until isle exec web sh -c 'timeout 1 nc 203.0.113.2 7 | grep -q hello'
}
