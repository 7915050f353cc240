# isle cp: both ways, of containers that run and that do not, archives, owners, and links that want
# to lead out.
load ../labs/lab

work() { mkdir -p "$ISLE_TEST_DIR/w" && cd "$ISLE_TEST_DIR/w" || return 1; }

@test "cp: files and directories go in and come out, whether the container runs or not" {
  work
  mkdir -p tree/sub && echo one >tree/a && echo two >tree/sub/b && ln -s a tree/link
  isle run -d --name live busybox sleep 1000
  isle run --name ended busybox true
  local name
  for name in live ended; do
    isle cp tree "$name:/tmp"
    isle cp tree/a "$name:/etc/renamed"
    isle cp tree/. "$name:/srv-new"
    rm -rf back && mkdir back
    isle cp "$name:/tmp/tree" back
    diff -r --no-dereference tree back/tree
    isle cp "$name:/etc/renamed" back/file
    assert_equal "$(cat back/file)" one
    isle cp "$name:/srv-new/sub/b" back
    assert_equal "$(cat back/b)" two
    assert_equal "$(readlink back/tree/link)" a
  done
  assert_equal "$(isle exec live cat /tmp/tree/sub/b)" two
  run -0 isle diff ended
  assert_line 'A /etc/renamed'
  isle rm -f live ended
}

@test "cp: what goes in is root's, what comes out is the caller's without set-id bits; -a keeps all" {
  require_root
  work
  echo x >mine && chown 1234:1234 mine && chmod 4755 mine
  isle run -d --name live busybox sleep 1000
  isle cp mine live:/tmp/one
  isle cp -a mine live:/tmp/two
  assert_equal "$(isle exec live stat -c %u:%g /tmp/one /tmp/two | tr '\n' ' ')" "0:0 1234:1234 "
  isle exec live sh -c 'cp /bin/true /tmp/set; chown 77 /tmp/set; chmod 6755 /tmp/set'
  isle cp live:/tmp/set out
  assert_equal "$(stat -c '%u %a' out)" "0 755"
  isle cp -a live:/tmp/set kept
  assert_equal "$(stat -c '%u %a' kept)" "77 6755"
  isle rm -f live
}

@test "cp: ids of a user namespace are those inside" {
  require_root
  require_namespace user
  work
  echo x >mine && chown 5:6 mine
  isle run -d --name live --userns auto busybox sleep 1000
  isle cp mine live:/tmp/one
  isle cp -a mine live:/tmp/two
  assert_equal "$(isle exec live stat -c %u:%g /tmp/one /tmp/two | tr '\n' ' ')" "0:0 5:6 "
  isle cp -a live:/tmp/two back
  assert_equal "$(stat -c %u:%g back)" 5:6
  isle rm -f live
}

@test "cp: ids of a user namespace, of a container that does not run" {
  require_root
  require_namespace user
  work
  echo x >mine && chown 5:6 mine
  isle run --name box --userns auto busybox sh -c 'echo own >/tmp/own; chown 7:8 /tmp/own; rm /etc/profile'
  isle cp mine box:/tmp/one
  isle cp -a mine box:/tmp/two
  isle cp -a box:/tmp/own own
  isle cp -a box:/etc/passwd passwd
  assert_equal "$(stat -c %u:%g own passwd | tr '\n' ' ')" "7:8 0:0 "
  run isle cp box:/etc/profile profile
  assert_failure
  run -0 isle cp box:/tmp -
  # Nothing of it is mounted on the host.
  run ! grep overlay /proc/mounts
  isle commit box kept >/dev/null
  assert_equal "$(isle run --rm kept stat -c %u:%g /tmp/one /tmp/two /tmp/own | tr '\n' ' ')" "0:0 5:6 7:8 "
  isle rm box
  isle rmi kept >/dev/null
}

@test "cp: archives on standard input and output, compressed too" {
  work
  mkdir tree && echo one >tree/a && echo wh >tree/.wh.a
  isle run -d --name live busybox sleep 1000
  tar cz tree | isle cp - live:/tmp
  assert_equal "$(isle exec live cat /tmp/tree/a /tmp/tree/.wh.a)" "one
wh"
  assert_equal "$(isle cp live:/tmp/tree - | tar t | sort | tr '\n' ' ')" "tree/ tree/.wh.a tree/a "
  assert_equal "$(isle cp live:/tmp/tree/a - | tar xO)" one
  isle rm -f live
}

@test "cp: no link in a container leads onto the host, neither way" {
  work
  echo secret >"$ISLE_TEST_DIR/secret"
  echo data >data
  isle run -d --name live busybox sleep 1000
  isle exec live ln -s "$ISLE_TEST_DIR" /tmp/out
  isle exec live ln -s "$ISLE_TEST_DIR/secret" /tmp/file
  isle exec live ln -s ../../../../../../.. /tmp/up
  run isle cp live:/tmp/out/secret got
  assert_failure 1
  assert_output --partial 'there is no "/tmp/out/secret" in the container'
  run isle cp -L live:/tmp/file got
  assert_failure 1
  assert_not_exists got
  run isle cp data live:/tmp/out/new
  assert_failure 1
  assert_not_exists "$ISLE_TEST_DIR/new"
  # The root inside is as far up as it goes.
  isle cp data "live:/tmp/up/up-here"
  assert_equal "$(isle exec live cat /up-here)" data
  # An archive whose members go through a link of the container.
  mkdir -p tmp/out && echo bad >tmp/out/bad && tar cf bad.tar -C tmp out/bad
  run isle cp - live:/tmp <bad.tar
  assert_failure 1
  assert_not_exists "$ISLE_TEST_DIR/bad"
  isle rm -f live
}

@test "cp: what does not fit is refused and named" {
  work
  mkdir dir && echo x >file
  isle run -d --name live busybox sleep 1000
  run isle cp nothing live:/tmp
  assert_failure 1
  assert_output --partial 'there is no "nothing" on the host'
  run isle cp live:/nothing .
  assert_failure 1
  assert_output --partial 'there is no "/nothing" in the container'
  run isle cp file live:/no/such/place
  assert_failure 1
  assert_output --partial 'the directory "/no/such" does not exist in the container'
  run isle cp dir live:/etc/passwd
  assert_failure 1
  assert_output --partial '"/etc/passwd" is a file'
  isle exec live mkdir /tmp/file
  run isle cp file live:/tmp
  assert_failure 1
  assert_output --partial '"file" is a directory'
  run isle cp file other
  assert_failure 1
  run isle cp live:/a live:/b
  assert_failure 1
  isle rm -f live
}

@test "cp: an ordinary user's container" {
  require_namespace user
  run_as_user isle run -d --name live busybox sleep 1000
  run_as_user sh -c 'cd "$HOME" && echo mine >file && isle cp file live:/tmp/x && isle cp live:/tmp/x back && cat back'
  run -0 run_as_user isle exec live cat /tmp/x
  assert_output mine
  run_as_user isle kill live
  ended() { [ -z "$(run_as_user isle ps -q)" ]; }
  wait_until ended
  run_as_user sh -c 'cd "$HOME" && isle cp file live:/etc/y && isle cp live:/etc/y back2 && cmp file back2'
  run_as_user isle rm live
}
