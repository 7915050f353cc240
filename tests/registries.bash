# Why: registries to talk to, on 127.0.0.1, on ports that are free, ended with their test. A test file
# that starts some has these two:
#
#   setup() { isle_setup; registries_setup; }
#   teardown() { stop_servers; isle_teardown; }

: "${ISLE_SOURCE_DIR:=${ISLE_TESTS_DIR%/*}}"

# Nothing of this host's configuration is read, and nothing of the caller's.
registries_setup() {
  servers=()
  export HOME=$ISLE_TEST_DIR/home XDG_RUNTIME_DIR=$ISLE_TEST_DIR/xdg
  export CONTAINERS_REGISTRIES_CONF=$ISLE_TEST_DIR/registries.conf
  unset XDG_CONFIG_HOME REGISTRY_AUTH_FILE DOCKER_CONFIG http_proxy https_proxy no_proxy all_proxy \
    HTTP_PROXY HTTPS_PROXY NO_PROXY ALL_PROXY SSL_CERT_FILE
  mkdir -m 0700 "$HOME" "$XDG_RUNTIME_DIR"
  : >"$CONTAINERS_REGISTRIES_CONF"
}

stop_servers() {
  local pid
  for pid in "${servers[@]-}"; do
    [ -z "$pid" ] || { kill "$pid" && wait "$pid"; } 2>/dev/null || true
  done
  servers=()
}

# Debian's docker-registry: start_registry NAME [YAML LINE...]; sets port.
start_registry() {
  require_registry
  local name=$1 line
  shift
  {
    printf 'version: 0.1\nlog: {level: info, accesslog: {disabled: true}}\n'
    printf 'storage: {filesystem: {rootdirectory: %s}}\n' "$ISLE_TEST_DIR/$name"
    for line in "$@"; do printf '%s\n' "$line"; done
    grep -q '^http:' <<<"$(printf '%s\n' "$@")" || printf 'http: {addr: "127.0.0.1:0"}\n'
  } >"$ISLE_TEST_DIR/$name.yml"
  "$registry_program" serve "$ISLE_TEST_DIR/$name.yml" >"$ISLE_TEST_DIR/$name.log" 2>&1 3>&- 8>&- &
  servers+=($!)
  wait_until -t 60 grep -q 'listening on' "$ISLE_TEST_DIR/$name.log"
  port=$(sed -nE 's/.*listening on 127\.0\.0\.1:([0-9]+).*/\1/p' "$ISLE_TEST_DIR/$name.log" | head -1)
}

# tests/fixtures/bad_registry.py; sets bad (its directory), port, digest, size, manifest.
start_bad_registry() {
  require_program python3
  bad=$ISLE_TEST_DIR/bad
  mkdir "$bad"
  python3 "$ISLE_TESTS_DIR/fixtures/bad_registry.py" "$bad" </dev/null >"$bad/output" 2>&1 3>&- 8>&- &
  servers+=($!)
  wait_until -t 60 test -e "$bad/port"
  port=$(<"$bad/port")
  read -r digest size manifest <"$bad/digests"
}
# said PATTERN: how many requests of its log match.
said() { grep -cE "$1" "$bad/log" || true; }

registry_client() { "$ISLE_BIN_DIR/../tests/registry_client" "$@" 3>&- 8>&-; }

# An authority, ca.crt, and what it signs: make_certificate NAME "subjectAltName=IP:127.0.0.1" makes
# NAME.cert and NAME.key. In $ISLE_TEST_DIR/tls.
make_authority() {
  require_program openssl
  mkdir "$ISLE_TEST_DIR/tls"
  (cd "$ISLE_TEST_DIR/tls" &&
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
      -subj "/CN=test authority" -keyout ca.key -out ca.crt) 2>/dev/null
}
make_certificate() {
  (cd "$ISLE_TEST_DIR/tls" &&
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$1" \
      -keyout "$1.key" -out "$1.csr" &&
    openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -days 2 \
      -extfile <(printf '%s\n' "$2") -out "$1.cert") 2>/dev/null
}

# A password file for docker-registry, which takes bcrypt only: user joe, password secret.
make_htpasswd() {
  require_program python3
  python3 -W ignore -c 'import crypt
print("joe:" + crypt.crypt("secret", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16)))' >"$1"
}
