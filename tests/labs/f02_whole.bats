# F2: a Debian root file system with several processes and a service, from its start to its removal.
load lab

# Debian's own programs and libraries, read-only from this host, in a root with files of its own.
debian_root() {
  local root=$1 dir
  mkdir -p "$root"/{etc,usr,proc,sys,dev,tmp,run,root,var/log,srv}
  for dir in bin sbin lib lib64; do [ ! -L "/$dir" ] || cp -P "/$dir" "$root/$dir"; done
  [ -L "$root/bin" ] || { mkdir "$root/bin" && WITH_USR+=(-v /bin:/bin:ro -v /lib:/lib:ro); }
  cp -L /etc/os-release /etc/passwd /etc/group /etc/nsswitch.conf /etc/ld.so.cache "$root/etc/"
  [ ! -d /etc/alternatives ] || cp -a /etc/alternatives "$root/etc/"
  cat >"$root/srv/service" <<'END'
use IO::Socket::INET;
my $server = IO::Socket::INET->new(LocalAddr => "127.0.0.1", LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die;
$| = 1;
print "serving\n";
while (my $client = $server->accept) { print $client "hello from $$\n"; print "answered\n"; close $client; }
END
  cat >"$root/srv/start" <<'END'
#!/bin/bash
perl /srv/service &
service=$!
( while sleep 0.1; do date >/run/heartbeat; done ) &
trap 'echo stopping; kill $service; exit 0' TERM
while :; do wait; done
END
  chmod 0755 "$root/srv/start"
}

@test "f2: a Debian root runs several processes and a service; inspected, logged, entered, stopped, removed" {
  command -v perl >/dev/null || skip "perl is not here"
  local root=$ISLE_TEST_DIR/debian WITH_USR=(-v /usr:/usr:ro)
  debian_root "$root"
  run -0 isle run -d --name debian --hostname debian --init "${WITH_USR[@]}" --rootfs "$root" /srv/start
  logged() { isle logs debian | grep -qx "$1"; }
  wait_until logged serving
  # Inside: the distribution's own tools, a service that answers, processes of its own.
  run -0 isle exec debian bash -c '. /etc/os-release; echo "$ID"; hostname'
  assert_line debian
  run -0 isle exec debian bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080; cat <&3'
  assert_output --regexp '^hello from [0-9]+$'
  wait_until logged answered
  heart_beats() { isle exec debian test -s /run/heartbeat; }
  wait_until heart_beats
  # Outside: all of it seen, nothing of it served to the host.
  run -0 isle inspect --format '{{.State.Status}} {{.Config.Hostname}}' debian
  assert_output "running debian"
  run -0 isle top debian
  assert_output --partial perl
  [ "$(isle top debian | wc -l)" -ge 4 ]
  run bash -c 'exec 3<>/dev/tcp/127.0.0.1/8080; cat <&3' 3>&-
  refute_output --partial "hello from"
  [ ! -e /run/heartbeat ]
  local pid
  pid=$(pid_of debian)
  run -0 isle stop -t 20 debian
  wait_until logged stopping
  assert_equal "$(isle inspect --format '{{.State.Status}} {{.State.ExitCode}}' debian)" "exited 0"
  is_gone "$pid"
  run -0 isle rm debian
  run isle inspect debian
  assert_failure 1
  # What it wrote is in its root; nothing is mounted there.
  run grep -F "$root" /proc/self/mountinfo
  refute_output
}
