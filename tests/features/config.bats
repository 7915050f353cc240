# isle.conf: flags that commands get when they are not typed.
load ../labs/lab

@test "config: a command gets its section's flags, what is typed wins, what is unknown is named" {
  require_root
  export ISLE_CONFIG=$ISLE_TEST_DIR/isle.conf
  cat >"$ISLE_CONFIG" <<'END'
[run]
hostname = "configured"
env = ["A=1", "B=2"]
rm = true
[environment]
ISLE_STORAGE_DRIVER = "vfs"
END
  run -0 isle run busybox sh -c 'hostname; echo $A$B'
  assert_output $'configured\n12'
  run -0 isle container run --hostname typed -e C=3 --name stays --rm=false busybox sh -c 'hostname; echo $A$B$C'
  assert_output $'typed\n3'
  assert_equal "$(isle ps -a --format '{{.Names}}')" stays
  assert_equal "$(isle inspect -f '{{.Driver}}' stays)" vfs
  isle rm stays
  says() { # TEXT FILE-CONTENT
    printf '%b' "$2" >"$ISLE_CONFIG"
    run isle run --rm busybox true
    assert_failure 125
    assert_output --partial "$1"
  }
  says 'run has no flag --pids-limt' '[run]\npids-limt = 5'
  says 'did you mean pids-limit?' '[run]\npids-limt = 5'
  says 'there is no command "runn"' '[runn]\nname = "x"'
  says 'line 2' '[run]\n='
  rm "$ISLE_CONFIG"
  run isle ps
  assert_failure 125
  assert_output --partial "there is no \"$ISLE_CONFIG\""
}
