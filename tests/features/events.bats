# isle events: what happens to containers, and what has.
load ../labs/lab

actions() { isle events --stream=false "$@" --format '{{.Action}}' | tr '\n' ' '; }

@test "events: a container's life, of the past, without anything running" {
  isle run --name box --label a=b busybox sh -c 'exit 3' || [ $? = 3 ]
  isle rm box
  assert_equal "$(actions)" "create start die destroy "
  run -0 isle events --stream=false --filter event=die
  assert_output --regexp '^20[0-9-]+T[0-9:.]+Z container die [0-9a-f]{64} \(a=b, exitCode=3, image=busybox, name=box\)$'
  run -0 isle events --stream=false --filter event=start --format json
  assert_output --partial '"Action":"start"'
  assert_output --partial '"image":"busybox"'
}

@test "events: filters; since and until" {
  isle run --rm --name one --label a=b busybox true
  isle run --rm --name two busybox true
  assert_equal "$(actions --filter container=one)" "create start die destroy "
  assert_equal "$(actions --filter event=start --filter event=die --filter name=two)" "start die "
  assert_equal "$(actions --filter label=a=b --filter event=create)" "create "
  assert_equal "$(actions --filter label=a=c)" ""
  assert_equal "$(actions --filter type=image)" ""
  assert_equal "$(actions --since 1h --until 0s --filter name=one)" "create start die destroy "
  assert_equal "$(actions --until 1h)" ""
  run isle events --filter colour=red
  assert_failure 125
  assert_output --partial "KEY=VALUE"
}

@test "events: what comes, as it comes" {
  isle events --filter event=die --until "$(date -d '+20 seconds' +%s)" --format '{{.Name}}' >"$ISLE_TEST_DIR/events" &
  local listener=$!
  listens() { grep -qs inotify /proc/"$(pgrep -P $$ -f 'isle events' | tail -1)"/fdinfo/* 2>/dev/null || pgrep -f "isle events --filter event=die" >/dev/null; }
  wait_until listens
  came() { isle run --rm --name box busybox true; grep -q box "$ISLE_TEST_DIR/events"; }
  wait_until came
  kill "$(pgrep -nf "$ISLE_BIN_DIR/isle events --filter event=die")"
  wait "$listener" || true
  rm "$ISLE_TEST_DIR/events"
}
