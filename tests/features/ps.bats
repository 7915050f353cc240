# isle ps and isle inspect: what people and scripts see of containers.
load ../labs/lab

names() { isle ps --format '{{.Names}}' "$@" | sort | tr '\n' ' '; }
shows() { # EXPECTED ARGUMENT...
  local expected=$1
  shift
  assert_equal "$(names "$@")" "$expected${expected:+ }" || _fail "asked with" arguments "$*"
}

@test "ps: docker's words, columns, order, sizes and filters" {
  require_root
  isle run -d --name one --label team=a --label both -v kept:/data busybox sleep 1000
  isle run --name two --label team=b --label both busybox sh -c 'echo 12345 >/file; exit 3' || true
  isle create --name three --restart on-failure busybox true
  isle run -d --name four --health-cmd true --health-interval 50ms busybox sleep 1000
  isle pause one
  wait_until sh -c '"$0" ps --filter health=healthy --format "{{.Names}}" | grep -q four' "$ISLE_BIN_DIR/isle"
  run -0 isle ps -a
  assert_line --partial "CONTAINER ID   IMAGE     COMMAND"
  assert_output --regexp 'Up .* \(healthy\) +four'
  assert_output --regexp 'Created +three'
  assert_output --regexp 'Exited \(3\) .* ago +two'
  assert_output --regexp 'Up .* \(Paused\) +one'
  # The newest first, also of those that were made in one second.
  run -0 isle ps -a --format '{{.Names}}'
  assert_output $'four\nthree\ntwo\none'
  shows "four" -l
  shows "four three" -n 2
  shows "four one"
  shows "two" --filter status=exited
  shows "two" --filter exited=3
  shows "" --filter exited=0
  shows "three two" -a --filter status=created --filter status=exited
  shows "one two" -a --filter label=both
  shows "one" -a --filter label=both --filter label=team=a
  shows "one two" -a --filter before=three
  shows "four three" -a --filter since=two
  shows "one two" -a --filter name='^(one|two)$'
  shows "one" --filter volume=kept
  shows "one" --filter volume=/data
  shows "three" -a --filter restart-policy=on-failure
  shows "four one" --filter ancestor=busybox
  shows "four one" --filter network=none
  shows "one" --filter "id=$(isle ps -a -q --filter name=one)"
  run -0 isle ps -a --size --filter name=two
  assert_output --regexp '6B \(virtual [0-9.]+MB\)'
  run -0 isle ps -a --noheading --sort names --format 'table {{.Names}}\t{{.Mounts}}'
  assert_output --regexp $'^four +\none +kept\nthree'
  run isle ps --filter colour=red
  assert_failure 125
  assert_output --partial 'it is KEY=VALUE, with ancestor'
  isle rm -f one two three four
  isle volume rm kept
}

@test "inspect: docker's members, true of the host" {
  require_root
  run isle run --name box --label a=b --memory 64m --env X=y --restart on-failure:2 \
    -v "$ISLE_TEST_DIR:/here:ro" busybox sh -c 'exit 3'
  wait_until sh -c '[ "$("$0" inspect -f "{{.State.Status}} {{.RestartCount}}" box)" = "exited 2" ]' "$ISLE_BIN_DIR/isle"
  field() { isle inspect --format "$1" box; }
  assert_equal "$(field '{{.State.Running}} {{.State.ExitCode}} {{.State.Pid}}')" "false 3 0"
  assert_equal "$(field '{{.Name}} {{.Path}} {{.Args}}')" "box sh [-c exit 3]"
  assert_equal "$(field '{{.Config.Image}} {{.Config.Labels.a}} {{json .Config.Cmd}}')" 'busybox b ["sh","-c","exit 3"]'
  assert_equal "$(field '{{.HostConfig.Memory}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}}')" \
    "67108864 on-failure 2"
  assert_equal "$(field '{{range .Mounts}}{{.Type}} {{.Source}} {{.Destination}} {{.RW}}{{end}}')" \
    "bind $ISLE_TEST_DIR /here false"
  assert_match "$(field '{{.Config.Env}}')" "X=y"
  assert_equal "$(field '{{.Image}}')" "$(isle inspect --type image -f '{{.Id}}' busybox)"
  isle start box
  wait_until sh -c '[ "$("$0" inspect -f "{{.State.Status}} {{.RestartCount}}" box)" = "exited 2" ]' "$ISLE_BIN_DIR/isle"
  isle rm box
  isle run -d --name box --hostname inside busybox sh -c 'echo 12345 >/file; exec sleep 1000'
  wait_until isle exec box test -s /file
  assert_equal "$(field '{{.State.Status}} {{.State.Running}} {{.Config.Hostname}}')" "running true inside"
  assert_equal "$(cat "/proc/$(field '{{.State.Pid}}')/root/file")" 12345
  assert_exists "$(field '{{.HostsPath}}')"
  run -0 isle inspect --size box
  assert_output --partial '"SizeRw": 6,'
  isle rm -f box
}

@test "ps --ns: process and namespaces; those that are shared have one number" {
  isle run -d --name one busybox sleep 1000 >/dev/null
  isle run -d --name two --ipc container:one busybox sleep 1000 >/dev/null
  run -0 isle ps --ns --filter name=one
  assert_match "${lines[0]}" '^CONTAINER ID +NAMES +PID +CGROUPNS +IPC +MNT +NET +PIDNS +TIMENS +USERNS +UTS *$'
  local pid; pid=$(isle inspect --format '{{.State.Pid}}' one)
  assert_match "${lines[1]}" " one +$pid "
  assert_equal "mnt:[$(isle ps --ns --filter name=one --format '{{.MNT}}')]" "$(readlink "/proc/$pid/ns/mnt")"
  assert_equal "$(isle ps --ns --filter name=one --format '{{.IPC}}')" "$(isle ps --ns --filter name=two --format '{{.IPC}}')"
  isle rm -f one two
  run isle ps --pod
  assert_failure 125
  assert_output --partial 'pods do not exist yet'
}

@test "ps --watch: again and again, until it is interrupted" {
  "$ISLE_BIN_DIR/isle" ps --watch 1 >"$ISLE_TEST_DIR/out" 3>&- 8>&- &
  local watcher=$!
  isle run -d --name late busybox sleep 1000 >/dev/null
  wait_until grep -q late "$ISLE_TEST_DIR/out"
  wait_until bash -c '[ "$(grep -c "CONTAINER ID" "$0")" -ge 2 ]' "$ISLE_TEST_DIR/out"
  kill "$watcher"
  wait "$watcher" || true
  isle rm -f late
  run isle ps --watch 0
  assert_failure 125
  assert_output --partial '--watch cannot be "0"'
}
