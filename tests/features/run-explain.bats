# isle run --explain: what is done, why, by whom, by which call; and the time it took.
load ../helpers

@test "explain: every step and its time are told apart from the output" {
  run --separate-stderr isle run --rm --explain busybox echo hello
  assert_success
  assert_output hello
  output=$stderr
  for word in clone mount pivot_root seccomp execve; do assert_output --partial "$word"; done
  assert_output --regexp "[0-9]\.[0-9]+ ms  execute echo"
}

@test "explain: the plan comes before the command's output, the times after it" {
  run -0 bash -c '"$0" run --rm --explain busybox echo hello 2>&1' "$ISLE_BIN_DIR/isle"
  local order
  order=$(printf '%s\n' "$output" |
    sed -nE 's/.*execve\(.*/plan/p; s/^hello$/output/p; s/.* ms  execute echo$/times/p' | paste -sd' ')
  assert_equal "$order" "plan output times"
}

@test "explain: only runs nothing and keeps nothing" {
  mkdir "$ISLE_TEST_DIR/data"
  run -0 isle run --rm --explain=only -v "$ISLE_TEST_DIR/data:/data" busybox touch /data/ran
  for word in clone mount pivot_root seccomp execve /data; do assert_output --partial "$word"; done
  assert_not_exists "$ISLE_TEST_DIR/data/ran"
  run -0 isle ps -aq
  assert_output ""
}

@test "explain: json is for programs" {
  require_program python3
  run --separate-stderr isle run --rm --explain=json busybox true
  assert_success
  run python3 -c '
import json, sys
plan = json.loads(sys.argv[1])
steps = plan["steps"] if isinstance(plan, dict) else plan
assert len(steps) > 20, len(steps)
print(sorted({step["actor"] for step in steps}))' "$stderr"
  assert_success
  assert_output --partial init
  assert_output --partial parent
}

@test "explain: what an option asks for is in the plan" {
  require_root
  run -0 isle run --rm --explain=only --hostname box --memory 64m --tmpfs /scratch --cap-drop ALL busybox true
  assert_output --partial box
  assert_output --partial 67108864
  assert_output --partial /scratch
}

@test "explain: an ordinary user's plan has the user namespace and no root" {
  require_root
  run -0 run_as_user isle run --rm --explain=only busybox true
  assert_output --partial uid_map
  assert_output --partial NEWUSER
}
