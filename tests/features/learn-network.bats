# docs/learn/network.md: its commands, on a host of the test's own.
load ../network
load ../learn

setup() { network_setup; }
teardown() { network_teardown; }

@test "learn: networks" {
  run_page network on_host
  assert_line lo
  assert_line --partial "inet 10.86.0.2/16"
  assert_line --partial "80/tcp -> 0.0.0.0:8080"
  assert_output --regexp "rtnetlink\\(RTM_NEWLINK"
  assert_output --regexp "nftables\\("
  assert_line --partial "Address: 10.8"
}
