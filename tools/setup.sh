# Sourced by ./demo, ./test and .ci/run: what a bare Debian 12 needs. Plain sh: such a machine has
# no make, no compiler and no bash completion of anything.

packages_build="g++ make cmake ninja-build mold busybox-static libseccomp-dev \
libcap-dev libfmt-dev rapidjson-dev libisal-dev libzstd-dev libssl-dev libsystemd-dev libgtest-dev \
libgmock-dev libcurl4-openssl-dev libtomlplusplus-dev"
packages_test="bats git fish zsh iproute2 procps uidmap mmdebstrap libcap2-bin skopeo umoci zstd \
python3 openssl strace btrfs-progs fuse-overlayfs pkg-config iptables bind9-dnsutils"
packages_lint="clang-format-19 clang-tidy-19"
packages_fuzz="clang-19 libclang-rt-19-dev"
packages_vm="qemu-system-x86 qemu-system-common cpio kmod e2fsprogs xz-utils zstd lz4 systemd dbus \
libpam-systemd"

# The step that begins, and the seconds since the first of this run.
: "${ISLE_SETUP_BEGAN:=$(date +%s)}"
export ISLE_SETUP_BEGAN
say() { printf '\n== %s (%s s)\n' "$*" $(($(date +%s) - ISLE_SETUP_BEGAN)) >&2; }

need_root() {
  [ "$(id -u)" = 0 ] || { echo "$0: run it as root: sudo $0" >&2; exit 1; }
}

# The lists may be missing on a fresh machine, and are read once for all calls.
refresh_lists() {
  [ -z "${lists_are_fresh-}" ] || return 0
  apt-get -qq -o DPkg::Lock::Timeout=300 update >&2 || true
  lists_are_fresh=1
}

# install_packages NAME...: by apt, only those that are missing. Status 1 when apt fails.
install_packages() {
  missing=
  for package in "$@"; do
    case $(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null) in
      ii*) ;;
      *) missing="$missing $package" ;;
    esac
  done
  [ -n "$missing" ] || return 0
  say "installing$missing"
  refresh_lists
  # shellcheck disable=SC2086
  DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
    install -y --no-install-recommends $missing >"${TMPDIR:-/tmp}/isle-apt.$$" 2>&1 </dev/null || {
    tail -n 20 "${TMPDIR:-/tmp}/isle-apt.$$" >&2
    rm -f "${TMPDIR:-/tmp}/isle-apt.$$"
    return 1
  }
  rm -f "${TMPDIR:-/tmp}/isle-apt.$$"
}

# A clone may belong to another user than the root who builds it, which git refuses to read.
GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
export GIT_CONFIG_COUNT GIT_CONFIG_KEY_0 GIT_CONFIG_VALUE_0
