# Lab F4: --explain tells every step of what namespaces, mounts, privileges, networks and control groups
# are about, in the order it is done, each with its call, its reason and the time it took.
load ../network

setup() { network_setup; }
teardown() { network_teardown; }

# The steps' words in their order, one a line: "ACTOR WHAT". What lacks a part fails.
steps_of() {
  python3 -c '
import json, sys
steps = json.load(sys.stdin)["steps"]
for number, step in enumerate(steps, 1):
    assert step["step"] == number, step
    for part in ("actor", "what", "call", "why"): assert step[part], (part, step)
    assert step["nanoseconds"] >= 0, step
    print(step["actor"], step["what"])'
}

# assert_order PATTERN...: lines that match, each behind the one before.
assert_order() {
  local pattern at=0 number
  for pattern; do
    number=$(tail -n +$((at + 1)) <<<"$output" | grep -nE -m1 -- "$pattern" | cut -d: -f1)
    [ -n "$number" ] || _fail "no such step behind line $at" pattern "$pattern" output "$output"
    at=$((at + number))
  done
}

@test "explain: every step of a container with a network, a volume and limits" {
  require_program python3
  isle network create apart >/dev/null
  mkdir "$ISLE_TEST_DIR/data"
  run -0 --separate-stderr isle run --rm --explain=json --name told --hostname told --network apart \
    -p 8080:80 --memory 64m --pids-limit 50 --volume "$ISLE_TEST_DIR/data:/data:ro" \
    --volume kept:/kept --tmpfs /scratch --sysctl net.ipv4.ip_forward=1 --ulimit nofile=100:100 \
    --cap-drop KILL --security-opt no-new-privileges --read-only --user 1:1 busybox true
  run -0 steps_of <<<"$stderr"
  assert_order "parent make the control group|parent start the transient" "parent limit memory" \
    "parent make the container's first process" "parent (provide|find) the bridge" \
    "parent connect eth0 to network apart" "parent serve names" "parent publish its ports" \
    "parent let init go on" "init +make the cgroup namespace" "init +make every mount a slave" \
    "init +mount the root file system" "init +mount /proc" "init +bind .* on /data" \
    "init +bind .* on /kept" "init +mount /scratch" "init +bind .*/resolv.conf" \
    "init +make /dev/null" "init +set the hostname" "init +bring lo up" \
    "init +set net.ipv4.ip_forward" "init +make /proc/sys read-only" "init +mask /proc/kcore" \
    "init +pivot the root" "init +bound the capabilities" "init +become group 1" \
    "init +become user 1" "init +close what was inherited" "init +install the seccomp filter" \
    "init +execute true"
  run -0 isle run --rm --explain=only --network none --volume kept:/kept busybox true
  # What each is for is said of it, and not of its neighbour.
  assert_output --regexp "on /etc/resolv.conf.*# .*name servers"
  assert_output --regexp "on /etc/hosts.*# .*names"
  assert_output --regexp "root file system.*# .*read-only layer.*its own"
  assert_output --regexp "seccomp.*# [0-9]+ calls pass"
  isle volume rm kept
  isle network rm apart
}

@test "explain: an ordinary user's, with the user namespace and his map" {
  require_program python3
  run -0 --separate-stderr run_as_user isle run --rm --explain=json --network none busybox true
  run -0 steps_of <<<"$stderr"
  assert_order "parent make the container's first process" "parent .*(map|user)" "parent let init go on" \
    "init +mount the root file system" "init +pivot the root" "init +execute true"
}
