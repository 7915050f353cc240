# Names of containers: isle-dns, in networks of one's own.

load ../network

setup() { network_setup; isle network create --subnet 10.99.0.0/24 names; }
teardown() {
  outside_teardown
  network_teardown
}

# resolve CONTAINER NAME: the addresses that busybox's nslookup gets.
resolve() { isle exec "$1" nslookup "$2" 127.0.0.11 2>&1 | awk '/^Name/ { n = 1 } n && /^Address/ { print $NF }'; }

@test "names: containers of a network find each other by name, alias and id, both ways" {
  isle run -d --name web --network names:ip=10.99.0.7,alias=www busybox sleep 60
  isle run -d --name client --network names busybox sleep 60
  run -0 isle exec client cat /etc/resolv.conf
  assert_line "nameserver 127.0.0.11"
  assert_line "options ndots:0"
  local id name
  id=$(readlink "$ISLE_ROOT/container-names/web")
  for name in web www WEB web.names "${id:0:12}"; do
    run -0 resolve client "$name"
    assert_output 10.99.0.7
  done
  run -0 isle exec client nslookup 10.99.0.7 127.0.0.11
  assert_output --partial "web.names"
  isle rm -f web
  wait_until names_gone
}
names_gone() { [ -z "$(resolve client web)" ]; }

@test "names: those of another network, and of the default one, are not told" {
  isle network create other
  isle run -d --name web --network names busybox sleep 60
  isle run -d --name stranger --network other busybox sleep 60
  run resolve stranger web
  refute_output
  run -0 isle run --rm busybox cat /etc/resolv.conf
  refute_output --partial 127.0.0.11
  isle network connect names stranger
  run -0 resolve stranger web
  assert_output 10.99.0.2
}

@test "names: the server ends with the last container, and comes back" {
  isle run -d --name one --network names busybox sleep 60
  run -0 isle exec one nslookup one 127.0.0.11
  isle rm -f one
  wait_until no_name_server
  isle run -d --name two --network names busybox sleep 60
  run -0 resolve two two
  assert_output --partial 10.99.0
  isle rm -f two
  wait_until no_name_server
}

@test "readme: a network, a server in it, its name and its port" {
  local line
  while read -r line; do
    case $line in isle\ network* | isle\ run\ *lan* | isle\ port*)
      run eval "${line%%#*}"
      assert_success
      case $line in *wget*) assert_output "$(isle exec site cat /etc/hostname)" ;; esac
      ;;
    esac
  done < <(awk '/^```sh/ { inside = 1; next } /^```/ { inside = 0 } inside' "$ISLE_TESTS_DIR/../README.md")
}

@test "names: network connect brings them to a container that started without" {
  isle network create late
  isle run -d --name web --network late busybox sleep 60 >/dev/null
  isle run -d --name client busybox sleep 60 >/dev/null
  run isle exec client nslookup web 127.0.0.11
  assert_failure
  isle network connect late client
  run -0 isle exec client cat /etc/resolv.conf
  assert_line "nameserver 127.0.0.11"
  run -0 isle exec client nslookup web
  assert_output --partial "Address: 10."
  [ -n "$(resolve web client)" ] || _fail "the other way round" client "no address"
  isle rm -f web client
  wait_until no_name_server
}
