# Lab A5: what is mounted inside is in the container's table alone (mount_namespaces(7)), before,
# while and after it runs, also where the host's `/` is shared, as distributions have it.
load lab

@test "mount: a tmpfs on /tmp inside leaves the host's /tmp as it is" {
  require_root
  local mark=isle-lab-$BASHPID mounts
  mounts=$(host_mounts)
  start_container mount-tmp --tmpfs /tmp:size=1m
  inside mount-tmp touch "/tmp/$mark"
  run -0 inside mount-tmp ls /tmp
  assert_output "$mark"
  assert_not_exists "/tmp/$mark"
  local pid
  pid=$(pid_of mount-tmp)
  run -0 grep ' /tmp ' "/proc/$pid/mounts"
  assert_output --regexp '^tmpfs /tmp tmpfs .*size=1024k'
  assert_exists "/proc/$pid/root/tmp/$mark"
  assert_not_equal "$(ns_of "$pid" mnt)" "$(ns_of self mnt)"
  assert_equal "$(host_mounts)" "$mounts"
  remove_container mount-tmp
  assert_equal "$(host_mounts)" "$mounts"
}

@test "mount: what is mounted by hand inside is not seen on the host" {
  require_root
  local mounts
  mounts=$(host_mounts)
  start_container mount-hand --cap-add SYS_ADMIN
  inside mount-hand mount -t tmpfs isle-by-hand /mnt
  run -0 grep isle-by-hand "/proc/$(pid_of mount-hand)/mounts"
  assert_output --partial "isle-by-hand /mnt tmpfs"
  assert_equal "$(host_mounts)" "$mounts"
  remove_container mount-hand
}

@test "mount: kill -9 of everything leaves no mount" {
  require_root
  local mounts pid monitor
  mounts=$(host_mounts)
  start_container mount-killed --tmpfs /tmp --volume /usr:/host-usr:ro
  pid=$(pid_of mount-killed)
  monitor=$(status_of "$pid" PPid)
  assert_equal "$(cat "/proc/$monitor/comm")" isle-monitor
  assert_equal "$(host_mounts)" "$mounts"
  kill -KILL "$monitor" "$pid"
  wait_until is_gone "$pid"
  assert_equal "$(host_mounts)" "$mounts"
  remove_container mount-killed
}

@test "mount: a mount made on the host later does not come in, for the container's are private" {
  require_root
  mkdir "$ISLE_TEST_DIR/volume" "$ISLE_TEST_DIR/volume/later"
  run -0 on_shared_host '
    start_container mount-later --volume "$ISLE_TEST_DIR/volume:/volume"
    mount -t tmpfs isle-later "$ISLE_TEST_DIR/volume/later"
    touch "$ISLE_TEST_DIR/volume/later/mark"
    inside mount-later ls /volume/later
    echo "table: $(grep -c isle-later "/proc/$(pid_of mount-later)/mountinfo" || :)"
    remove_container mount-later'
  assert_output "table: 0"
}

@test "mount: where the host's / is shared nothing of the container comes out" {
  require_root
  run -0 on_shared_host '
    grep -q " / / .* shared:" /proc/self/mountinfo && echo shared
    before=$(host_mounts)
    start_container mount-shared --cap-add SYS_ADMIN --tmpfs /tmp --volume /usr:/host-usr
    inside mount-shared mount -t tmpfs isle-by-hand /mnt
    grep -c isle-by-hand "/proc/$(pid_of mount-shared)/mounts"
    [ "$(host_mounts)" = "$before" ] && echo "same during"
    # No mount of the container is in a group with one of the host. (The masks are single files:
    # nothing can be mounted below them.)
    grep -v " /null /proc/" "/proc/$(pid_of mount-shared)/mountinfo" | grep -c "shared:\|master:" || :
    kill -KILL "$(pid_of mount-shared)"
    remove_container mount-shared
    [ "$(host_mounts)" = "$before" ] && echo "same after"'
  assert_output $'shared\n1\nsame during\n0\nsame after'
}

@test "mount: CLONE_NEWNS alone hides nothing where / is shared: why isle changes propagation" {
  require_root
  mkdir "$ISLE_TEST_DIR/point"
  run -0 on_shared_host '
    unshare --mount --propagation unchanged mount -t tmpfs isle-leak "$ISLE_TEST_DIR/point"
    echo "shared: $(grep -c isle-leak /proc/self/mountinfo)"
    umount "$ISLE_TEST_DIR/point"
    unshare --mount --propagation private mount -t tmpfs isle-leak "$ISLE_TEST_DIR/point"
    echo "private: $(grep -c isle-leak /proc/self/mountinfo || :)"'
  assert_output $'shared: 1\nprivate: 0'
}
