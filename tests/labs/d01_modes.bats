# Lab D1: the modes none, host, bridge and container:NAME; two containers listen on one port number.

load ../network

setup() { network_setup; }
teardown() { network_teardown; }

@test "D1: each mode as named" {
  run -0 isle run --rm --network none busybox ls /sys/class/net
  assert_output lo
  run -0 isle run --rm --network host busybox readlink /proc/self/ns/net
  assert_output "$(ns_of "$host_pid" net)"
  isle run -d --name one busybox sleep 60
  run -0 isle run --rm busybox readlink /proc/self/ns/net
  assert_not_equal "$output" "$(ns_of "$host_pid" net)"
  run -0 isle run --rm --network container:one busybox ip -o -4 addr show eth0
  assert_output --partial "inet 10.86.0.2/16"
}

@test "D1: two listen on port 80 without a clash" {
  serve one
  serve two
  run -0 on_host curl -s http://10.86.0.2/cgi-bin/who
  assert_output "one from 10.86.0.1"
  run -0 on_host curl -s http://10.86.0.3/cgi-bin/who
  assert_output "two from 10.86.0.1"
}
