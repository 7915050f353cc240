# Lab B3: every namespace is owned by a user namespace; PID and user namespaces have a parent, the
# others have none (ioctl_ns(2)).
load lab

@test "relations: owners and parents of a container in a user namespace of its own" {
  require_root
  start_container relation-box --userns auto
  local pid
  pid=$(pid_of relation-box)
  run -0 --separate-stderr isle ns show "$pid" --format '{{.Kind}} {{.Owner}} {{.Parent}}'
  assert_line "uts $(ns_of "$pid" user) "
  assert_line "net $(ns_of "$pid" user) "
  assert_line "user $(ns_of self user) $(ns_of self user)"
  assert_line "pid $(ns_of "$pid" user) $(ns_of self pid)"
  run -0 --separate-stderr isle ns tree
  assert_output --partial "─ $(ns_of self uts)"
  assert_output --partial "$(ns_of "$pid" user)"
  # Beyond one's scope: from inside, the parent is not told.
  run -0 --separate-stderr isle ns enter --target "$pid" --user --pid -- \
    "$ISLE_BIN_DIR/isle" ns show "$(ns_of "$pid" user)" --format '{{.Parent}}'
  assert_output beyond
  remove_container relation-box
}
