# isle run: who the command is and what it is started with: --hostname --domainname --user --group-add
# --workdir --env --env-file --entrypoint.
load ../helpers

@test "run: --hostname is the name, in /etc/hostname, /etc/hosts and HOSTNAME too" {
  run -0 isle run --rm --hostname box busybox sh -c 'hostname; cat /etc/hostname; echo $HOSTNAME; grep -c box /etc/hosts'
  assert_output $'box\nbox\nbox\n1'
}

@test "run: without --hostname the name is the id's beginning" {
  run -0 isle run --rm busybox hostname
  assert_output --regexp '^[0-9a-f]{12}$'
}

@test "run: --domainname" {
  run -0 isle run --rm --domainname isles busybox cat /proc/sys/kernel/domainname
  assert_output isles
}

@test "run: --user by number, with and without a group" {
  require_root
  run -0 isle run --rm --user 1000 busybox id
  assert_output "uid=1000 gid=0(root)"
  run -0 isle run --rm --user 1000:1001 busybox sh -c 'id -u; id -g; id -G'
  assert_output $'1000\n1001\n1001'
}

@test "run: --user by name takes group, memberships and home from the image" {
  require_root
  run -0 isle run --rm --user www-data busybox sh -c 'id -u; id -g; echo $HOME'
  assert_output $'33\n33\n/var/www'
  run -0 isle run --rm --user nobody:users busybox id -g
  assert_output 100
  run -0 isle run --rm --user root busybox id -G # root is a member of wheel
  assert_output "0 10"
  # An entry of the password file counts for a number as well.
  run -0 isle run --rm --user 33 busybox sh -c 'id -g; echo $HOME'
  assert_output $'33\n/var/www'
}

@test "run: another user has no capabilities" {
  require_root
  run -0 isle run --rm --user 1000 busybox sh -c 'grep CapEff /proc/self/status; touch /x 2>&1 || echo refused'
  assert_output --partial 0000000000000000
  assert_line refused
}

@test "run: --group-add by name and number" {
  require_root
  run -0 isle run --rm --user 1000:1000 --group-add audio --group-add 777 busybox id -G
  assert_output "1000 29 777"
}

@test "run: --workdir, made if need be" {
  run -0 isle run --rm --workdir /var/log busybox pwd
  assert_output /var/log
  run -0 isle run --rm -w /made/for/this busybox sh -c 'pwd; ls -d /made/for/this'
  assert_output $'/made/for/this\n/made/for/this'
}

@test "run: the environment is the image's and the flags', never the caller's" {
  SECRET=leaked run -0 isle run --rm busybox env
  refute_output --partial leaked
  assert_line "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
  assert_line HOME=/root
  assert_equal "$(wc -l <<<"$output")" 3 # and HOSTNAME
}

@test "run: --unsetenv, --unsetenv-all and --env-merge" {
  run -0 isle run --rm --unsetenv HOSTNAME --env-merge 'PATH=${PATH}:/opt/bin' busybox env
  assert_line --partial ":/bin:/opt/bin"
  refute_output --partial HOSTNAME
  run -0 isle run --rm --unsetenv-all -e ONE=1 busybox env
  assert_line ONE=1
  refute_output --partial PATH
  run -125 isle run --rm --unsetenv A=1 busybox true
  assert_output --partial "no name of a variable"
}

@test "run: --umask and --personality are the command's" {
  run -0 isle run --rm --umask 0027 --personality LINUX32 busybox sh -c 'umask; uname -m; touch /tmp/x; stat -c %a /tmp/x'
  assert_line 0 0027
  refute_output --partial x86_64
  assert_line 2 640
  run -125 isle run --rm --umask 999 busybox true
  assert_output --partial "octal"
}

@test "run: --tz is the zone inside, the host's own with local" {
  require_root
  [ -e /usr/share/zoneinfo/Asia/Tokyo ] || skip "needs tzdata"
  run -0 isle run --rm --tz Asia/Tokyo busybox sh -c 'date +%z; grep -c /etc/localtime /proc/self/mounts'
  assert_line 0 +0900
  assert_line 1 1
  run -0 isle run --rm --tz local busybox date +%z
  assert_output "$(date +%z)"
  run -125 isle run --rm --tz Mars/Base busybox true
  assert_output --partial "no file \"/usr/share/zoneinfo/Mars/Base\""
}

@test "run: --env sets, overrides, and passes on" {
  PASSED="with blanks" run -0 isle run --rm -e ONE=1 --env=TWO=a=b -e EMPTY= -e PASSED -e UNSET_HERE -e PATH=/usr/bin:/bin busybox env
  assert_line ONE=1
  assert_line TWO=a=b
  assert_line EMPTY=
  assert_line "PASSED=with blanks"
  assert_line PATH=/usr/bin:/bin
  refute_output --partial UNSET_HERE
}

@test "run: --env-file, with --env over it" {
  printf '# a remark\n\nONE=1\nTWO=two words\n  THREE=3\nPASSED\n' >"$ISLE_TEST_DIR/env"
  PASSED=on run -0 isle run --rm --env-file "$ISLE_TEST_DIR/env" -e ONE=2 busybox env
  assert_line ONE=2
  assert_line "TWO=two words"
  assert_line THREE=3
  assert_line PASSED=on
  refute_output --partial remark
}

@test "run: a newline in a value stays in it" {
  run -0 isle run --rm -e $'LINES=a\nPATH=/evil' busybox sh -c 'echo "$LINES"; echo $PATH'
  assert_line 2 "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
}

@test "run: --entrypoint goes before the command" {
  run -0 isle run --rm --entrypoint echo busybox a "b c"
  assert_output "a b c"
  run -0 isle run --rm --entrypoint '["sh","-c","echo $0 $1"]' busybox x y
  assert_output "x y"
  # With an entrypoint of one's own the image's command does not count.
  run -0 isle run --rm --entrypoint echo busybox
  assert_output ""
}

@test "run: without a command the image's is run" {
  run -0 isle run --rm -i busybox <<<'echo from the shell'
  assert_output "from the shell"
}

@test "run: flags end at the image" {
  run -0 isle run --rm busybox echo --rm -it --hostname
  assert_output "--rm -it --hostname"
  run -0 isle run --rm -- busybox echo -n x
  assert_output x
}
