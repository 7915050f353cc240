# The labs A2-A10, B2, B3, C1-C3 and C6-C8 for an ordinary user who has one id and no set-up. What
# is seen is the same as root's; what is the user namespace's doing is said where it differs.
load lab

ours() { run_as_user timeout 60 isle "$@"; }
once() { ours run --rm "$@"; }
ours_pid() { ours inspect "$1" | sed -n 's/^ *"pid": \([0-9]*\),\{0,1\}$/\1/p' | head -1; }
start() { # NAME FLAG... -- COMMAND...
  local name=$1 flags=()
  shift
  while [ "$1" != -- ]; do flags+=("$1"); shift; done
  shift
  ours run -d --name "$name" "${flags[@]}" busybox "$@" >/dev/null
}

@test "rootless A2, uts: a host name of its own" {
  require_root
  local before
  before=$(uname -n)
  run -0 once --hostname box --domainname isles busybox sh -c 'hostname; cat /proc/sys/kernel/domainname'
  assert_output $'box\nisles'
  assert_equal "$(uname -n)" "$before"
  start named --hostname box -- sleep 1000
  assert_not_equal "$(ns_of "$(ours_pid named)" uts)" "$(ns_of self uts)"
  run -0 ours rm -f named
}

@test "rootless A4, pid: 1 inside, another number outside, ps shows the container alone" {
  require_root
  run -0 once busybox sh -c 'echo $$; ps -o comm | tail -n +2 | wc -l'
  assert_line 0 1
  assert_between "${lines[1]}" 2 4
  start two -- sleep 1000
  local pid
  pid=$(ours_pid two)
  assert_equal "$(status_of "$pid" NSpid)" "$pid 1"
  run -0 ours rm -f two
}

@test "rootless A5, mount: a tmpfs inside, nothing on the host, killed or not" {
  require_root
  local before pid
  before=$(host_mounts)
  start mounted --tmpfs /tmp -- sh -c 'touch /tmp/inside; exec sleep 1000'
  pid=$(ours_pid mounted)
  assert_equal "$(host_mounts)" "$before"
  assert_not_exists /tmp/inside
  grep -q " /tmp tmpfs" "/proc/$pid/mounts"
  kill -KILL "$(status_of "$pid" PPid)" # the monitor, and the container with it
  wait_until is_gone "$pid"
  assert_equal "$(host_mounts)" "$before"
  run -0 ours rm -f mounted
}

@test "rootless A6, user: one id mapped, root inside, the user on the host, setgroups denied" {
  require_root
  run -0 once busybox sh -c 'id -u; tr -s " " </proc/self/uid_map; tr -s " " </proc/self/gid_map; cat /proc/self/setgroups'
  assert_output $'0\n 0 12345 1\n 0 12345 1\ndeny'
  start mapped -- sleep 1000
  local pid
  pid=$(ours_pid mapped)
  assert_equal "$(status_of "$pid" Uid)" "12345 12345 12345 12345"
  assert_not_equal "$(ns_of "$pid" user)" "$(ns_of self user)"
  run -0 ours rm -f mapped
  # All others are nobody, and are not reached.
  run -0 once -v /etc/passwd:/host-passwd:ro busybox stat -c %u /host-passwd
  assert_output "$(cat /proc/sys/kernel/overflowuid)"
  run once --user 1 busybox true
  assert_failure 125
}

@test "rootless A6, user: keep-id" {
  require_root
  run -0 once --userns keep-id busybox sh -c 'id -u; tr -s " " </proc/self/uid_map'
  assert_output $'12345\n 12345 12345 1'
}

@test "rootless A7, network: only the loopback, and it is up" {
  require_root
  run -0 once --network none busybox sh -c 'ls /sys/class/net; ip -o addr show lo'
  assert_line lo
  assert_output --partial "127.0.0.1/8"
  refute_output --partial eth
  run -0 once busybox sh -c 'tail -n +3 /proc/net/dev | grep -vc -e lo: -e tunl -e sit -e gre -e ip6 -e ip_vti || true'
  assert_output 0
}

@test "rootless A9, time: shifted inside, the host's is not" {
  require_root
  require_namespace time
  require_fixture clocks
  local before after boottime
  before=$("$FIXTURES/clocks" | sed -n 's/^boottime //p')
  run -0 once --time-offset boottime=86400 "${WITH_FIXTURES[@]}" busybox /fixtures/clocks
  after=$("$FIXTURES/clocks" | sed -n 's/^boottime //p')
  boottime=$(sed -n 's/^boottime //p' <<<"$output")
  assert_between "$boottime" $((before + 86400)) $((after + 86400))
}

@test "rootless A10: every namespace differs from the host's and from another container's" {
  require_root
  start first -- sleep 1001
  start second -- sleep 1002
  local first second kind kinds="cgroup ipc mnt net pid user uts"
  first=$(ours_pid first) second=$(ours_pid second)
  for kind in $kinds; do
    assert_not_equal "$(ns_of "$first" "$kind")" "$(ns_of self "$kind")"
    assert_not_equal "$(ns_of "$second" "$kind")" "$(ns_of self "$kind")"
    assert_not_equal "$(ns_of "$first" "$kind")" "$(ns_of "$second" "$kind")"
  done
  run -0 ours exec first ps -o args
  assert_output --partial "sleep 1001"
  refute_output --partial "sleep 1002"
  run -0 ours rm -f first second
}

@test "rootless C1, orphans: zombies under a PID 1 that does not wait, none with --init" {
  require_root
  require_fixture orphans
  local count='for s in /proc/[0-9]*/status; do grep -q "^State:.Z" $s 2>/dev/null && echo z; done | wc -l'
  start left "${WITH_FIXTURES[@]}" -- sleep 1000
  start kept --init "${WITH_FIXTURES[@]}" -- sleep 1000
  run -0 ours exec left /fixtures/orphans 50
  run -0 ours exec kept /fixtures/orphans 50
  run -0 ours exec left sh -c "$count"
  assert_output 50
  run -0 ours exec kept sh -c "$count"
  assert_output 0
  run -0 ours rm -f left kept
}

@test "rootless C2, signals: PID 1 ignores what it does not handle from inside, KILL from outside works" {
  require_root
  start deaf -- sleep 1000
  local pid
  pid=$(ours_pid deaf)
  run ours exec deaf sh -c 'kill -KILL 1; kill -TERM 1; kill -STOP 1'
  sleep 0.2
  [ "$(status_of "$pid" State | cut -c1)" = S ]
  run -0 ours kill -s TERM deaf # not handled: nothing happens
  sleep 0.2
  is_gone "$pid" && _fail "TERM ended a PID 1 that does not handle it"
  run -0 ours kill deaf
  wait_until is_gone "$pid"
  run -0 ours rm deaf
}

@test "rootless C3: with PID 1 all others die" {
  require_root
  start family -- sh -c 'sleep 1001 & sleep 1002 & wait'
  local pid children child
  pid=$(ours_pid family)
  wait_until sh -c "[ \$(wc -w </proc/$pid/task/$pid/children) = 2 ]"
  children=$(children_of "$pid")
  run -0 ours kill family
  for child in $children; do wait_until is_gone "$child"; done
  run -0 ours rm -f family
}

@test "rootless C6: a directory as root, the old root out of reach" {
  require_root
  require_fixture leave_root
  run_as_user true # makes the user's directory
  local dir=$ISLE_TEST_DIR/user/home/tree
  run -0 run_as_user sh -c "mkdir -p '$dir/bin' '$dir/tmp' && cp /bin/busybox '$dir/bin/' && ln -s busybox '$dir/bin/sh'"
  run -0 ours run --rm --rootfs "$dir" /bin/busybox ls /bin
  assert_output $'busybox\nsh'
  run -0 ours run --rm --rootfs "$dir" --cap-add SYS_CHROOT "${WITH_FIXTURES[@]}" /fixtures/leave_root "$dir"
  assert_output inside
  # What was written stays in a plain directory, and goes with an overlay over it.
  run -0 ours run --rm --rootfs "$dir:O" /bin/busybox touch /gone
  assert_not_exists "$dir/gone"
  run -0 ours run --rm --rootfs "$dir" /bin/busybox touch /stays
  assert_equal "$(stat -c %u "$dir/stays")" "$ISLE_TEST_UID"
}

@test "rootless A3, ipc: what is made inside is neither seen outside nor left; the host's is not seen" {
  require_root
  require_fixture ipc
  local key=1769173862
  "$FIXTURES/ipc" make "$key"
  run -0 once "${WITH_FIXTURES[@]}" busybox /fixtures/ipc look "$key"
  assert_output $'queue no\nsemaphore no\nmemory no\nposix-queue no'
  "$FIXTURES/ipc" remove "$key"
  run -0 once "${WITH_FIXTURES[@]}" busybox sh -c "/fixtures/ipc make $key && /fixtures/ipc look $key"
  assert_output $'queue yes\nsemaphore yes\nmemory yes\nposix-queue yes'
  run -0 "$FIXTURES/ipc" look "$key"
  assert_output $'queue no\nsemaphore no\nmemory no\nposix-queue no'
}

@test "rootless A8, cgroup: its own group is the root of what it sees, the host shows the path" {
  require_root
  start grouped -- sleep 1000
  start shared --cgroupns host -- sleep 1000
  local pid
  pid=$(ours_pid grouped)
  run -0 ours exec grouped cat /proc/1/cgroup
  refute_output --regexp ':/[a-z]'
  assert_line --partial ':/'
  assert_not_equal "$(ns_of "$pid" cgroup)" "$(ns_of self cgroup)"
  run -0 ours exec shared cat /proc/1/cgroup
  assert_output "$(cat "/proc/$(ours_pid shared)/cgroup")"
  run -0 ours rm -f grouped shared
}

@test "rootless B2 and B3: joins what is his, through the user namespace that owns it" {
  require_root
  start joined --hostname there -- sleep 1000
  local pid
  pid=$(ours_pid joined)
  run -0 ours ns enter --target joined --user --uts -- sh -c 'hostname; readlink /proc/self/ns/net'
  assert_output $'there\n'"$(ns_of self net)"
  run -125 ours ns enter --target joined --uts -- hostname
  assert_output --partial EPERM
  assert_output --partial "CAP_SYS_ADMIN in the user namespace that owns it"
  run -0 --separate-stderr ours ns show "$pid" --format '{{.Kind}} {{.Owner}} {{.Parent}}'
  assert_line "uts $(ns_of "$pid" user) "
  assert_line "pid $(ns_of "$pid" user) $(ns_of self pid)"
  assert_line --partial "user $(ns_of self user) $(ns_of self user)"
  run -0 --separate-stderr ours ns tree
  assert_output --partial "$(ns_of "$pid" user)"
  run -0 ours rm -f joined
}

@test "rootless C8: what namespaces do not hide is masked, read-only or refused" {
  require_root
  run -0 once busybox sh -c '
    wc -c </proc/timer_list
    (: >>/proc/sys/kernel/core_pattern) 2>/dev/null || echo no setting
    mknod /tmp/disk b 8 0 2>/dev/null || echo no device
    mkdir /sys/fs/cgroup/made 2>/dev/null || echo no group
    dmesg >/dev/null 2>&1 || echo no log
    ls /sys/firmware | wc -l
    ls /dev | grep -c kvm || true'
  assert_output $'0\nno setting\nno device\nno group\nno log\n0\n0'
}

@test "rootless C7, layers: overlay and vfs give one tree; fuse-overlayfs and limits are refused" {
  require_root
  local driver tree
  # shellcheck disable=SC2016 # for the container
  tree='find / -xdev ! -path "/proc*" ! -path "/sys*" ! -path "/dev*" ! -path "/etc*" ! -path / | sort |
    while read -r name; do
      form="%n %F %a %u:%g"; [ -d "$name" ] || form="$form %h"; stat -c "$form" "$name"; [ ! -f "$name" ] || md5sum <"$name"; done'
  run -0 ours run --name maker busybox sh -c '
    rm /bin/cpio; mkdir -p /d/e; echo one >/d/e/one; ln /d/e/one /d/two; ln -s e/one /d/three; chmod 700 /d/e'
  run -0 ours commit -q maker layered
  run -0 ours rm maker
  run -0 once layered sh -c "$tree"
  local expected=$output
  assert_line --partial "/d/two regular file 644 0:0 2"
  refute_output --partial /bin/cpio
  run -0 once --storage-driver vfs layered sh -c "$tree"
  assert_equal "$output" "$expected"
  for driver in overlay vfs; do
    run -0 ours run --name changed --storage-driver "$driver" layered sh -c 'rm /d/two; echo new >/d/new'
    run -0 ours diff changed
    assert_line "A /d/new"
    assert_line "D /d/two"
    refute_output --partial /bin
    run -0 ours rm changed
    run -125 once --storage-driver "$driver" --storage-opt size=8m layered true
    assert_output --partial "storage driver $driver cannot limit"
  done
  run -125 once --storage-driver fuse-overlayfs layered true
  assert_output --partial "only from inside the container's user namespace"
  assert_output --partial "overlay works for ordinary users"
}
