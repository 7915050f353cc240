# islet's command line: global options, what the verbs print, what is refused.
load ../helpers
load ../islet-bundle

@test "islet: --version is what engines look for" {
  run -0 islet --version
  assert_line --partial "islet version "
  assert_line --partial "spec: 1."
}

@test "islet: help of every verb" {
  run -0 islet --help
  local verb
  for verb in create delete events exec features kill list mounts pause plan ps resume run spec start \
    state update; do
    assert_output --partial "  $verb "
    run -0 islet "$verb" --help
    assert_output --partial "islet $verb"
    run -0 islet --help
  done
  # crun's parser has more names for it.
  local help=$output word
  for word in --usage '-?' -h; do
    run -0 islet "$word"
    assert_output "$help"
    run -0 islet state "$word"
    assert_output --partial "Usage: islet state"
  done
  assert_equal "$(islet -V)" "$(islet --version)"
}

# Options of runc 1.4 and crun 1.21, verb by verb ("-" is what stands in front of a verb).
peers_options() {
  cat <<'EOF2'
- debug log log-format log-level root criu systemd-cgroup rootless cgroup-manager help usage version
create bundle config console-socket pidfd-socket pid-file no-pivot no-new-keyring no-subreaper preserve-fds
run bundle config console-socket pidfd-socket detach keep pid-file no-subreaper no-pivot no-new-keyring preserve-fds
exec console-socket pidfd-socket cwd env tty user additional-gids process detach pid-file process-label apparmor no-new-privs cap preserve-fds cgroup ignore-paused
kill all regex
delete force regex
list format quiet
ps format
events interval stats
spec bundle file rootless
update resources blkio-weight cpu-period cpu-quota cpu-burst cpu-share cpu-rt-period cpu-rt-runtime cpu-idle cpuset-cpus cpuset-mems kernel-memory kernel-memory-tcp memory memory-reservation memory-swap pids-limit l3-cache-schema mem-bw-schema
EOF2
}
# options_in_help PEER [VERB]: the long options of its help.
options_in_help() {
  "$@" --help 2>/dev/null | grep -oE -- '^ +(-[a-zA-Z?], )*--[a-z0-9-]+' | sed 's/.*--//' | tr '\n' ' '
}
# knows VERB OPTION...: islet takes each of them, or refuses it by its name.
knows() {
  local verb=$1 option words=()
  shift
  [ "$verb" = - ] || words=("$verb")
  for option; do
    # A verb that gets no container does nothing; "=1" is no value of a switch, which has to be known for that.
    run islet "${words[@]}" "--$option=1" --help
    refute_output --partial "unknown option"
    run islet "${words[@]}" "--$option=1" --no-such-option
    case $output in
      *"unknown option \"--no-such-option\""* | *"is a switch"* | *"--$option is not supported"*hint:*) ;;
      *) _fail "is not known" verb "$verb" option "--$option" output "$output" ;;
    esac
  done
}

@test "islet: every option of runc 1.4 and crun 1.21 is taken, or refused by its name" {
  local verb options
  while read -r verb options; do
    # shellcheck disable=SC2086
    knows "$verb" $options
  done < <(peers_options)
  run islet --criu /usr/sbin/criu list
  assert_failure 1
  assert_output --partial "option --criu is not supported"
  for verb in checkpoint restore; do
    run islet "$verb" --image-path /tmp one
    assert_failure 1
    assert_output --partial "the verb \"$verb\" is not supported"
  done
}

@test "islet: so is every option in the help of the runc and the crun that are installed" {
  local peer verb options seen=0
  for peer in runc crun; do
    command -v "$peer" >/dev/null || continue
    for verb in - create run exec start state kill delete list ps pause resume update events spec features; do
      if [ "$verb" = - ]; then
        options=$(options_in_help "$peer")
      else
        options=$(options_in_help "$peer" "$verb" | sed -E 's/\b(help|usage) //g')
      fi
      # shellcheck disable=SC2086
      knows "$verb" $options
      seen=$((seen + $(wc -w <<<"$options")))
    done
  done
  [ "$seen" -gt 0 ] || skip "neither runc nor crun is installed"
  # Their help was read, not missed.
  [ "$seen" -gt 60 ]
}

@test "islet: what is unknown or not supported is named" {
  run islet frobnicate
  assert_failure 1
  assert_output --partial 'unknown verb "frobnicate"'
  run islet list --frobnicate
  assert_failure 1
  assert_output --partial 'unknown option "--frobnicate"'
  run islet list -x
  assert_failure 1
  assert_output --partial 'unknown option "-x"'
  run islet --cgroup-manager mine list
  assert_failure 1
  assert_output --partial '--cgroup-manager "mine" is none'
  run -0 islet --systemd-cgroup=false list
  run islet checkpoint one
  assert_failure 1
  assert_output --partial '"checkpoint" is not supported'
  run islet list --format yaml
  assert_failure 1
  assert_output --partial yaml
  run islet state
  assert_failure 1
  run islet --log-format xml list
  assert_failure 1
  run islet create --bundle
  assert_failure 1
  assert_output --partial "--bundle needs a value"
}

@test "islet: options as runc's parser takes them" {
  run -0 islet -log-format=json list -f=json
  assert_output "[]"
  run -0 islet list --format json -q
  refute_output
}

@test "islet: --log gets runc's lines" {
  local log=$ISLE_TEST_DIR/log
  run islet --log "$log" --log-format json state nothing
  assert_failure 1
  assert_output --partial "does not exist"
  assert_match "$(cat "$log")" \
    '^\{"level":"error","msg":"container \\"nothing\\" does not exist","time":"20[0-9-]+T[0-9:]+Z"\}$'
  rm "$log"
  run islet --log "$log" state nothing
  assert_match "$(cat "$log")" '^time="20[0-9-]+T[0-9:]+Z" level=error msg="container'
}

@test "islet: list and ps in runc's columns and JSON" {
  require_root
  run -0 islet list
  assert_output "ID          PID         STATUS      BUNDLE      CREATED     OWNER"
  make_bundle sleep 300
  islet run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  local pid; pid=$(pid_of one)
  run -0 islet list
  assert_match "${lines[1]}" "^one +$pid +running +$bundle   20[0-9-]+T[0-9:]+Z   root$"
  run -0 islet list -f json
  assert_match "$output" "^\[\{\"ociVersion\":.*\"id\":\"one\".*\"pid\":$pid,.*\}\]$"
  run -0 islet ps -f json one
  assert_output "[$pid]"
  run -0 islet ps one -o pid,comm
  assert_equal "${#lines[@]}" 2
  assert_match "${lines[1]}" "^ *$pid sleep$"
  islet delete --force one
}

@test "islet: spec writes a bundle that runs, and never overwrites" {
  require_root
  make_bundle true
  rm "$bundle/config.json"
  islet spec --bundle "$bundle"
  run islet spec --bundle "$bundle"
  assert_failure 1
  assert_output --partial "exists already"
  sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"hostname"/' "$bundle/config.json"
  run -0 islet run -b "$bundle" one
  assert_output islet
  islet spec -b "$bundle" --file other.json
  assert_match "$(cat "$bundle/other.json")" '"terminal": true'
  run islet spec -b "$bundle" -f other.json
  assert_failure 1
  assert_output --partial "other.json\" exists already"
}

@test "islet: spec --rootless runs for an ordinary user" {
  require_root
  require_namespace user
  make_bundle true
  rm "$bundle/config.json"
  chown -R 12345:12345 "$bundle"
  run_as_user islet spec --rootless --bundle "$bundle"
  sed -i 's/"terminal": true/"terminal": false/; s/"sh"/"id"/' "$bundle/config.json"
  run -0 run_as_user islet --root "$ISLE_TEST_DIR/user/run/islet" run -b "$bundle" one
  assert_output --partial "uid=0"
}

@test "islet: features is JSON with what this build has" {
  run -0 islet features
  assert_output --partial '"ociVersionMax": "1.'
  assert_output --partial '"SCMP_ACT_ERRNO"'
  assert_output --partial '"SCMP_ACT_NOTIFY"'
  assert_output --partial '"MPOL_BIND"'
  assert_output --partial '"tmpcopyup"'
  assert_output --partial '"time"'
  assert_output --partial '"run.oci."'
}

@test "islet plan: an ordinary user reads it, nothing is done" {
  make_bundle sh -c true
  run -0 run_as_user islet plan "$bundle"
  assert_output --partial "this is the plan for root"
  assert_line --partial "mount /proc"
  run -0 islet plan "$bundle"
  assert_line --partial "mount /proc"
  assert_output --partial 'execve(/bin/sh, ["sh", "-c", "true"])'
  run -0 islet plan --json "$bundle"
  assert_output --partial '"actor": "init"'
  run -0 islet --cgroup-manager disabled plan "$bundle"
  refute_output --partial "control group"
  run -0 islet plan --create --no-pivot "$bundle"
  refute_output --partial "pivot_root(., .)"
  assert_output --partial "accept4(start socket)"
  run -0 islet list -q
  refute_output
}

@test "islet: --rootless true and --cgroup-manager disabled make no control group" {
  require_root
  require_controller pids
  make_bundle sh -c 'sleep 300'
  islet --rootless true run -d -b "$bundle" one </dev/null >/dev/null 2>&1
  assert_equal "$(cgroup_dir "$(pid_of one)" pids)" "$(cgroup_dir self pids)"
  run -0 islet ps -f json one
  assert_match "$output" "$(pid_of one)"
  islet delete --force one
}

@test "islet --debug: every step with its time is in the log" {
  require_root
  make_bundle true
  run -0 islet --debug --log "$ISLE_TEST_DIR/log" run -b "$bundle" one
  grep -q 'level=debug msg=".*mount /proc.* ms' "$ISLE_TEST_DIR/log"
}
