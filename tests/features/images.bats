# Commands on images: what is listed, shown, named, removed, and mounted for a command.
load ../helpers

ids() { isle images -q --no-trunc; }
# An image of one more file than busybox, by this name: made NAME [INSTRUCTION].
made() {
  local container
  isle run --name maker busybox sh -c "echo $1 >/made"
  isle commit -q ${2:+--change "$2"} maker "$1"
  isle rm maker
}

@test "images: docker's columns, whole and short ids, and no head" {
  isle tag busybox localhost/a/b:1
  run -0 isle images
  assert_line --partial "REPOSITORY"
  [[ ${lines[0]} =~ ^REPOSITORY\ +TAG\ +IMAGE\ ID\ +CREATED\ +SIZE$ ]] || _fail "head" got "${lines[0]}"
  assert_equal "${#lines[@]}" 3
  run -0 isle images --digests
  assert_line --partial DIGEST
  run -0 isle images -q
  assert_equal "${#lines[@]}" 1
  assert_match "$output" '^[0-9a-f]{12}$'
  run -0 isle image ls --quiet --no-trunc
  assert_match "$output" '^sha256:[0-9a-f]{64}$'
  run -0 isle images --noheading
  assert_equal "${#lines[@]}" 2
}

@test "images: by name, by reference, by label, by time" {
  isle tag busybox localhost/a/b:1 other:2
  made newer "LABEL color=blue"
  run -0 isle images --format '{{.Repository}}:{{.Tag}}' localhost/a/b
  assert_output localhost/a/b:1
  run -0 isle images --format '{{.Tag}}' --filter 'reference=oth*'
  assert_output 2
  run -0 isle images --format '{{.Repository}}' --filter label=color=blue
  assert_output newer
  run -0 isle images -q --filter label=color=red
  refute_output
  run -0 isle images --format '{{.Repository}}' --filter since=busybox
  assert_output newer
  run -0 isle images --format '{{.Repository}}' --filter before=newer --sort repository
  assert_line busybox
  assert_line other
  refute_output --partial newer
  run -0 isle images -q --filter dangling=true
  refute_output
  run -125 isle images --filter color=blue
  assert_output --partial 'is not known'
  run -125 isle images --sort weight
  assert_output --partial 'created, id, repository, size or tag'
}

@test "images: JSON, templates and tables of one's own" {
  run -0 isle images --format json
  assert_line --partial '"Repository": "busybox"'
  run -0 isle images --format '{{.Repository}} {{.Tag}} {{len .ID}}'
  assert_output "busybox latest 12"
  run -0 isle images --format 'table {{.Tag}}\t{{.Repository}}'
  assert_line 0 "TAG      REPOSITORY"
  assert_line 1 "latest   busybox"
  run -125 isle images --format '{{.Repo}}'
  assert_output --partial 'column 3: there is no field "Repo"'
}

@test "image inspect: what images are made of, and by a template" {
  local id; id=$(ids)
  run -0 isle image inspect busybox --format '{{.Id}} {{index .RepoTags 0}} {{.Os}} {{.RootFS.Type}}'
  assert_output "$id busybox:latest linux layers"
  run -0 isle inspect --type image busybox --format '{{json .Config.Cmd}} {{.Config.User}}|{{.Config.Healthcheck}}'
  assert_output '["sh"] |<no value>'
  run -0 isle inspect "${id#sha256:}" --format '{{.Digest}}'
  assert_match "$output" '^sha256:[0-9a-f]{64}$'
  run -1 isle inspect nosuch
  assert_output --partial 'there is no container, image, network or volume "nosuch"'
  run -125 isle image inspect
  assert_output --partial 'no image is named'
}

@test "inspect: a container before an image of its name, unless told which" {
  require_root
  isle run -d --name busybox busybox sleep 1000
  run -0 isle inspect busybox --format '{{.status}}'
  assert_output running
  run -0 isle inspect --type image busybox --format '{{.Os}}'
  assert_output linux
  run -1 isle inspect --type container "$(ids)"
  assert_output --partial "there is no container"
  isle rm -f busybox
}

@test "tag, untag, image exists: names come and go, the image stays" {
  isle tag busybox one/two:3 four
  local id; id=$(ids)
  run -0 isle image exists one/two:3
  isle image untag busybox one/two:3
  run -1 isle image exists one/two:3
  refute_output
  run -0 isle image exists four
  assert_equal "$(ids)" "$id"
  run -125 isle tag busybox 'Bad Name'
  assert_output --partial 'Bad Name'
  run -125 isle tag busybox "four@$id"
  assert_output --partial 'a digest is what content has'
  run -125 isle untag busybox nosuch
  assert_output --partial 'the image has no name "nosuch"'
  isle untag four
  run -1 isle image exists four
}

@test "history and tree: the steps of an image, newest first, and its layers" {
  made grown "ENV A=1"
  run -0 isle history grown
  assert_match "${lines[0]}" '^IMAGE +CREATED +CREATED BY +SIZE +COMMENT$'
  assert_equal "${#lines[@]}" 3
  assert_match "${lines[1]}" 'echo grown >/made'
  assert_match "${lines[2]}" '^<missing>'
  run -0 isle history --no-trunc --human=false --format '{{.Size}}' grown
  assert_line 0 6
  run -0 isle history -q grown
  assert_equal "${#lines[@]}" 2
  run -0 isle image tree grown
  assert_line --partial "Top Layer of: [grown:latest]"
  assert_line --partial "Top Layer of: [busybox:latest]"
}

@test "rmi: a name, then the image; one in use stays, and its files are given back" {
  made doomed
  isle tag doomed second
  local layers; layers=$(ls "$ISLE_ROOT/layers" | wc -l)
  run -0 isle rmi second
  assert_output "Untagged: second:latest"
  isle run --name user doomed true
  run -1 isle rmi doomed
  assert_output --partial "rmi \"doomed\""
  run -0 isle image exists doomed
  isle rm user
  run -0 isle rmi doomed
  assert_line "Untagged: doomed:latest"
  assert_line --partial "Deleted: sha256:"
  run -1 isle image exists doomed
  assert_equal "$(ls "$ISLE_ROOT/layers" | wc -l)" $((layers - 1))
  run -1 isle rmi doomed
  run -0 isle rmi --ignore doomed
  run -125 isle rmi
}

@test "rmi: an image without a name that another was made of stays, with --no-prune and without" {
  local flag below
  for flag in --no-prune --force; do
    made below
    below=$(isle inspect --type image below --format '{{.Id}}')
    isle run --name maker below sh -c 'echo more >/more'
    isle commit -q maker above >/dev/null
    isle rm maker >/dev/null
    isle untag below
    run -0 isle rmi "$flag" above
    assert_line "Untagged: above:latest"
    refute_output --partial "Deleted: $below"
    run -0 isle images -q --no-trunc --filter dangling=true
    assert_output "$below"
    run -0 isle rmi "$below"
  done
}

@test "image prune: of what nobody uses only what --filter says" {
  made kept:1 'LABEL keep=yes'
  made gone:1 'LABEL keep=no'
  made plain:1
  run -125 isle image prune -af --filter size=1
  assert_output --partial 'label=NAME[=VALUE], label!=NAME[=VALUE] and until=TIME'
  run -0 isle image prune -af --filter until=1h
  refute_output --partial deleted
  run -0 isle image prune -af --filter label=keep --filter 'label!=keep=yes' --filter until=0s
  run -0 isle images --format '{{.Repository}}' --sort repository
  assert_output $'busybox\nkept\nplain'
  run -0 isle image prune -af --filter 'label!=keep'
  run -0 isle images --format '{{.Repository}}' --sort repository
  assert_output $'busybox\nkept'
}

@test "image mount: a command sees the files, read-only, and the host sees no mount" {
  require_root
  made looked
  local before; before=$(cat /proc/self/mountinfo)
  run -0 isle image mount looked -- sh -c 'cat made; pwd; echo "$ISLE_IMAGE"; grep -c " overlay " /proc/self/mountinfo'
  assert_line 0 looked
  assert_line 1 "$ISLE_RUN/image"
  assert_line 2 "$ISLE_RUN/image"
  run -1 isle image mount looked -- touch new
  assert_output --partial "Read-only file system"
  run -7 isle image mount busybox -- sh -c 'test -x bin/busybox && exit 7'
  run -127 isle image mount busybox -- nosuch-command
  assert_equal "$(cat /proc/self/mountinfo)" "$before"
  run -125 isle image unmount looked
  assert_output --partial "mounts no image on the host"
  run -125 isle image mount busybox true
  assert_output --partial "comes behind --"
  run -125 isle image mount --all
  assert_output --partial "mounts no image on the host"
}

@test "image mount: an ordinary user" {
  require_root
  run_as_user unshare --user true 2>/dev/null || skip "this host lets no ordinary user make user namespaces"
  run_as_user isle run --name maker busybox sh -c 'echo mine >/made'
  run_as_user isle commit -q maker two
  run -1 run_as_user isle image mount two -- sh -c 'cat made; touch new'
  assert_line --partial mine
  assert_line --partial "Read-only"
  run_as_user isle rm maker
}

@test "images: a thousand names" {
  local i names=()
  for i in $(seq 1000); do names+=("many/of/them:$i"); done
  isle tag busybox "${names[@]}"
  isle images -q
  run -0 isle images --noheading
  assert_equal "${#lines[@]}" 1001
}

@test "image: its commands are listed, and one that is not known is named" {
  run -0 isle image --help
  for word in ls inspect history tree exists tag untag rm save load import mount; do
    assert_line --partial "  $word"
  done
  run -125 isle image lss
  assert_output --partial 'did you mean isle image ls?'
}
