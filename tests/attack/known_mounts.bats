# Mounts that a hostile root file system leads astray:
#   CVE-2019-16884, 2019-19921, 2023-27561, 2023-28642  /proc or /sys is a link or a volume, and masks
#                                                       and settings go to a fake
#   CVE-2021-30465  a mount's target becomes a link to the host while it is mounted
#   CVE-2024-45310  directories made on the host through such a link
#   CVE-2025-31133  the source of a mask, /dev/null, is a link
#   CVE-2025-52565  /dev/pts/N is swapped before it is bound onto /dev/console
#   CVE-2025-52881  writes to procfs redirected to another file
#   CVE-2026-41579, 2026-47766  the root's /dev is a link: nodes and links made on the host
#
# They can fail: runc 1.1.5 does not pass 2025-52881 (a tmpfs over a part of /proc), 2025-31133 (both),
# 2026-41579 and 2026-47766, which came after it. crun 1.8.1 does not pass 2019-16884 (a volume on /proc),
# 2025-52881 (a tmpfs over a part of /proc), 2025-31133 (the race) and 2026-41579. Each passes the others.
load attack

@test "known: CVE-2019-19921, /proc is a link inside the root" {
  require_root
  make_bundle cat /proc/sys/kernel/domainname
  rmdir "$bundle/rootfs/proc"
  mkdir -p "$bundle/rootfs/fake/proc/sys"
  ln -s /fake/proc "$bundle/rootfs/proc"
  run runtime run -b "$bundle" fake
  end_container fake
  assert_failure
}

@test "known: CVE-2023-28642, /sys is a link inside the root" {
  require_root
  make_bundle --mounts '{"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["ro"]},' true
  rmdir "$bundle/rootfs/sys"
  mkdir -p "$bundle/rootfs/fake"
  ln -s /fake "$bundle/rootfs/sys"
  run runtime run -b "$bundle" fake
  end_container fake
  assert_failure
}

@test "known: CVE-2019-16884, a volume mounted on /proc" {
  require_root
  make_canary
  make_bundle --mounts "{\"destination\": \"/proc\", \"type\": \"bind\", \"source\": \"$canary\", \"options\": [\"bind\"]}," true
  run runtime run -b "$bundle" fake
  end_container fake
  assert_failure
  assert_canary
}

@test "known: CVE-2023-27561, a volume mounted on /proc through a link" {
  require_root
  make_canary
  make_bundle --mounts "{\"destination\": \"/data\", \"type\": \"bind\", \"source\": \"$canary\", \"options\": [\"bind\"]}," \
    sh -c 'stat -f -c %T /proc; grep -c " /proc " /proc/self/mounts'
  ln -s /proc "$bundle/rootfs/data"
  run runtime run -b "$bundle" fake
  end_container fake
  # Refused, or what is seen as /proc is procfs.
  [ "$status" -ne 0 ] || assert_line 0 proc
  assert_canary
}

@test "known: CVE-2025-52881, a tmpfs over a part of /proc" {
  require_root
  local place
  for place in /proc/self/attr /proc/sys /proc/../proc/self; do
    make_bundle --name "b${place//[^a-z]/}" \
      --mounts "{\"destination\": \"$place\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}," true
    run runtime run -b "$bundle" fake
    end_container fake
    assert_failure
  done
}

@test "known: CVE-2025-52881, a link in the root that leads a mount into /proc" {
  require_root
  make_bundle --mounts '{"destination": "/x/y", "type": "tmpfs", "source": "tmpfs"},' \
    sh -c 'grep -c " /proc/sys" /proc/self/mounts || true'
  ln -s /proc/sys "$bundle/rootfs/x"
  ln -s /proc/sys/kernel "$bundle/rootfs/y"
  run runtime run -b "$bundle" fake
  end_container fake
  [ "$status" -ne 0 ] || assert_output 0
}

@test "known: CVE-2024-45310, a target's directories are not made through a link to the host" {
  require_root
  make_canary
  make_bundle --mounts "{\"destination\": \"/link/made/deep\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}," true
  # Absolute, and relative and too deep: both end at the container's own root.
  ln -s "$canary" "$bundle/rootfs/link"
  run runtime run -b "$bundle" fake
  end_container fake
  assert_canary
  rm "$bundle/rootfs/link"
  ln -s "../../../../../../../../../..$canary" "$bundle/rootfs/link"
  run runtime run -b "$bundle" fake
  end_container fake
  assert_canary
}

# One of two names that change places all the time: a directory, and a link to the host.
swap_until_killed() {
  require_fixture swap
  "$FIXTURES/swap" "$@" 3>&- 8>&- &
  swapper=$!
}
stop_swapping() { kill "$swapper" && { wait "$swapper" || true; }; }

@test "known: CVE-2021-30465, a mount's target swapped for a link in a race" {
  require_root
  make_canary
  mkdir "$canary/inner"
  canary_before=$(_canary_state)
  make_bundle --mounts '{"destination": "/vol/inner", "type": "tmpfs", "source": "tmpfs"},' \
    sh -c 'cat /vol/file /vol/inner/../file /vol/../file 2>/dev/null'
  mkdir -p "$bundle/rootfs/vol/inner"
  ln -s "../../../../../../../..$canary" "$bundle/rootfs/other"
  swap_until_killed "$bundle/rootfs/vol" "$bundle/rootfs/other"
  local i
  for i in $(seq 1 "${ISLE_RACE_ROUNDS:-20}"); do
    run runtime run -b "$bundle" race
    end_container race
    refute_output --partial untouched
    # A mount that landed on the host would stay there, or hide the canary's directory.
    run ! grep -F "$canary" /proc/self/mountinfo
  done
  stop_swapping
  assert_canary
}

@test "known: CVE-2025-31133, /dev/null of the root is a link, and masks do not go through it" {
  require_root
  make_canary
  # Nothing is mounted on /dev: the root's own null would be the source of masks.
  bare_bundle '"maskedPaths": ["/proc/timer_list", "/proc/sys/kernel/core_pattern"],' \
    'cat /proc/sys/kernel/core_pattern /proc/timer_list | wc -c'
  ln -sf /proc/sys/kernel/core_pattern "$bundle/rootfs/dev/null"
  run runtime run -b "$bundle" fake
  end_container fake
  # Either the link is found out, or what is masked reads as nothing.
  [ "$status" -ne 0 ] || assert_output 0
}

@test "known: CVE-2025-31133, /dev/null swapped for a link in a race" {
  require_root
  bare_bundle '"maskedPaths": ["/proc/timer_list", "/proc/kcore"],' 'cat /proc/timer_list | wc -c'
  mknod "$bundle/rootfs/dev/null" c 1 3
  ln -s /proc/sys/kernel/core_pattern "$bundle/rootfs/dev/other"
  swap_until_killed "$bundle/rootfs/dev/null" "$bundle/rootfs/dev/other"
  local i
  for i in $(seq 1 "${ISLE_RACE_ROUNDS:-10}"); do
    run runtime run -b "$bundle" race
    end_container race
    [ "$status" -ne 0 ] || assert_line 0 0
  done
  stop_swapping
}

@test "known: CVE-2026-41579, the root's /dev is a link, and no node is made on the host" {
  require_root
  make_canary
  bare_bundle '"devices": [{"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229}],' true
  rmdir "$bundle/rootfs/dev"
  local target
  for target in "$canary" "../../../../../../../..$canary"; do
    ln -sfn "$target" "$bundle/rootfs/dev"
    run runtime run -b "$bundle" fake
    end_container fake
    assert_canary
  done
}

@test "known: CVE-2026-47766, a tmpfs for a /dev that is a link makes nothing on the host" {
  require_root
  make_canary
  make_bundle true
  rmdir "$bundle/rootfs/dev"
  ln -s "../../../../../../../..$canary" "$bundle/rootfs/dev"
  run runtime run -b "$bundle" fake
  end_container fake
  assert_canary
  run ! grep -F "$canary" /proc/self/mountinfo
}

@test "known: CVE-2025-52565, the console is a terminal of the container's own devpts" {
  require_root
  require_program script
  make_canary
  bare_bundle '' 'tty' true
  # Names that a runtime which opens /dev/pts/N or /dev/console by path would follow.
  ln -s "$canary/file" "$bundle/rootfs/dev/console"
  mkdir "$bundle/rootfs/dev/pts"
  ln -s "$canary/file" "$bundle/rootfs/dev/pts/0"
  run script -qec "$(declare -f runtime); $(declare -p ISLE_BIN_DIR ISLE_RUN ISLE_TESTS_DIR)
    ISLE_ATTACK_RUNTIME=${ISLE_ATTACK_RUNTIME-}; runtime run -b '$bundle' console" /dev/null
  end_container console
  assert_canary
}
