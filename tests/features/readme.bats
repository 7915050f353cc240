# What README.md shows is what isle does: its lines are run as they stand there.
load ../helpers

# The lines of README.md's sh blocks that begin with some words.
readme_lines() {
  awk '/^```sh/ { inside = 1; next } /^```/ { inside = 0 } inside' "$ISLE_TESTS_DIR/../README.md" |
    sed 's/ *#.*//' | grep -F -- "$1"
}
# Runs the one line that contains the words.
run_readme() {
  local line
  line=$(readme_lines "$1")
  [ -n "$line" ] || _fail "README.md has no such line" words "$1" || return 1
  run eval "$line"
}

@test "readme: the two READMEs show the same commands" {
  blocks() { awk '/^```sh/ { inside = 1; next } /^```/ { inside = 0 } inside' "$1" | sed 's/ *#.*//'; }
  assert_equal "$(blocks "$ISLE_TESTS_DIR/../README.zh.md")" "$(blocks "$ISLE_TESTS_DIR/../README.md")"
}

@test "readme: echo" {
  run_readme "echo hello"
  assert_success
  assert_output hello
}

@test "readme: a detached container is seen, entered, killed and removed" {
  require_root
  run_readme "isle run -d --name web"
  assert_success
  run -0 isle ps
  assert_output --partial web
  run -0 isle exec web ps
  assert_output --partial httpd
  run -0 isle kill web
  wait_until bash -c '! "$0" ps | grep -q web' "$ISLE_BIN_DIR/isle"
  run -0 isle rm web
  run -0 isle ps -a
  refute_output --partial web
}

@test "readme: the plan is shown before the run, alone, and with times" {
  run_readme "--explain busybox true"
  assert_success
  assert_output --partial "mount"
  run_readme "--explain=only"
  assert_success
  assert_output --partial "mount"
}

@test "readme: data is kept, files are copied, limits and use are seen" {
  require_root
  run_readme "isle run --rm --volume data"
  assert_success
  run_readme "isle volume ls"
  assert_success
  assert_output --partial '"Name": "data"'
  run_readme "isle run -d --name box"
  assert_success
  run_readme "isle cp /etc/hostname box"
  assert_success
  assert_output hostname
  run_readme "isle update --memory 64m box"
  assert_success
  assert_output --partial '/ 67.1MB'
  isle rm -f box
}

@test "readme: containers are made, started, asked, stopped, and what happened is told" {
  require_root
  run_readme "isle create --name job"
  assert_success
  run_readme "isle start job"
  assert_success
  run -0 isle logs job
  assert_output working
  run_readme "isle run -d --name probed"
  assert_success
  run_readme "isle wait --condition healthy"
  assert_success
  run_readme "isle events"
  assert_success
  assert_output --partial destroy
}

@test "readme: images are named, saved, removed and loaded, and what they take is told" {
  require_root
  cd "$ISLE_TEST_DIR"
  run_readme "isle tag busybox mine:1"
  assert_success
  run_readme "isle save -o mine.tar"
  assert_success
  assert_output --partial mine:1
  run -0 isle run --rm mine:1 echo loaded
  assert_output loaded
  run_readme "isle images; isle system df"
  assert_success
  assert_output --partial mine
}

@test "readme: host name" {
  run_readme "--hostname box"
  assert_success
  assert_output box
}

@test "readme: limits" {
  require_root
  require_controller memory
  require_controller pids
  run -0 isle run --rm --memory 64m --memory-swap 64m --cpus 0.5 --pids-limit 20 busybox sh -c 'echo in'
  assert_output in
  readme_lines "--memory 64m --memory-swap 64m --cpus 0.5 --pids-limit 20 busybox sh"
}

@test "readme: a read-only root, a tmpfs and a volume" {
  require_root
  mkdir "$ISLE_TEST_DIR/data"
  echo x >"$ISLE_TEST_DIR/data/file"
  run -0 isle run --rm --read-only --tmpfs /tmp --volume "$ISLE_TEST_DIR/data:/data:ro" busybox ls /data
  assert_output file
  readme_lines "--read-only --tmpfs /tmp --volume /srv/data:/data:ro busybox ls /data"
}

@test "readme: a user without capabilities" {
  run_readme "--user 1000:1000"
  assert_success
  assert_output --partial "uid=1000"
}

@test "readme: id maps" {
  require_root
  run_readme "--uidmap 0:100000:65536"
  assert_success
  assert_output --regexp "0 +100000 +65536"
}

@test "readme: a time namespace" {
  require_root
  require_namespace time
  run_readme "--time-offset boottime=86400"
  assert_success
  # A day more than here.
  assert_output --partial "up $(awk '{ print int($1 / 86400) + 1 }' /proc/uptime) day"
}

@test "readme: namespaces are listed, explained and made" {
  run_readme "isle ns ls"
  assert_success
  assert_output --partial "$(readlink /proc/self/ns/uts | tr -dc 0-9)"
  run_readme "isle ns why"
  assert_success
  assert_output --partial "never ends"
  require_root
  run_readme "isle ns unshare"
  assert_success
  assert_output "$(hostname)"
}

@test "readme: islet writes a specification and plans it without root" {
  require_root
  mkdir -p "$ISLE_TEST_DIR/bundle/rootfs"
  chmod -R a+rwX "$ISLE_TEST_DIR/bundle"
  run -0 run_as_user sh -c "cd '$ISLE_TEST_DIR/bundle' && islet spec && islet plan ."
  assert_output --partial mount
}

# The words of a manual page, without its font changes and escapes.
page() { # FILE
  sed 's/\\f[BIR]//g; s/\\-/-/g' "$1"
}
# Long options at the beginning of a line of help.
long_options() { grep -E '^ +-' | grep -oE -- '--[a-z][a-z-]+' | sort -u; }

@test "man: isle.1 has every option of every command" {
  local command option text
  text=$(page "$ISLE_BIN_DIR/../share/man/man1/isle.1")
  for command in run create start stop restart wait attach logs events boot exec ps kill rm inspect pull push search login logout images info \
    "ns ls" "ns tree" "ns show" "ns why" "ns unshare" "ns enter" "ns exec" "ns pin" "ns unpin" \
    "ns can" "ns diff" "ns caps" "ns pid" "ns ids" "ns mounts" "ns limits" "ns map" trace \
    rmi commit diff export import save load history "manifest create" "manifest add" "manifest annotate" "manifest push" \
    pause unpause update stats cp doctor completion netavark cni "container prune" "volume create" "volume ls" "volume inspect" \
    "volume rm" "volume prune" "volume export" "image prune" "system df" "system check" "system prune"; do
    # shellcheck disable=SC2086
    run -0 isle $command --help
    for option in $(long_options <<<"$output"); do
      grep -qE -- "$option([^a-z-]|\$)" <<<"$text" || _fail "isle.1 does not have it" option "$command $option"
    done
  done
}

@test "man: isle.1 is made of the tables and the texts beside it; a text for what is not there is an error" {
  local dir=$ISLE_TESTS_DIR/../docs/man
  isle help --man "$dir/isle.1.in" "$dir/isle.1.texts" >"$ISLE_TEST_DIR/isle.1"
  cmp "$ISLE_TEST_DIR/isle.1" "$ISLE_BIN_DIR/../share/man/man1/isle.1"
  run -0 grep -A1 'sdnotify' "$ISLE_TEST_DIR/isle.1"
  assert_output --partial 'What a service manager hears'
  printf '@run --no-such-flag\nText.\n' >"$ISLE_TEST_DIR/texts"
  run isle help --man "$dir/isle.1.in" "$ISLE_TEST_DIR/texts"
  assert_failure
  assert_output --partial 'there is a text for "run --no-such-flag"'
  run isle help --man "$ISLE_TEST_DIR/texts" "$dir/isle.1.texts"
  assert_failure
  assert_output --partial 'no line @OPTIONS@'
}

@test "man: islet.8 has every verb and option" {
  local verb option text
  text=$(page "$ISLE_TESTS_DIR/../docs/man/islet.8")
  run -0 islet --help
  for verb in "" $(sed -n '/^Verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p' <<<"$output"); do
    [ -z "$verb" ] || grep -q "^\.SS \"$verb" <<<"$text" || _fail "islet.8 does not have it" verb "$verb"
    # shellcheck disable=SC2086
    run -0 islet $verb --help
    for option in $(long_options <<<"$output"); do
      [ "$verb" ] && [ "$option" = --help ] && continue
      grep -qE -- "$option([^a-z-]|\$)" <<<"$text" || _fail "islet.8 does not have it" option "$verb $option"
    done
  done
}
