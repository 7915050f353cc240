# isle logs, --log-driver, --log-opt: what containers have said.
load ../labs/lab

# say NAME FLAG... -- SCRIPT: a container that has said something, and ended.
say() {
  local name=$1 flags=()
  shift
  while [ "$1" != -- ]; do flags+=("$1"); shift; done
  isle run --name "$name" "${flags[@]}" busybox sh -c "$2" >/dev/null 2>&1
}
log_of() { echo "$ISLE_ROOT/containers/$(isle inspect --format '{{.id}}' "$1")/log"; }

@test "logs: output and errors apart, of the foreground as well" {
  say box -- 'echo out; echo err >&2; printf end'
  run --separate-stderr isle logs box
  assert_output $'out\nend'
  assert_equal "$stderr" err
  remove_container box
}

@test "logs: docker's json lines" {
  say box -- 'echo "a \"b\" \\"; printf "\303\244\377"'
  local line='^\{"log":"a \\"b\\" \\\\\\n","stream":"stdout","time":"[0-9-]{10}T[0-9:]{8}\.[0-9]{9}Z"\}$'
  assert_match "$(head -1 "$(log_of box)")" "$line"
  assert_match "$(tail -1 "$(log_of box)")" '"log":"ä�"'
  assert_equal "$(stat -c %a "$(log_of box)")" 600
  remove_container box
}

@test "logs: --tail, --since, --until, --timestamps, --names" {
  say box -- 'for i in 1 2 3 4 5; do echo $i; done'
  run -0 isle logs --tail 2 box
  assert_output $'4\n5'
  run -0 isle logs -n 0 box
  refute_output
  run -0 isle logs -n 99 box
  assert_output $'1\n2\n3\n4\n5'
  run -0 isle logs --since 1h -n 1 box
  assert_output 5
  run -0 isle logs --since 2100-01-01T00:00:00Z box
  refute_output
  run -0 isle logs --until 1h box
  refute_output
  run -0 isle logs -t --names -n 1 box
  assert_output --regexp '^box 20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{9}Z 5$'
  run isle logs --since yesterday box
  assert_failure 125
  assert_output --partial '--since cannot be "yesterday"'
  remove_container box
}

@test "logs: of several, and of one that is not there" {
  say one -- 'echo first'
  say two -- 'echo second'
  run -0 isle logs --names one two
  assert_output $'one first\ntwo second'
  run isle logs nothing
  assert_failure 1
  assert_output --partial 'there is no container "nothing"'
  remove_container one two
}

@test "logs: -f shows what comes, and ends with the container" {
  start_container box -i -- sh -c 'echo first; cat'
  isle logs -f box >"$ISLE_TEST_DIR/follow" &
  local follower=$!
  has() { [ "$(cat "$ISLE_TEST_DIR/follow")" = "$1" ]; }
  wait_until has first
  echo second | isle attach box >/dev/null
  wait "$follower"
  has $'first\nsecond'
  rm "$ISLE_TEST_DIR/follow"
  remove_container box
}

@test "logs: lines are whole under load, and none is lost" {
  say box -- 'for i in 1 2 3 4; do (n=0; while [ $n -lt 2000 ]; do echo $i $n; n=$((n + 1)); done) & done; wait'
  run -0 isle logs box
  [ "${#lines[@]}" = 8000 ]
  [ "$(grep -cE '^[1-4] [0-9]+$' <<<"$output")" = 8000 ]
  remove_container box
}

@test "logs: a line longer than 16 KiB comes back in one piece" {
  say box -- 'head -c 50000 /dev/zero | tr "\0" x; echo; echo next'
  [ "$(wc -l <"$(log_of box)")" = 5 ]
  run -0 isle logs box
  [ "${#lines[0]}" = 50000 ]
  assert_line 1 next
  remove_container box
}

@test "logs: compress=true: full files are small, logs reads them as one; nothing of it goes on" {
  say box --log-opt max-size=16k --log-opt max-file=4 --log-opt compress=true -- \
    'for n in 1 2 3 4 5 6; do seq $((n * 100)) $((n * 100 + 99)); sleep 0.1; done'
  local log
  log=$(log_of box)
  assert_exists "$log.1.gz"
  assert_not_exists "$log.1"
  assert_equal "$(od -An -tx1 -N2 "$log.1.gz" | tr -d ' ')" 1f8b
  gzip -t "$log.1.gz"
  assert_between "$(stat -c %s "$log.1.gz")" 1 8192
  run -0 isle logs box
  assert_equal "$(tail -n +2 <<<"$output")" "$(seq $((lines[0] + 1)) 699)"
  [ "${lines[0]}" -lt 500 ]
  run -0 isle logs -n 250 box
  assert_output "$(seq 450 699)"
  remove_container box
}

@test "logs: compress=true for k8s-file; followed over the change nothing is lost or said twice" {
  isle run -d --name box --log-driver k8s-file --log-opt max-size=4k --log-opt max-file=100 --log-opt compress=true \
    busybox sh -c 'i=0; while [ $i -lt 400 ]; do i=$((i + 1)); echo $i; [ $((i % 40)) != 0 ] || sleep 0.1; done' >/dev/null
  run -0 isle logs -f box
  assert_output "$(seq 1 400)"
  assert_exists "$(log_of box).1.gz"
  remove_container box
  run isle run --log-opt compress=true busybox true
  assert_failure 125
  assert_output --partial 'add --log-opt max-size'
  run isle run --log-opt max-size=1k --log-opt max-file=2 --log-opt compress=yes busybox true
  assert_failure 125
  assert_output --partial 'compress cannot be "yes"'
}

@test "logs: max-size and max-file bound what is kept; the newest lines are" {
  say box --log-opt max-size=4k --log-opt max-file=3 -- 'seq 1 500'
  local log file
  log=$(log_of box)
  for file in "$log" "$log.1" "$log.2"; do assert_between "$(stat -c %s "$file")" 1 4096; done
  assert_not_exists "$log.3"
  run -0 isle logs -n 60 box
  assert_output "$(seq 441 500)"
  run -0 isle logs box
  assert_equal "$(tail -1 <<<"$output")" 500
  [ "${#lines[@]}" -lt 500 ]
  remove_container box
}

@test "logs: k8s-file" {
  say box --log-driver k8s-file -- 'echo out; echo err >&2; printf end'
  grep -qE '^[0-9-]{10}T[0-9:.]+Z stdout F out$' "$(log_of box)"
  grep -qE '^[0-9-]{10}T[0-9:.]+Z stderr F err$' "$(log_of box)"
  grep -qE '^[0-9-]{10}T[0-9:.]+Z stdout P end$' "$(log_of box)"
  run --separate-stderr isle logs box
  assert_output $'out\nend'
  remove_container box
}

@test "logs: tag, labels and env stand beside each line" {
  isle run --name box --label team=a --label other=b -e STAGE=test -e MORE=x --log-opt 'tag={{.Name}}/{{.ID}}' \
    --log-opt labels=team --log-opt env=STAGE busybox echo hello
  local id
  id=$(isle inspect -f '{{.Id}}' box)
  grep -qF '"attrs":{"STAGE":"test","tag":"box/'"${id:0:12}"'","team":"a"}' "$(log_of box)"
  run -0 isle logs box
  assert_output hello
  run isle run --rm --log-opt 'tag={{.Colour}}' busybox true
  assert_failure 125
  assert_output --partial '".Colour" is not known'
  run isle run --rm --log-driver k8s-file --log-opt tag=x busybox true
  assert_failure 125
  assert_output --partial 'k8s-file has no option "tag"'
  remove_container box
}

@test "logs: journald, by its own protocol; without a journal that is said" {
  require_program python3
  [ -e /run/systemd/journal/socket ] || {
    run isle run --rm --log-driver journald busybox true
    assert_failure 125
    assert_output --partial "needs systemd's journal"
  }
  # A journal of the test's own, in a mount namespace of its own.
  on_shared_host '
    mount -t tmpfs tmpfs /run
    mkdir -p /run/systemd/journal
    python3 - "$ISLE_TEST_DIR/journal" <<END &
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind("/run/systemd/journal/socket")
with open(sys.argv[1], "wb", 0) as out:
    for _ in range(3): out.write(s.recv(65536) + b"--\n")
END
    journal=$!
    wait_until test -S /run/systemd/journal/socket
    isle run --name box --label team=a --log-driver journald --log-opt tag=mine --log-opt labels=team busybox \
      sh -c "echo out; echo err >&2; printf part" >/dev/null 2>&1
    wait "$journal"'
  local entries=$ISLE_TEST_DIR/journal
  grep -qx "MESSAGE=out" "$entries"
  assert_equal "$(grep -B20 -x MESSAGE=err "$entries" | sed -n '/^--/,$p' | grep PRIORITY)" PRIORITY=3
  grep -qx "CONTAINER_PARTIAL_MESSAGE=true" "$entries"
  assert_equal "$(grep -cx "CONTAINER_NAME=box" "$entries")" 3
  assert_equal "$(grep -cx "SYSLOG_IDENTIFIER=mine" "$entries")" 3
  assert_equal "$(grep -cx "TEAM=a" "$entries")" 3
  run isle logs box
  assert_failure 1
  assert_output --partial "journalctl -o cat CONTAINER_ID_FULL="
  isle rm box
}

@test "logs: none keeps nothing; what is not there is refused by name" {
  run -0 isle run --name box --log-driver none busybox echo hello
  assert_output hello
  assert_not_exists "$(log_of box)"
  run isle logs box
  assert_failure 1
  assert_output --partial "--log-driver none"
  run isle run --rm --log-driver syslog busybox true
  assert_failure 125
  assert_output --partial '--log-driver cannot be "syslog"'
  run isle run --rm --log-opt colour=red busybox true
  assert_failure 125
  assert_output --partial 'has no option "colour"'
  run isle run --rm --log-opt max-size=big busybox true
  assert_failure 125
  assert_output --partial max-size
  remove_container box
}

@test "logs: of a terminal" {
  run -0 isle run -t --name box busybox echo hello
  run -0 isle logs box
  assert_output $'hello\r'
  remove_container box
}
