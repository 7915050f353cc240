# Why: tests of islet need bundles. make_bundle writes one below the test's directory: a root file
# system of busybox alone, and a config.json as small as it can be.

# make_bundle [OPTION]... COMMAND [ARGUMENT]...: sets `bundle`. Texts are members of JSON with a comma
# behind them.
#   --terminal          process.terminal
#   --namespaces KINDS  "pid mount" (pid network ipc uts mount)
#   --process TEXT      more members of process
#   --linux TEXT        more members of linux
#   --top TEXT          more members of the document
#   --mounts TEXT       more mounts
#   --name NAME         of the bundle (bundle)
make_bundle() {
  local terminal=false kinds='pid network ipc uts mount' process='' linux='' top='' mounts='' name=bundle
  local kind list='' args='' arg
  while [[ ${1-} == --* ]]; do
    case $1 in
      --terminal) terminal=true; shift; continue ;;
      --namespaces) kinds=$2 ;;
      --process) process=$2 ;;
      --linux) linux=$2 ;;
      --top) top=$2 ;;
      --mounts) mounts=$2 ;;
      --name) name=$2 ;;
    esac
    shift 2
  done
  for kind in $kinds; do list+="${list:+, }{\"type\": \"$kind\"}"; done
  for arg; do
    arg=${arg//\\/\\\\} arg=${arg//\"/\\\"}
    args+="${args:+, }\"$arg\""
  done
  bundle=$ISLE_TEST_DIR/$name
  _busybox_root "$bundle/rootfs"
  cat >"$bundle/config.json" <<EOF
{"ociVersion": "${ISLE_BUNDLE_VERSION:-1.2.0}", $top
 "root": {"path": "rootfs"}, "hostname": "box",
 "process": {"terminal": $terminal, "user": {"uid": 0, "gid": 0}, "args": [$args], $process
  "env": ["PATH=/bin", "HOME=/"], "cwd": "/", "noNewPrivileges": true},
 "mounts": [{"destination": "/proc", "type": "proc", "source": "proc"}, $mounts
  {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
  {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
   "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"]}],
 "linux": {$linux "namespaces": [$list]}}
EOF
}

_busybox_root() {
  [ ! -d "$1" ] || return 0
  mkdir -p "$1"/{bin,etc,proc,dev,tmp,sys}
  cp /bin/busybox "$1/bin/busybox"
  chroot "$1" /bin/busybox --install -s /bin
}

# status_of ID: the word in its state.
status_of() { islet state "$1" | sed -n 's/.*"status": "\(.*\)",/\1/p'; }
pid_of() { islet state "$1" | sed -n 's/.*"pid": \([0-9]*\),*/\1/p'; }
has_status() { [ "$(status_of "$1")" = "$2" ]; }

# assert_ended PID: gone, or a zombie that its parent has not reaped yet.
assert_ended() {
  local state=gone
  [ ! -e "/proc/$1/stat" ] || state=$(sed 's/.*) \(.\) .*/\1/' "/proc/$1/stat")
  case $state in gone | Z | X) ;; *) _fail "still runs" process "$1" state "$state" ;; esac
}
