# Lab A2: the host name and the domain name are the UTS namespace's (uts_namespaces(7)).
load lab

@test "uts: the name inside is the asked one, the host keeps its own" {
  require_root
  local before
  before=$(uname -n)
  run -0 isle run --rm --hostname box busybox hostname
  assert_output box
  assert_equal "$(uname -n)" "$before"
}

@test "uts: /proc/PID/ns/uts differs, and nsenter from the host reads the container's names" {
  require_root
  start_container uts-link --hostname box --domainname lab.test
  local pid
  pid=$(pid_of uts-link)
  assert_not_equal "$(ns_of "$pid" uts)" "$(ns_of self uts)"
  assert_equal "$(inside uts-link readlink /proc/self/ns/uts)" "$(ns_of "$pid" uts)"
  run -0 inside uts-link cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname
  assert_output $'box\nlab.test'
  run -0 nsenter --target "$pid" --uts uname -n
  assert_output box
  assert_not_equal "$(cat /proc/sys/kernel/domainname)" lab.test
  remove_container uts-link
}

@test "uts: a name changed inside stays inside" {
  require_root
  local before
  before=$(cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname)
  run -0 isle run --rm --hostname box --cap-add SYS_ADMIN busybox \
    sh -c 'hostname; hostname other; hostname'
  assert_output $'box\nother'
  assert_equal "$(cat /proc/sys/kernel/hostname /proc/sys/kernel/domainname)" "$before"
}

@test "uts: without CAP_SYS_ADMIN the container cannot change even its own" {
  require_root
  run ! isle run --rm --hostname box busybox hostname other
  assert_output --partial "not permitted"
}

@test "uts: a namespace starts with a copy of its maker's name, not with an empty one" {
  require_root
  # What isle rests on: it sets the name after the clone, and never before.
  run -0 unshare --uts sh -c 'uname -n; hostname changed; uname -n'
  assert_output "$(uname -n)"$'\n'changed
  assert_not_equal "$(uname -n)" changed
}

@test "uts: --uts host shares the host's, and then no name may be asked for" {
  require_root
  run -0 isle run --rm --uts host busybox sh -c 'hostname; readlink /proc/self/ns/uts'
  assert_output "$(uname -n)"$'\n'"$(ns_of self uts)"
  run -125 isle run --rm --uts host --hostname box busybox true
  assert_output --partial "--hostname"
}

@test "uts: two containers may share one" {
  require_root
  start_container uts-first --hostname shared
  run -0 isle run --rm --uts container:uts-first busybox sh -c 'hostname; readlink /proc/self/ns/uts'
  assert_output "shared"$'\n'"$(ns_of "$(pid_of uts-first)" uts)"
  remove_container uts-first
}
