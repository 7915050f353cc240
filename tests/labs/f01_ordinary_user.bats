# Lab F1: an ordinary user, nothing set up for him: no ranges of ids, no setuid helper, no group of
# his own. A shell as root inside, with one id mapped; on the host nothing of it belongs to root.
load lab

# A terminal for the command: script(1) makes one and feeds it from here.
at_terminal() { # INPUT COMMAND
  (set -o pipefail
    printf '%s' "$1" | run_as_user timeout 60 script -qec "$2" /dev/null | tr -d '\r')
}
owned_by_root() { find "$ISLE_TEST_DIR/user" ! -uid "$ISLE_TEST_UID" -print; }

for_network() {
  run at_terminal $'tty; id -u; id -un; hostname; exit 7\n' "isle run --rm -it --hostname box --network $1 busybox sh"
  assert_failure 7
  assert_line 0
  assert_line root
  assert_output --partial /dev/pts/0
  assert_line box
  assert_equal "$(owned_by_root)" ""
}

@test "ordinary user: isle run -it busybox sh, network none" {
  require_root
  require_program script
  for_network none
}

@test "ordinary user: isle run -it busybox sh, network host" {
  require_root
  require_program script
  for_network host
  run -0 run_as_user isle run --rm --network host busybox readlink /proc/self/ns/net
  assert_output "$(ns_of self net)"
}

@test "ordinary user: root inside is the user on the host, in processes and in files" {
  require_root
  mkdir -m 0777 "$ISLE_TEST_DIR/shared"
  run -0 run_as_user isle run -d --name mine -v "$ISLE_TEST_DIR/shared:/shared" busybox \
    sh -c 'id -u >/shared/id; sleep 1000'
  wait_until test -s "$ISLE_TEST_DIR/shared/id"
  assert_equal "$(cat "$ISLE_TEST_DIR/shared/id")" 0
  assert_equal "$(stat -c %u:%g "$ISLE_TEST_DIR/shared/id")" "$ISLE_TEST_UID:$ISLE_TEST_UID"
  local pid
  pid=$(run_as_user isle inspect mine | sed -n 's/^ *"pid": \([0-9]*\),\{0,1\}$/\1/p' | head -1)
  assert_equal "$(status_of "$pid" Uid)" "12345 12345 12345 12345"
  assert_equal "$(status_of "$pid" Gid)" "12345 12345 12345 12345"
  # No process of isle's own runs as anybody else.
  for status in /proc/[0-9]*/status; do
    if grep -qs '^Name:.isle-monitor' "$status"; then
      assert_equal "$(sed -n 's/^Uid:[[:blank:]]*//p' "$status" | tr '\t' ' ')" "12345 12345 12345 12345"
    fi
  done
  run -0 run_as_user isle exec mine id -u
  assert_output 0
  run -0 run_as_user isle rm -f mine
  assert_equal "$(owned_by_root)" ""
}

@test "ordinary user: the image is unpacked as his own, and removed by him" {
  require_root
  run -0 run_as_user isle run --rm busybox sh -c 'stat -c %u /bin/busybox /etc/passwd; rm /etc/passwd; mkdir /new'
  assert_output $'0\n0'
  assert_equal "$(owned_by_root)" ""
  run -0 run_as_user rm -rf "$ISLE_TEST_DIR/user/root" "$ISLE_TEST_DIR/user/run"
}

@test "ordinary user: two users have nothing in common" {
  require_root
  run -0 run_as_user isle run -d --name mine busybox sleep 1000
  run -0 isle ps -a
  refute_output --partial mine
  run -0 isle run --rm --name mine busybox echo "root's own"
  assert_output "root's own"
  run -0 run_as_user isle rm -f mine
}

@test "ordinary user: what needs more than one id is refused by name" {
  require_root
  run run_as_user isle run --rm --user 1000 busybox true
  assert_failure 125
  assert_output --partial 1000
  assert_output --regexp "map"
  run run_as_user isle run --rm --userns host busybox true
  assert_failure 125
  assert_output --partial "needs a user namespace"
  grep -qs "^\($ISLE_TEST_UID\|12345\):" /etc/subuid && skip "this user has a range of ids"
  run run_as_user isle run --rm --userns auto busybox true
  assert_failure 125
  assert_output --partial /etc/subuid
}

@test "ordinary user: where user namespaces are forbidden, the switch is named" {
  require_root
  [ -n "${ISLE_TEST_IN_VM-}" ] || skip "changes a setting of the whole machine: in a virtual one only"
  local was
  was=$(cat /proc/sys/user/max_user_namespaces)
  echo 0 >/proc/sys/user/max_user_namespaces
  run run_as_user isle run --rm busybox true
  echo "$was" >/proc/sys/user/max_user_namespaces
  assert_failure 125
  assert_output --partial "/proc/sys/user/max_user_namespaces is 0"
}
