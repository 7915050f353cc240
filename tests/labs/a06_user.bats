# Lab A6: ids inside and outside are two views of one number (user_namespaces(7)), here as root. An
# ordinary user's labs are apart.
load lab

@test "user: root inside is another on the host" {
  require_root
  start_container user-root --uidmap 0:12345:1 --gidmap 0:12346:1
  run -0 inside user-root id
  assert_output --partial "uid=0(root) gid=0(root)"
  local pid
  pid=$(pid_of user-root)
  assert_equal "$(status_of "$pid" Uid)" "12345 12345 12345 12345"
  assert_equal "$(status_of "$pid" Gid)" "12346 12346 12346 12346"
  run -0 inside user-root sh -c 'cat /proc/self/uid_map /proc/self/gid_map | tr -s " "'
  assert_output $' 0 12345 1\n 0 12346 1'
  assert_not_equal "$(ns_of "$pid" user)" "$(ns_of self user)"
  remove_container user-root
}

@test "user: several ranges, and a user in the second" {
  require_root
  start_container user-ranges --uidmap 0:200000:1000 --uidmap 1000:300000:500 \
    --gidmap 0:400000:2000 --user 1234:1500
  local pid
  pid=$(pid_of user-ranges)
  run -0 inside user-ranges id -u
  assert_output 1234
  assert_equal "$(status_of "$pid" Uid)" "300234 300234 300234 300234"
  assert_equal "$(status_of "$pid" Gid)" "401500 401500 401500 401500"
  run -0 sh -c "tr -s ' ' </proc/$pid/uid_map"
  assert_output $' 0 200000 1000\n 1000 300000 500'
  remove_container user-ranges
}

@test "user: what has no id inside is 65534 there, and keeps its owner" {
  require_root
  local overflow
  overflow=$(cat /proc/sys/kernel/overflowuid)
  mkdir -m 0755 "$ISLE_TEST_DIR/data"
  touch "$ISLE_TEST_DIR/data/root" "$ISLE_TEST_DIR/data/mapped"
  chown 200007:200007 "$ISLE_TEST_DIR/data/mapped"
  start_container user-overflow --uidmap 0:200000:1000 --gidmap 0:200000:1000 \
    --volume "$ISLE_TEST_DIR/data:/data"
  run -0 inside user-overflow stat -c '%n %u' /data/root /data/mapped
  assert_output "/data/root $overflow"$'\n'"/data/mapped 7"
  # Root of the namespace has no power over an id that is not in it.
  run ! inside user-overflow chown 0:0 /data/root
  run ! inside user-overflow sh -c 'echo changed >/data/root'
  inside user-overflow chown 9:9 /data/mapped
  run -0 stat -c '%u %s' "$ISLE_TEST_DIR/data/root" "$ISLE_TEST_DIR/data/mapped"
  assert_output $'0 0\n200009 0'
  remove_container user-overflow
}

@test "user: capabilities inside are none on the host" {
  require_root
  start_container user-caps --userns auto --cap-add SYS_ADMIN
  # Over its own host name: yes. Over the host's devices and clock: no.
  inside user-caps hostname changed
  run ! inside user-caps mknod /tmp/disk b 8 0
  run isle run --rm --privileged --userns auto busybox date -s 2030-01-01
  assert_output --partial "not permitted"
  assert_not_equal "$(date +%Y)" 2030
  # The bounding set is full of names, all of them below the namespace.
  local pid
  pid=$(pid_of user-caps)
  assert_not_equal "$(status_of "$pid" CapEff)" 0000000000000000
  remove_container user-caps
}

@test "user: two containers with --userns auto have ranges of their own" {
  require_root
  start_container user-one --userns auto:size=1000
  start_container user-two --userns auto:size=1000
  local one two
  one=$(awk '{ print $2 }' "/proc/$(pid_of user-one)/uid_map")
  two=$(awk '{ print $2 }' "/proc/$(pid_of user-two)/uid_map")
  assert_between "$one" 1000 4294967294
  { [ $((one + 1000)) -le "$two" ] || [ $((two + 1000)) -le "$one" ]; } ||
    _fail "the ranges overlap" one "$one" two "$two"
  run -0 awk '{ print $3 }' "/proc/$(pid_of user-one)/uid_map"
  assert_output 1000
  # Files that root inside makes belong to that range on the host.
  inside user-one touch /made
  assert_equal "$(stat -c %u "/proc/$(pid_of user-one)/root/made")" "$one"
  remove_container user-one user-two
}

@test "user: keyrings are apart" {
  require_root
  require_fixture user_key
  local name=isle-lab-$BASHPID flags=(--security-opt seccomp=unconfined "${WITH_FIXTURES[@]}")
  "$FIXTURES/user_key" make "$name"
  run -0 "$FIXTURES/user_key" look "$name"
  assert_output "key yes"
  run -0 isle run --rm --userns auto "${flags[@]}" busybox /fixtures/user_key look "$name"
  assert_output "key no"
  # User keyrings belong to the user namespace: who shares that has the host's. The default seccomp
  # profile is what stands before them then.
  run -0 isle run --rm "${flags[@]}" busybox /fixtures/user_key look "$name"
  assert_output "key yes"
  run ! isle run --rm "${WITH_FIXTURES[@]}" busybox /fixtures/user_key look "$name"
  assert_output --partial "keyctl"
  "$FIXTURES/user_key" remove "$name"
}

@test "user: in a chroot the kernel refuses a user namespace, and the message says why" {
  require_root
  mkdir "$ISLE_TEST_DIR/tree"
  run -0 unshare --mount --propagation private bash -c "
    mount --rbind / '$ISLE_TEST_DIR/tree'
    ! timeout 60 chroot '$ISLE_TEST_DIR/tree' '$ISLE_BIN_DIR/isle' run --rm --userns auto busybox id
  " 3>&- 8>&-
  assert_output --partial EPERM
  assert_output --partial chroot
}
