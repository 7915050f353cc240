# isle ns can, diff, caps, pid, ids, mounts, limits and map: what isolates processes from each other.
load ../helpers

setup() {
  isle_setup
  require_root
}

start_box() { isle run -d --name "$1" "${@:2}" busybox sleep 100 >/dev/null; }
pid_of() { isle inspect "$1" | sed -n 's/^ *"pid": \([0-9]*\),\{0,1\}$/\1/p' | head -1; }

@test "ns can: the host sees a container, a container not the host; and why" {
  start_box ns-can --userns auto
  run -0 isle ns can self ns-can --format '{{.What}}: {{.May}}'
  assert_line "see: yes"
  assert_line "signal: yes"
  assert_line "trace: yes"
  assert_line "reach by 127.0.0.1 and abstract sockets: no"
  assert_line "setns uts: yes"
  run -0 isle ns can ns-can self --format '{{.What}}: {{.May}}'
  assert_line "see: no"
  assert_line "signal: no"
  assert_line "trace: no"
  assert_line "read /proc/PID/root: no"
  assert_line "setns uts: no"
  assert_line "mount what the other sees: no"
  run -0 isle ns can self self --format '{{.What}}: {{.May}}'
  assert_line "mount what the other sees: yes"
  run -0 unshare --mount --propagation private bash -euc "
    mount -t tmpfs --make-shared tmpfs /mnt
    unshare --mount --propagation slave sleep 100 &
    until [ \"\$(readlink /proc/\$!/ns/mnt)\" != \"\$(readlink /proc/\$\$/ns/mnt)\" ] && grep -q master /proc/\$!/mountinfo; do sleep .02; done
    '$ISLE_BIN_DIR/isle' ns can \$\$ \$!
    '$ISLE_BIN_DIR/isle' ns can \$! \$\$
    kill \$!" 3>&- 8>&-
  assert_output --partial "below /mnt it appears below the other's /mnt: a slave of peer group"
  assert_output --partial "no mount of its is in a peer group that the other hears of"
  run -0 isle ns can ns-can self
  assert_output --partial "is not above $(readlink /proc/self/ns/user)"
  # What it says is what the kernel does.
  isle ns enter --target ns-can --uts -- true
  kill -0 "$(pid_of ns-can)"
  run ! isle exec ns-can sh -c "kill -0 $$"
  isle rm -f ns-can >/dev/null
}

@test "ns diff: only what differs, side by side" {
  start_box ns-one --memory 64m --hostname one
  start_box ns-two --cap-drop ALL --hostname two
  run -0 isle ns diff ns-one ns-two --format '{{.What}}: {{.A}} {{.B}}'
  assert_line "namespace uts: $(readlink "/proc/$(pid_of ns-one)/ns/uts") $(readlink "/proc/$(pid_of ns-two)/ns/uts")"
  assert_output --partial "capabilities, effective: CAP_CHOWN"
  refute_output --partial "namespace user"
  refute_output --partial "seccomp mode"
  run -0 isle ns diff self self
  assert_equal "${#lines[@]}" 1
  isle rm -f ns-one ns-two >/dev/null
}

@test "ns caps: sets by name, and power over a namespace with its rule" {
  start_box ns-caps --userns auto
  run -0 isle ns caps ns-caps
  assert_output --partial CAP_CHOWN
  run -0 isle ns caps ns-caps "$(readlink /proc/self/ns/net)"
  assert_output --partial "over $(readlink /proc/self/ns/net)"
  assert_output --regexp "over .* none"
  # Who made a user namespace has all power over it, whatever he has at home.
  run -0 run_as_user bash -euc '
    isle ns unshare -r --uts --fork --kill-child sleep 1000 2>/dev/null &
    outer=$!
    until sleeper=$(pgrep -P $outer -x sleep); do sleep .02; done
    isle ns caps $$ $(readlink /proc/$sleeper/ns/uts)
    kill -KILL $sleeper; wait $outer || true'
  assert_output --regexp "over uts:.* it made user:.* every capability there +all"
  isle rm -f ns-caps >/dev/null
}

@test "ns pid and ids: one process has several numbers, both ways" {
  start_box ns-pid --uidmap 0:200000:1000 --gidmap 0:200000:1000
  local pid
  pid=$(pid_of ns-pid)
  run -0 isle ns pid ns-pid --format '{{.PID}} {{.Namespace}} {{.Container}}'
  assert_line 0 "$pid $(readlink /proc/self/ns/pid) "
  assert_line 1 "1 $(readlink "/proc/$pid/ns/pid") ns-pid"
  run -0 isle ns pid 1 --in ns-pid --format '{{.PID}}'
  assert_line 0 "$pid"
  run -125 isle ns pid 4000 --in ns-pid
  assert_output --partial "no process has the number 4000"
  run -0 isle ns ids ns-pid --format '{{.Kind}} {{.What}} {{.Inside}} {{.Outside}} {{.Count}}'
  assert_line "user real 0 200000 "
  assert_line "group map 0 200000 1000"
  run -0 isle ns ids self --format '{{.What}} {{.Inside}} {{.Outside}}'
  assert_line "real 0 0"
  isle rm -f ns-pid >/dev/null
}

@test "ns mounts: peer groups, slaves, unbindable, and mounts over mounts" {
  mkdir "$ISLE_TEST_DIR/m"
  run -0 unshare --mount --propagation private bash -euc "
    isle() { '$ISLE_BIN_DIR/isle' \"\$@\"; }
    cd '$ISLE_TEST_DIR/m'
    mkdir shared slave unbindable over
    for one in shared unbindable over over; do mount -t tmpfs 'a b' \$one; done
    mount --make-shared shared
    mount --bind shared slave
    mount --make-slave slave
    mount --make-unbindable unbindable
    # Another mount namespace has a member of the group.
    unshare --mount --propagation unchanged sleep 100 &
    other=\$!
    until [ \"\$(readlink /proc/\$other/ns/mnt)\" != \"\$(readlink /proc/\$\$/ns/mnt)\" ]; do sleep .02; done
    echo \"group \$(grep ' $ISLE_TEST_DIR/m/shared ' /proc/self/mountinfo | grep -o 'shared:[0-9]*')\"
    isle ns mounts \$\$ --format '{{.Target}}: {{.Propagation}} {{.Covered}} {{len .Peers}}'
    isle ns mounts \$\$ --graph dot >dot
    isle ns mounts \$\$ --graph svg >svg
    isle ns mounts \$\$ | tail -3
    kill \$other" 3>&- 8>&-
  local group
  group=$(sed -n 's/^group shared://p' <<<"$output")
  assert_line "$ISLE_TEST_DIR/m/shared: shared $group false 2"
  assert_line "$ISLE_TEST_DIR/m/slave: slave of $group false 0"
  assert_line "$ISLE_TEST_DIR/m/unbindable: unbindable false 0"
  assert_line "$ISLE_TEST_DIR/m/over: private true 0"
  assert_line "$ISLE_TEST_DIR/m/over: private false 0"
  assert_output --partial "peer group $group"
  run -0 cat "$ISLE_TEST_DIR/m/dot"
  assert_output --partial "peer group $group"
  require_program python3
  run -0 python3 -c '
import sys, xml.etree.ElementTree as tree
root = tree.parse(sys.argv[1]).getroot()
kinds = [one.get("class") for one in root]
print(kinds.count("mount") > 5, kinds.count("slave"))' "$ISLE_TEST_DIR/m/svg"
  assert_output "True 1"
  run -125 isle ns mounts --graph png
  assert_output --partial "dot or svg"
}

@test "ns limits: the maxima, what is in use, and what is near" {
  run -0 isle ns limits --format '{{.Limit}} {{.Most}} {{.Near}}'
  assert_line "max_uts_namespaces $(cat /proc/sys/user/max_uts_namespaces) "
  assert_line --partial "max_inotify_instances $(cat /proc/sys/user/max_inotify_instances)"
  # Near, in a user namespace that allows one: itself has made it.
  run -0 isle ns unshare -r -- bash -euc "
    echo 1 >/proc/sys/user/max_uts_namespaces
    '$ISLE_BIN_DIR/isle' ns unshare --uts -- '$ISLE_BIN_DIR/isle' ns limits --format '{{.Limit}} {{.Most}} {{.Near}}'"
  assert_line "max_uts_namespaces 1 near"
  run -0 isle ns limits
  assert_output --partial "of 32"
}

@test "ns map: one page with every area, box and namespace, that a browser can draw" {
  require_program python3
  start_box ns-map-one --userns auto
  start_box ns-map-two
  start_box ns-map-three --network container:ns-map-two
  isle ns map --output "$ISLE_TEST_DIR/map.html"
  local page=$ISLE_TEST_DIR/map.html
  # Nothing comes from elsewhere.
  run ! grep -E 'src=|href=|url\(' "$page"
  cat >"$ISLE_TEST_DIR/look.py" <<'PY'
import re, sys, xml.etree.ElementTree as tree
text = open(sys.argv[1]).read()
root = tree.fromstring(re.search(r"<svg.*</svg>", text, re.S)[0])
N = "{http://www.w3.org/2000/svg}"
areas = [g for g in root.iter(N + "g") if g.get("class") == "area"]
boxes = [g for g in root.iter(N + "g") if (g.get("class") or "").startswith("box")]
names = {b.find(N + "text").text for b in boxes}
spaces = {g.get("data-ns") for g in root.iter(N + "g") if g.get("data-ns")}
inner = [a for a in areas[0].iter(N + "g") if a.get("class") == "area"]
print("nested", len(inner) > 1)
print("named", {"ns-map-one", "ns-map-two", "the host"} <= names)
print("has", sys.argv[2] in spaces, sys.argv[3] in spaces)
print("links", sum((p.get("class") or "").startswith("link") for p in root.iter(N + "path")) > 0)
rects = [tuple(float(b.find(N + "rect").get(k)) for k in ("x", "y", "width", "height")) for b in boxes]
apart = all(a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]
            for i, a in enumerate(rects) for b in rects[:i])
print("apart", apart)
PY
  run -0 python3 "$ISLE_TEST_DIR/look.py" "$page" "$(readlink /proc/self/ns/uts)" \
    "$(readlink "/proc/$(pid_of ns-map-two)/ns/mnt")"
  for line in "nested True" "named True" "has True True" "links True" "apart True"; do assert_line "$line"; done
  isle rm -f ns-map-one ns-map-two ns-map-three >/dev/null
  run -125 isle ns map --watch
  assert_output --partial "--output"
}

@test "ns map: a browser has its boxes apart, its words inside them, and shows what is pointed at" {
  require_program chromium
  start_box ns-drawn-one --userns auto
  start_box ns-drawn-two --network none
  isle ns map --output "$ISLE_TEST_DIR/map.html"
  # A pointer that stands on the first patch, and what the page says of it then.
  cat >>"$ISLE_TEST_DIR/map.html" <<'PAGE'
<script>
document.querySelector('.patch').dispatchEvent(new Event('mouseover', {bubbles: true}));
const place = element => element.getBoundingClientRect();
const inside = (a, b) => a.left >= b.left && a.right <= b.right + 1 && a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
const drawn = [...document.querySelectorAll('.box > rect')].map(place);
const over = drawn.some((a, i) => drawn.slice(0, i).some(b =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom));
const out = [...document.querySelectorAll('.area > text, .box > text, .patch > text')].filter(
  text => !inside(place(text), place(text.parentNode.querySelector(':scope > rect')))).length;
const wide = document.documentElement.scrollWidth > window.innerWidth;
document.title = ['seen', drawn.length > 2 && drawn[0].width > 100, over, out, wide,
  document.querySelectorAll('.lit').length > 0,
  document.getElementById('more').textContent.split('\n')[0]].join(' ');
</script>
PAGE
  run -0 --separate-stderr timeout 60 chromium --headless --no-sandbox --disable-gpu \
    --window-size=1280,900 --user-data-dir="$ISLE_TEST_DIR/chromium" --dump-dom "file://$ISLE_TEST_DIR/map.html" 3>&- 8>&-
  assert_output --regexp "<title>seen true false 0 false true [a-z]+:\[[0-9]+\]</title>"
  isle rm -f ns-drawn-one ns-drawn-two >/dev/null
}

@test "ns map: --watch draws it again" {
  isle ns map --output "$ISLE_TEST_DIR/map.html" --watch=1 &
  local drawer=$!
  wait_until test -s "$ISLE_TEST_DIR/map.html"
  grep -q 'http-equiv="refresh" content="1"' "$ISLE_TEST_DIR/map.html"
  local before
  before=$(stat -c %i "$ISLE_TEST_DIR/map.html")
  drawn_again() { [ "$(stat -c %i "$ISLE_TEST_DIR/map.html")" != "$before" ]; }
  wait_until drawn_again
  pkill -P "$drawer" || kill "$drawer"
  wait "$drawer" || true
}
