#pragma once
// What was asked about namespaces. A mode is kept as it was checked: "" (the default), "private",
// "host", "container:NAME", "ns:PATH" and what a kind has beside these.

#include <string>
#include <vector>

#include "oci/runtime_spec.h"

namespace isle::record {

struct Namespaces {
  std::string pid, ipc, uts, user, cgroup, network;
  std::string hostname, domainname;
  std::map<std::string, oci::TimeOffset> time_offsets;  // "monotonic", "boottime"
  std::vector<oci::IdMapping> uid_map, gid_map;         // --uidmap, --gidmap
};

template <typename Io>
void fields(Io& io, typename Io::template Ref<Namespaces> namespaces) {
  io.optional("pid", namespaces.pid);
  io.optional("ipc", namespaces.ipc);
  io.optional("uts", namespaces.uts);
  io.optional("user", namespaces.user);
  io.optional("cgroup", namespaces.cgroup);
  io.optional("network", namespaces.network);
  io.optional("hostname", namespaces.hostname);
  io.optional("domainname", namespaces.domainname);
  io.optional("timeOffsets", namespaces.time_offsets);
  io.optional("uidMap", namespaces.uid_map);
  io.optional("gidMap", namespaces.gid_map);
}

}  // namespace isle::record
