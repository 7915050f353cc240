# Attempt 54: device rules that an update of other limits, or of themselves, loosens. Rules of an update
# are not the container's to have: they are refused or left out, and those of its making stay.
#
# crun 1.8.1 fails the second test: after an update whose rules allow all the device is opened. runc 1.1.5
# passes.
load attack

# box RULES: a container with the node 1:11 (/dev/kmsg) in it.
box() {
  require_root
  require_controller devices
  local set sets=''
  for set in bounding effective permitted; do sets+="${sets:+, }\"$set\": [\"CAP_MKNOD\", \"CAP_SYSLOG\"]"; done
  make_bundle --process "\"capabilities\": {$sets}," --linux "\"resources\": {\"devices\": [$1]}," sleep 1000
  rm -f "$bundle/rootfs/tmp/log"
  mknod -m 666 "$bundle/rootfs/tmp/log" c 1 11
  runtime run -d -b "$bundle" box </dev/null >/dev/null 2>&1
}
opens() { runtime exec box busybox sh -c ': </tmp/log' >/dev/null 2>&1 </dev/null; }

@test "attempts: the rules of a container's making decide" {
  box '{"allow": false, "access": "rwm"}, {"allow": true, "type": "c", "major": 1, "minor": 11, "access": "r"}'
  opens
  end_container box
  box '{"allow": false, "access": "rwm"}'
  ! opens || _fail "it was opened"
  end_container box
}

@test "attempts: no update opens a device" {
  box '{"allow": false, "access": "rwm"}'
  ! opens || _fail "it was opened"
  runtime update --pids-limit 100 box
  ! opens || _fail "it was opened after update --pids-limit"
  runtime update --memory 100000000 box
  ! opens || _fail "it was opened after update --memory"
  echo '{"pids": {"limit": 50}}' | runtime update -r - box
  ! opens || _fail "it was opened after update -r"
  local rules
  for rules in '{"allow": true, "access": "rwm"}' '{"allow": true, "type": "c", "major": 1, "minor": 11, "access": "rwm"}'; do
    echo "{\"devices\": [$rules], \"pids\": {\"limit\": 60}}" | runtime update -r - box || true
    ! opens || _fail "it was opened after update" rules "$rules"
  done
  runtime pause box
  runtime update --pids-limit 70 box
  runtime resume box
  ! opens || _fail "it was opened after an update while paused"
  end_container box
}
