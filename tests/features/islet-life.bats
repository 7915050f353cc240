# The life of a container by islet's verbs: create, start, state, kill, delete, pause, resume.
load ../helpers
load ../islet-bundle

@test "islet: create waits, start runs, kill ends, delete removes" {
  require_root
  make_bundle sh -c 'echo ran >/ran; trap "exit 4" TERM; while :; do sleep 0.05; done'
  islet create -b "$bundle" --pid-file "$ISLE_TEST_DIR/pid" one </dev/null >/dev/null
  [ "$(status_of one)" = created ]
  local pid; pid=$(pid_of one)
  assert_equal "$(cat "$ISLE_TEST_DIR/pid")" "$pid"
  assert_not_exists "$bundle/rootfs/ran"
  # It is there on the host, in namespaces of its own, and has not become the command.
  assert_not_equal "$(ns_of "$pid" pid)" "$(ns_of self pid)"
  refute_command_is_sh "$pid"

  islet start one
  wait_until test -e "$bundle/rootfs/ran"
  [ "$(status_of one)" = running ]
  assert_equal "$(cat "/proc/$pid/comm")" sh
  run islet start one
  assert_failure 1
  assert_output --partial 'cannot start container "one": it is running'

  run islet delete one
  assert_failure 1
  assert_output --partial 'container "one" is running'
  islet kill one TERM
  wait_until has_status one stopped
  assert_ended "$pid"
  run islet kill one
  assert_failure 1
  assert_output --partial 'container not running'
  run -0 islet state one
  assert_output --partial '"pid": 0'
  islet delete one
  run islet state one
  assert_failure 1
  assert_output --partial 'container "one" does not exist'
}
refute_command_is_sh() { [ "$(tr '\0' ' ' <"/proc/$1/cmdline" | cut -c1-3)" != "sh " ]; }

@test "islet: a name is taken once, and the loser leaves the winner alone" {
  require_root
  make_bundle sleep 30
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  local pid; pid=$(pid_of one)
  run islet create -b "$bundle" one
  assert_failure 1
  assert_output --partial 'container "one" exists already'
  assert_equal "$(pid_of one)" "$pid"
  islet delete --force one
  assert_ended "$pid"
}

@test "islet: pause stops every process, resume lets them go on, a kill while paused takes effect" {
  require_root
  require_controller freezer
  make_bundle sh -c 'while :; do echo . >>/count; done'
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  wait_until test -s "$bundle/rootfs/count"
  islet pause one
  [ "$(status_of one)" = paused ]
  local before; before=$(stat -c %s "$bundle/rootfs/count")
  sleep 0.2
  assert_equal "$(stat -c %s "$bundle/rootfs/count")" "$before"
  run islet exec one true
  assert_failure 255
  assert_output --partial "it is paused"
  islet resume one
  [ "$(status_of one)" = running ]
  wait_until grown "$bundle/rootfs/count" "$before"
  run islet resume one
  assert_failure 1
  assert_output --partial "is not paused"
  islet pause one
  islet kill one KILL
  wait_until has_status one stopped
  islet delete one
}
grown() { [ "$(stat -c %s "$1")" -gt "$2" ]; }

@test "islet: delete --force of what is not there is no error, delete is" {
  run -0 islet delete --force nothing
  refute_output
  run islet delete nothing
  assert_failure 1
  assert_output --partial 'container "nothing" does not exist'
}

@test "islet: kill --all reaches every process, and signals are numbers or names" {
  require_root
  make_bundle sh -c 'sleep 300 & sleep 301 & trap "" TERM; while :; do wait; done'
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  wait_until count_is 3
  islet kill --all one 15
  wait_until count_is 1
  run islet kill one NOSUCH
  assert_failure 1
  assert_output --partial '"NOSUCH"'
  islet kill one SIGKILL
  wait_until has_status one stopped
  islet delete one
}
count_is() { [ "$(islet ps -f json one | tr ',' '\n' | wc -l)" -eq "$1" ]; }

@test "islet: names that could be paths are refused" {
  make_bundle true
  local name
  for name in ../x a/b .x '' 'a b'; do
    run islet create -b "$bundle" "$name"
    assert_failure 1
    assert_output --partial "is not a container id"
  done
}
