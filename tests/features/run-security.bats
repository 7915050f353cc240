# isle run: what the command may do: --cap-add --cap-drop --privileged --security-opt (seccomp,
# no-new-privileges, mask, unmask, systempaths), and the defaults.
load ../helpers

status_of_self() { isle run --rm "$@" busybox grep -E "^$FIELD:" /proc/self/status | tr -d '[:blank:]'; }

@test "security: the default capabilities, none inheritable or ambient" {
  require_root
  # CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE SYS_CHROOT SETFCAP
  FIELD='Cap(Inh|Prm|Eff|Bnd|Amb)' run -0 status_of_self
  assert_output $'CapInh:0000000000000000\nCapPrm:00000000800405fb\nCapEff:00000000800405fb\nCapBnd:00000000800405fb\nCapAmb:0000000000000000'
}

@test "security: --cap-drop and --cap-add, by any of their spellings" {
  require_root
  FIELD=CapEff run -0 status_of_self --cap-drop ALL
  assert_output CapEff:0000000000000000
  FIELD=CapEff run -0 status_of_self --cap-drop all --cap-add CAP_CHOWN --cap-add kill
  assert_output CapEff:0000000000000021
  FIELD=CapEff run -0 status_of_self --cap-drop setuid,SETGID --cap-add net_admin
  assert_output CapEff:000000008004153b
}

@test "security: a dropped capability is missed" {
  run -0 isle run --rm busybox chroot / true
  run isle run --rm --cap-drop SYS_CHROOT busybox chroot / true
  assert_failure
  assert_output --partial "Operation not permitted"
}

@test "security: an added capability is of use" {
  run isle run --rm busybox ip link set lo down
  assert_failure
  run -0 isle run --rm --cap-add NET_ADMIN busybox ip link set lo down
}

@test "security: seccomp filters by default" {
  FIELD=Seccomp run -0 status_of_self
  assert_output Seccomp:2
  run isle run --rm --cap-add SYS_ADMIN busybox sh -c 'unshare -U true'
  run isle run --rm busybox unshare -U true
  assert_failure
  assert_output --partial "Operation not permitted"
}

@test "security: --security-opt seccomp=unconfined" {
  require_root
  FIELD=Seccomp run -0 status_of_self --security-opt seccomp=unconfined
  assert_output Seccomp:0
}

@test "security: --security-opt seccomp=FILE" {
  cat >"$ISLE_TEST_DIR/profile.json" <<'JSON'
{"defaultAction": "SCMP_ACT_ALLOW",
 "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]}
JSON
  run isle run --rm --security-opt "seccomp=$ISLE_TEST_DIR/profile.json" busybox sh -c 'touch /x && mkdir /y'
  assert_failure
  assert_output --partial "No space left on device"
}

@test "security: --security-opt no-new-privileges" {
  FIELD=NoNewPrivs run -0 status_of_self
  assert_output NoNewPrivs:0
  FIELD=NoNewPrivs run -0 status_of_self --security-opt no-new-privileges
  assert_output NoNewPrivs:1
  FIELD=NoNewPrivs run -0 status_of_self --security-opt no-new-privileges=false
  assert_output NoNewPrivs:0
}

@test "security: masked and read-only paths" {
  run -0 isle run --rm busybox sh -c 'wc -c </proc/kcore 2>/dev/null; cat /proc/timer_list | wc -c; ls /sys/firmware | wc -l'
  assert_line 0
  refute_output --regexp '[1-9]'
  run isle run --rm busybox sh -c 'echo x >/proc/sys/kernel/domainname'
  assert_failure
  assert_output --partial "Read-only file system"
  if [ -e /proc/sysrq-trigger ]; then
    run isle run --rm busybox sh -c 'echo x >/proc/sysrq-trigger'
    assert_failure
    assert_output --partial "Read-only file system"
  fi
  run isle run --rm busybox mkdir /sys/fs/cgroup/x
  assert_failure
}

@test "security: --security-opt mask and unmask" {
  run -0 isle run --rm --security-opt mask=/etc/passwd:/var/www busybox sh -c 'wc -c </etc/passwd; ls /var/www | wc -l'
  assert_output $'0\n0'
  run -0 isle run --rm --security-opt unmask=/proc/timer_list busybox sh -c 'grep -c timer_list /proc/mounts || true'
  assert_output 0
  require_root
  run -0 isle run --rm --security-opt unmask=ALL busybox sh -c 'echo isles >/proc/sys/kernel/domainname && cat /proc/sys/kernel/domainname'
  assert_output isles
}

@test "security: --security-opt systempaths=unconfined" {
  run -0 isle run --rm --security-opt systempaths=unconfined busybox sh -c "grep -c ' /proc/' /proc/mounts || true"
  assert_output 0
}

@test "security: --security-opt label=disable and apparmor=unconfined are understood" {
  run -0 isle run --rm --security-opt label=disable --security-opt apparmor=unconfined busybox echo fine
  assert_output fine
}

@test "security: --privileged" {
  require_root
  FIELD='(CapEff|Seccomp)' run -0 status_of_self --privileged
  assert_line Seccomp:0
  assert_line "$(grep CapEff /proc/self/status | tr -d '[:blank:]')"
  run -0 isle run --rm --privileged busybox sh -c 'mount -t tmpfs none /mnt && echo mounted; grep -c " /proc/" /proc/mounts || true'
  assert_output $'mounted\n0'
}

@test "security: --privileged for an ordinary user is not more than he has" {
  require_root
  run -0 run_as_user isle run --rm --privileged busybox sh -c 'mount -t tmpfs none /mnt && echo mounted; p=/proc/sys/kernel/panic; (cat $p >$p) 2>&1 || echo not the host'
  assert_line mounted
  assert_line "not the host"
}

@test "security: no descriptor of the caller's gets in" {
  exec 9<"$BATS_TEST_FILENAME"
  run -0 isle run --rm busybox ls /proc/self/fd
  exec 9<&-
  assert_output $'0\n1\n2\n3' # 3 is ls' own
}

@test "security: what docker refuses by default is refused" {
  for command in "mount -t tmpfs none /mnt" "mount --bind / /mnt" "umount /proc/kcore" "chroot /proc/1/root reboot -f" \
    "hostname other" "ip link add x type dummy" "mknod /x b 8 0" "sysctl -w kernel.panic=1"; do
    run isle run --rm busybox sh -c "$command"
    [ "$status" -ne 0 ] || _fail "it was allowed" command "$command"
  done
}
