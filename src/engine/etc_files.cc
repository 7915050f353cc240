#include "engine/etc_files.h"

#include <algorithm>
#include <array>

#include <fcntl.h>

#include "base/strings.h"
#include "engine/owner.h"
#include "kernel/fd.h"

namespace isle::engine {
namespace {

constexpr std::array kNames = {"hosts", "hostname", "resolv.conf"};

bool is_covered(const oci::Spec& spec, const std::string& path) {
  return std::ranges::any_of(spec.mounts, [&path](const oci::Mount& mount) {
    return mount.destination == path || mount.destination == "/etc";
  });
}

std::string read_or_empty(const char* path) {
  return kernel::read_file(HostPath(path), 1 << 20).value_or("");
}

// A file of a container that nobody else knows yet: no rename, no fsync.
Result<void> write_new(const HostPath& path, const std::string& text, const oci::Spec& spec) {
  const kernel::UniqueFd fd =
      TRY(kernel::open_file(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644));
  TRY(kernel::write_all(fd.get(), text));
  return give_to_root_inside(fd.get(), spec);
}

}  // namespace

EtcFiles make_etc_files(const std::string& hostname,
                        bool own_network,
                        const std::string& hosts_own,
                        const std::string& resolv_own) {
  EtcFiles files;
  files.hostname = hostname + "\n";
  if (!own_network) {
    files.hosts = hosts_own.empty() ? kLoopbackHosts : hosts_own;
    files.resolv_conf = resolv_own;
    return files;
  }
  files.hosts = kLoopbackHosts;
  if (!hostname.empty()) files.hosts += format("127.0.1.1\t{}\n", hostname);
  files.resolv_conf = "# no name server: this network has only the loopback\n";
  return files;
}

void add_etc_mounts(oci::Spec& spec,
                    const HostPath& directory,
                    const std::vector<std::string>& left_out) {
  for (const char* name : kNames) {
    const std::string target = format("/etc/{}", name);
    if (is_covered(spec, target) || std::ranges::find(left_out, name) != left_out.end()) continue;
    oci::Mount mount{.destination = target,
                     .type = "bind",
                     .source = (directory / name).str(),
                     .options = {"bind", "rprivate", "nosuid", "nodev", "noexec"},
                     .uid_mappings = {},
                     .gid_mappings = {}};
    if (spec.root->readonly) mount.options.emplace_back("ro");
    spec.mounts.push_back(std::move(mount));
  }
}

Result<void> write_etc_files(const HostPath& directory, const oci::Spec& spec, bool own_network) {
  const EtcFiles files = make_etc_files(spec.hostname,
                                        own_network,
                                        own_network ? "" : read_or_empty("/etc/hosts"),
                                        own_network ? "" : read_or_empty("/etc/resolv.conf"));
  TRY(write_new(directory / "hosts", files.hosts, spec));
  TRY(write_new(directory / "hostname", files.hostname, spec));
  return write_new(directory / "resolv.conf", files.resolv_conf, spec);
}

}  // namespace isle::engine
