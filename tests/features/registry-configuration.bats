# registries.conf: mirrors, other places, what is blocked, short names; proxies; and what isle-fetch
# is not allowed while it runs.
load ../helpers
load ../registries

setup() { isle_setup; registries_setup; }
teardown() { stop_servers; isle_teardown; }

configure() { cat >"$CONTAINERS_REGISTRIES_CONF"; }
get_manifest() { registry_client manifest "$1"; }

@test "registries.conf: mirrors are tried in order, the registry itself last" {
  start_bad_registry
  configure <<END
[[registry]]
prefix = "registry.test/team"
location = "127.0.0.1:$port/ok"
[[registry.mirror]]
location = "127.0.0.1:$port/ok/missing"
[[registry.mirror]]
location = "127.0.0.1:$port/public"
pull-from-mirror = "tag-only"
END
  # The first mirror's repository is ok/missing/NAME, which the fixture has; a tag goes to it first.
  run -0 get_manifest registry.test/team/plain:1
  assert_line --partial "127.0.0.1:$port/ok/missing/plain"
  run get_manifest registry.test/team/missing:1
  assert_failure 1
  assert_line --partial "before it, 127.0.0.1:$port/ok/missing/missing: GET"
  assert_equal "$(said '/v2/ok/missing/missing/manifests')" 1
  assert_equal "$(said '/v2/public/missing/manifests')" 2
  assert_equal "$(said '/v2/ok/missing/manifests')" 1
  # Asked for by digest, the second mirror is left out.
  run get_manifest "registry.test/team/missing@$manifest"
  assert_failure 1
  assert_equal "$(said '/v2/public/missing/manifests')" 2
}

@test "registries.conf: credentials that are given go to the registry, not to its mirrors" {
  start_bad_registry
  configure <<END
[[registry]]
location = "127.0.0.1:$port/private"
[[registry.mirror]]
location = "127.0.0.1:$port/basic"
END
  CREDS=joe:secret run -0 get_manifest "127.0.0.1:$port/private/plain"
  assert_line --partial "127.0.0.1:$port/private/plain"
  assert_equal "$(said '/v2/basic/.*"authorization": "Basic')" 0
}

@test "registries.conf: blocked, broken, of version 1, unknown members" {
  configure <<END
[[registry]]
prefix = "*.blocked.test"
blocked = true
END
  run get_manifest one.blocked.test/box
  assert_failure 1
  assert_line --partial 'registries.conf blocks "one.blocked.test/box", by the entry "*.blocked.test"'
  printf 'a = 1\nb = = 2\n' | configure
  run get_manifest 127.0.0.1:9/box
  assert_failure 1
  assert_line --partial "$CONTAINERS_REGISTRIES_CONF\", line 2:"
  printf '[registries.search]\nregistries = ["docker.io"]\n' | configure
  run get_manifest 127.0.0.1:9/box
  assert_failure 1
  assert_line --partial "the form of version 1"
  printf '[[registry]]\nlocation = 5\n' | configure
  run get_manifest 127.0.0.1:9/box
  assert_failure 1
  assert_line --partial '"location" is not a text'
  start_bad_registry
  printf 'colour = "red"\n' | configure
  run -0 isle search "127.0.0.1:$port/box"
  assert_line --partial 'warning: "'"$CONTAINERS_REGISTRIES_CONF"'", line 1: isle does not know "colour"'
}

@test "registries.conf: short names by alias and by the search list" {
  start_bad_registry
  configure <<END
unqualified-search-registries = ["127.0.0.1:$port"]
[aliases]
thing = "127.0.0.1:$port/ok/plain"
END
  run -0 isle search --list-tags --format '{{.Name}}:{{.Tag}}' --limit 1 thing
  assert_output "127.0.0.1:$port/ok/plain:a"
  run -0 isle search --list-tags --format '{{.Name}}:{{.Tag}}' --limit 1 ok/other
  assert_output "127.0.0.1:$port/ok/other:a"
  run -0 isle search --format '{{.Name}}' box
  assert_line "127.0.0.1:$port/me/box"
  configure <<END
unqualified-search-registries = ["one.test", "two.test"]
short-name-mode = "enforcing"
END
  run isle search --list-tags box
  assert_failure 125
  assert_output --partial '"box" may be any of one.test/box, two.test/box'
  printf 'unqualified-search-registries = []\n' | configure
  run isle search --list-tags box
  assert_failure 125
  assert_output --partial "write one before it, such as docker.io/box"
}

@test "registries.conf: a registry that was not written and does not answer is not waited for" {
  configure <<END
unqualified-search-registries = ["127.0.0.1:9"]
END
  milliseconds() { # COMMAND...
    local begin
    begin=$(date +%s%N)
    run -125 "$@"
    assert_output --partial "127.0.0.1"
    assert_output --partial "does the network work?"
    echo $((($(date +%s%N) - begin) / 1000000)) >"$ISLE_TEST_DIR/took"
  }
  milliseconds isle pull nosuch:1
  assert_between "$(<"$ISLE_TEST_DIR/took")" 0 900
  milliseconds isle run --rm --network none nosuch:1
  assert_between "$(<"$ISLE_TEST_DIR/took")" 0 900
  # It is where that is asked for, and where the registry is written.
  milliseconds isle pull --retry 1 nosuch:1
  assert_between "$(<"$ISLE_TEST_DIR/took")" 1000 60000
  milliseconds isle pull --retry 1 127.0.0.1:9/nosuch:1
  assert_between "$(<"$ISLE_TEST_DIR/took")" 1000 60000
}

@test "registries.conf: pull and run know short names, and find the image again" {
  start_registry plain
  isle push -q busybox "127.0.0.1:$port/team/box:1"
  configure <<END
unqualified-search-registries = ["127.0.0.1:9", "127.0.0.1:$port"]
[aliases]
thing = "127.0.0.1:$port/team/box"
END
  run -0 isle run --rm --network none thing:1 echo from the alias
  assert_line "from the alias"
  assert_line --partial "pulling 127.0.0.1:$port/team/box:1"
  # The second time nobody is asked.
  stop_servers
  run -0 isle run --rm --network none thing:1 echo again
  assert_output again
  run isle pull --retry 0 team/box:2
  assert_failure 125
  assert_output --partial "127.0.0.1:$port/team/box:2: GET"
  assert_output --partial "before it, 127.0.0.1:9/team/box:2: GET"
}

@test "registries.conf: the system's, the user's and isle's own files" {
  start_bad_registry
  unset CONTAINERS_REGISTRIES_CONF
  mkdir -p "$HOME/.config/containers/registries.conf.d" "$HOME/.config/isle"
  printf '[aliases]\nthing = "none.invalid/x"\nwords = "127.0.0.1:%s/ok/words"\n' "$port" \
    >"$HOME/.config/containers/registries.conf"
  printf '[aliases]\nthing = "127.0.0.1:%s/ok/plain"\n' "$port" \
    >"$HOME/.config/containers/registries.conf.d/00-own.conf"
  run -0 isle search --list-tags --format '{{.Name}}' --limit 1 thing
  assert_output "127.0.0.1:$port/ok/plain"
  printf '[aliases]\nthing = "127.0.0.1:%s/ok/other"\n' "$port" >"$HOME/.config/isle/registries.conf"
  run -0 isle search --list-tags --format '{{.Name}}' --limit 1 thing
  assert_output "127.0.0.1:$port/ok/other"
  run -0 isle search --list-tags --format '{{.Name}}' --limit 1 words
  assert_output "127.0.0.1:$port/ok/words"
}

@test "proxy: is used for other hosts, and never for this machine" {
  start_bad_registry
  export http_proxy=http://127.0.0.1:$port https_proxy=http://127.0.0.1:$port
  TLS_VERIFY=false run -0 get_manifest registry.test/ok/plain
  assert_line --partial "$manifest"
  assert_not_equal "$(said '"path": "http://registry.test/v2/ok/plain/manifests.*"host": "registry.test"')" 0
  export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9
  run -0 get_manifest "127.0.0.1:$port/ok/plain"
  # Without leave to speak plain http, the proxy's refusal is the end.
  RETRIES=0 run get_manifest registry.test/ok/plain
  assert_failure 1
  assert_line --partial "https://registry.test/v2/"
}

# The isle-fetch that a process has started.
fetch_of() {
  local pid
  for pid in $(children_of "$1"); do
    [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != isle-fetch ] || echo "$pid"
  done
}
has_fetch() { [ -n "$(fetch_of "$1")" ]; }
asked_for_mute() { grep -q mute/manifests "$bad/log"; }
is_gone() { [ ! -e "/proc/$1" ]; }

@test "isle-fetch: runs as nobody, without capabilities, and ends with who started it" {
  require_root
  start_bad_registry
  "$ISLE_BIN_DIR/../tests/registry_client" manifest "127.0.0.1:$port/ok/mute" >"$ISLE_TEST_DIR/out" 2>&1 3>&- 8>&- &
  local client=$! fetch status
  wait_until -t 30 has_fetch "$client"
  fetch=$(fetch_of "$client")
  wait_until -t 30 asked_for_mute
  status=$(cat "/proc/$fetch/status")
  assert_match "$status" $'Uid:\t65534\t65534\t65534\t65534'
  assert_match "$status" $'Groups:\t *\n'
  assert_match "$status" $'CapPrm:\t0000000000000000'
  assert_match "$status" $'CapBnd:\t0000000000000000'
  assert_match "$status" $'NoNewPrivs:\t1'
  assert_match "$status" $'Seccomp:\t2'
  kill -KILL "$client"
  wait "$client" || true
  wait_until -t 30 is_gone "$fetch"
}

@test "isle-fetch: an ordinary user's does the same, and is started by isle only" {
  require_root
  start_bad_registry
  cp "$CONTAINERS_REGISTRIES_CONF" "$ISLE_TEST_DIR/readable"
  chmod 0644 "$ISLE_TEST_DIR/readable"
  export CONTAINERS_REGISTRIES_CONF=$ISLE_TEST_DIR/readable
  run -0 run_as_user isle search --format '{{.Name}}' "127.0.0.1:$port/box"
  assert_line "127.0.0.1:$port/me/box"
  run -0 run_as_user isle push -q busybox "127.0.0.1:$port/ok/plain:1"
  run -125 "$ISLE_BIN_DIR/isle-fetch" </dev/null
  assert_output --partial "started by isle, not by hand"
}
