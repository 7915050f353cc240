# --all, --latest, --cidfile, --filter, --ignore: containers that need not be named; and that every
# flag podman and docker have is taken or refused by its name.
load ../labs/lab

word_of() { isle ps -a --format '{{.Names}} {{.State}}' | sed -n "s/^$1 //p"; }
three() {
  isle run -d --name one --cidfile "$ISLE_TEST_DIR/one" --label kind=a busybox sleep 1000 >/dev/null
  isle run -d --name two --label kind=b busybox sleep 1000 >/dev/null
  isle create --name three --label kind=b busybox sleep 1000 >/dev/null
}

@test "selection: stop and start by file, by filter, the newest and all" {
  three
  run -0 isle stop -t 0 --cidfile "$ISLE_TEST_DIR/one"
  assert_equal "$(word_of one)" exited
  run -0 isle start --filter label=kind=a
  assert_output one
  assert_equal "$(word_of one)" running
  run -0 isle start --latest
  assert_equal "$(word_of three)" running
  run -0 isle stop -t 0 --filter label=kind=b
  assert_equal "$(word_of one) $(word_of two) $(word_of three)" "running exited exited"
  run -0 isle start --all
  refute_output --partial one
  assert_line two
  assert_line three
  run -0 isle restart -t 0 --filter name=two
  assert_output two
  run -0 isle stop -t 0 --all
  assert_equal "$(word_of one) $(word_of two) $(word_of three)" "exited exited exited"
  run -0 isle stop --all
  refute_output
  remove_container one two three
}

@test "selection: pause, unpause, kill and wait" {
  three
  run -0 isle pause --filter label=kind=b
  assert_output two
  run -0 isle pause --cidfile "$ISLE_TEST_DIR/one"
  run -0 isle unpause --all
  assert_line one
  assert_line two
  run isle pause --latest
  assert_failure 1
  run -0 isle kill --cidfile "$ISLE_TEST_DIR/one"
  assert_equal "$(word_of one) $(word_of two)" "exited running"
  run -0 isle kill --all
  assert_output two
  run -0 isle start --latest
  isle kill three
  run -0 isle wait --latest
  assert_output 137
  remove_container one two three
}

@test "selection: rm by file, by filter, all that do not run, and all there are" {
  three
  run isle rm --cidfile "$ISLE_TEST_DIR/one"
  assert_failure 1
  assert_equal "$(word_of one)" running
  run -0 isle rm --all
  assert_output three
  run -0 isle rm --force --filter label=kind=b
  assert_output two
  run -0 isle rm --ignore two
  refute_output
  run isle rm two
  assert_failure 1
  run -0 isle rm --force --all
  assert_output one
  run -0 isle ps -aq
  refute_output
}

@test "selection: rm --depend takes those that are in its namespaces first; --time asks before it kills" {
  local mark=$ISLE_TEST_DIR/mark
  mkdir "$mark"
  isle run -d --name owner -v "$mark:/mark" busybox sh -c 'trap "touch /mark/asked; exit" TERM; touch /mark/ready; while :; do sleep 0.1; done' >/dev/null
  isle run -d --name guest --pid container:owner busybox sleep 1000 >/dev/null
  isle run -d --name other busybox sleep 1000 >/dev/null
  wait_until test -e "$mark/ready"
  run -0 isle rm --force --time 60 --depend owner
  assert_output $'guest\nowner'
  [ -e "$mark/asked" ]
  run -0 isle ps -a --format '{{.Names}}'
  assert_output other
  run isle rm --time 5 other
  assert_failure 125
  assert_output --partial "--time"
  remove_container other
}

@test "selection: a file that is not there, an empty one, names beside --all, and nobody" {
  run isle stop --cidfile "$ISLE_TEST_DIR/none"
  assert_failure 125
  assert_output --partial "--cidfile"
  run -0 isle stop --ignore --cidfile "$ISLE_TEST_DIR/none"
  : >"$ISLE_TEST_DIR/empty"
  run isle rm --cidfile "$ISLE_TEST_DIR/empty"
  assert_failure 125
  assert_output --partial "there is no id in"
  run isle kill --all box
  assert_failure 125
  assert_output --partial "--all leaves nothing to be named"
  run isle start --latest
  assert_failure 125
  assert_output --partial "there is no container"
  for command in start stop restart kill rm pause unpause wait; do
    run isle "$command"
    assert_failure 125
    assert_output --partial "$command: no container is named"
  done
}

@test "selection: the newest is entered, read, compared, inspected and looked at" {
  start_container old
  start_container new -- sh -c 'echo said; echo x >/file; exec sleep 1000'
  said() { [ "$(isle logs new)" = said ]; }
  wait_until said
  run -0 isle exec --latest echo entered
  assert_output entered
  run isle exec --latest
  assert_failure 125
  assert_output --partial "no command is named"
  run -0 isle logs --latest
  assert_output said
  run -0 isle diff --latest
  assert_output "A /file"
  run -0 isle inspect --latest --format '{{.name}}'
  assert_output new
  run -0 isle container inspect -l --format '{{.name}}'
  assert_output new
  run -0 isle top --latest
  assert_output --partial sleep
  run -0 isle stats --no-stream --latest --format '{{.Name}}'
  assert_output new
  run -0 isle port --latest
  refute_output
  run -0 isle port --all
  refute_output
  remove_container old new
}

@test "selection: exec by a file of --cidfile" {
  three
  run -0 isle exec --cidfile "$ISLE_TEST_DIR/one" hostname
  assert_output "$(cut -c1-12 "$ISLE_TEST_DIR/one")"
  remove_container one two three
}

# flags_of PROGRAM COMMAND...: the long flags its help lists.
flags_of() {
  "$@" --help 2>/dev/null | sed -nE 's/^ +(-[a-zA-Z0-9], +|    +)?--([a-z0-9][a-z0-9-]*).*/\2/p' | grep -vx help
}
# A flag that is known is not what is complained about: the unknown one behind it is, or the flag's
# refusal. Nothing is run, whatever the command.
check_flags() {
  local program=$1 flag answer missing=''
  shift
  for command in "$@"; do
    # shellcheck disable=SC2086
    for flag in $(flags_of "$program" $command); do
      # shellcheck disable=SC2086
      answer=$(isle $command --"$flag"=1 --no-flag-of-anybody 2>&1 </dev/null) || true
      case $answer in
        *"unknown flag \"--$flag"* | *"there is no command"*) missing+="$command --$flag"$'\n' ;;
      esac
    done
  done
  assert_equal "$missing" ""
}
LIFE=(attach create diff events exec export info inspect kill logs pause port ps rename restart rm run
  start stats stop top unpause update wait cp version "container prune" "container exists"
  "container ls" "volume create" "volume ls" "volume inspect" "volume rm" "volume prune" "volume exists"
  "volume export" "volume import" "system df" "system prune" "system info" "healthcheck run")

@test "flags: all of podman's are taken, or refused by name" {
  command -v podman >/dev/null || skip "podman is not here"
  check_flags podman "${LIFE[@]}"
}

@test "flags: all of docker's are taken, or refused by name" {
  command -v docker >/dev/null || skip "docker is not here"
  # docker has no such commands, and tells of its own flags instead.
  check_flags docker "${LIFE[@]/healthcheck run/stop}"
}

# What podman 5 has beyond 4.3.
@test "flags: podman 5's are taken, or refused by name" {
  run -0 isle exec --help
  local command flag
  while read -r command flag; do
    run isle "$command" "--$flag=1" --no-flag-of-anybody
    assert_failure
    refute_output --partial "unknown flag \"--$flag"
  done <<'END'
exec cidfile
exec preserve-fd
exec no-session
run decryption-key
run gpus
run health-log-destination
run health-max-log-count
run health-max-log-size
run preserve-fd
run rdt-class
run no-hostname
run hosts-file
run retry
run retry-delay
run shm-size-systemd
END
}
