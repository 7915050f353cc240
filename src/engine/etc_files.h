#pragma once
// Why: a container has a /etc/hosts, /etc/hostname and /etc/resolv.conf that fit its namespaces;
// they live in its own directory and are bind-mounted, so that it may write to them.

#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "oci/runtime_spec.h"

namespace isle::engine {

// What every container's /etc/hosts begins with.
inline constexpr const char* kLoopbackHosts =
    "127.0.0.1\tlocalhost\n"
    "::1\tlocalhost ip6-localhost ip6-loopback\n"
    "ff02::1\tip6-allnodes\n"
    "ff02::2\tip6-allrouters\n";

struct EtcFiles {
  std::string hosts, hostname, resolv_conf;  // their content
};

// Pure. `hosts_own` and `resolv_own` are the host's files, which a container in the host's network
// sees; in a network of its own only itself is there.
EtcFiles make_etc_files(const std::string& hostname,
                        bool own_network,
                        const std::string& hosts_own,
                        const std::string& resolv_own);

// Adds the mounts, but where the user mounts something himself, or of `left_out` ("hosts").
void add_etc_mounts(oci::Spec& spec,
                    const HostPath& directory,
                    const std::vector<std::string>& left_out);
Result<void> write_etc_files(const HostPath& directory, const oci::Spec& spec, bool own_network);

}  // namespace isle::engine
