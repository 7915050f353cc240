# buildah on islet: the steps of a build run in containers.
load ../helpers
load room

setup_file() {
  room_start buildah conmon || return 0
  room buildah pull -q "oci:$ISLE_ROOM/image"
  room sh -c "buildah tag \$(buildah images -q) localhost/busybox"
}
teardown_file() { room_end; }
sweep() { buildah rm -a; }

buildah() { room buildah "$@"; }
step() { buildah run --runtime "$ISLE_ROOM/islet" --network none "$@"; }

@test "buildah run: output, exit status, a terminal, and what was written is committed" {
  local box; box=$(buildah from localhost/busybox)
  run -0 step "$box" -- sh -c 'echo built >/made; cat /proc/1/comm; true'
  assert_line sh
  run -3 step "$box" -- sh -c 'exit 3'
  run -1 step "$box" -- nosuch
  assert_output --partial "nosuch: executable file not found in \$PATH"
  run -0 on_terminal buildah run --runtime "$ISLE_ROOM/islet" --network none -t "$box" -- tty
  assert_output --partial /dev/pts/0
  buildah commit -q "$box" made
  buildah rm "$box"
  box=$(buildah from localhost/made)
  run -0 step "$box" -- cat /made
  assert_output --partial built
  buildah rm "$box"
}

@test "buildah bud: RUN in both forms, as another user, with a volume of the build" {
  room_write "$ISLE_ROOM/context/Dockerfile" <<'DOCKERFILE'
FROM localhost/busybox
RUN echo one >/one && cat /proc/1/comm
RUN ["cat", "/one"]
USER 1000:1001
RUN id -u; id -g; touch /two || echo refused
DOCKERFILE
  run -0 buildah bud --runtime "$ISLE_ROOM/islet" --network none -t result "$ISLE_ROOM/context"
  assert_line one
  assert_line 1000
  assert_line 1001
  assert_line refused
  room_write "$ISLE_ROOM/context/Dockerfile" <<'DOCKERFILE'
FROM localhost/result
RUN exit 9
DOCKERFILE
  run buildah bud --runtime "$ISLE_ROOM/islet" --network none "$ISLE_ROOM/context"
  assert_failure
  assert_output --partial "exit status 9"
}
