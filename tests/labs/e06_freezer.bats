# Lab E6: pausing stops every process where it stands (freezer of v1, cgroup.freeze of v2): no signal
# is sent, the processes cannot know; and a kill while paused takes effect.
load lab

# islet on the states that isle keeps.
states() { timeout --foreground -k 5 60 "$ISLE_BIN_DIR/islet" --root "$ISLE_RUN/containers" "$@" 3>&- 8>&-; }
id_of() { isle inspect "$1" | sed -n 's/^ *"id": "\([0-9a-f]*\)",$/\1/p' | head -1; }

# Two processes count, each in a file of its own.
COUNT='count() { i=0; while :; do i=$((i+1)); echo $i >/tmp/$1; sleep 0.02; done; }; count a & count b'
counts() { cat "/proc/$1/root/tmp/a" "/proc/$1/root/tmp/b" 2>/dev/null | tr '\n' ' '; }
counting() { # PID: both go on
  local before
  before=$(counts "$1")
  sleep 0.3
  local after
  after=$(counts "$1")
  [ "${before%% *}" != "${after%% *}" ] && [ "${before#* }" != "${after#* }" ]
}
frozen() {
  local group
  group=$(cgroup_dir "$1" freezer)
  if [ -e "$group/freezer.state" ]; then grep -q FROZEN "$group/freezer.state"
  else grep -q "frozen 1" "$group/cgroup.events"; fi
}

@test "freezer: paused nothing moves, resumed all goes on" {
  require_root
  require_controller freezer
  start_container counter -- sh -c "$COUNT"
  local pid id before
  pid=$(pid_of counter) id=$(id_of counter)
  wait_until counting "$pid"
  run -0 states pause "$id"
  frozen "$pid"
  run -0 states state "$id"
  assert_output --regexp '"status": *"paused"'
  run -0 isle ps
  assert_output --partial "(Paused)"
  sleep 0.2
  before=$(counts "$pid")
  sleep 0.5
  assert_equal "$(counts "$pid")" "$before"
  run -0 states resume "$id"
  ! frozen "$pid"
  wait_until counting "$pid"
  run -0 isle ps
  refute_output --partial paused
  remove_container counter
}

@test "freezer: a kill while paused takes effect" {
  require_root
  require_controller freezer
  start_container counter -- sh -c "$COUNT"
  local pid
  pid=$(pid_of counter)
  run -0 states pause "$(id_of counter)"
  run -0 isle kill counter
  wait_until is_gone "$pid"
  run -0 isle ps -a
  assert_output --partial "Exited (137)"
  run -0 isle rm counter
}

@test "freezer: rm -f of a paused container leaves nothing" {
  require_root
  require_controller freezer
  start_container counter -- sh -c "$COUNT"
  local pid
  pid=$(pid_of counter)
  run -0 states pause "$(id_of counter)"
  local began=$SECONDS
  run -0 isle rm -f counter
  is_gone "$pid"
  start_container counter -- sh -c "$COUNT"
  isle pause counter
  run -0 isle kill counter
  run -0 isle inspect --format '{{.State.Status}} {{.State.ExitCode}}' counter
  assert_output "exited 137"
  isle rm counter
  # Nobody waits for what cannot hear.
  [ -n "${ISLE_TEST_IN_VM-}" ] || assert_between "$((SECONDS - began))" 0 8
}
