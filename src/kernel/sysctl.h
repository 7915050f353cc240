#pragma once
// Which namespace a sysctl belongs to. Asked by whoever is handed one for a container: what belongs
// to none is the whole host's, and a container must not set it.

#include <string_view>

namespace isle::kernel {

// "network", "ipc" or "uts", as the OCI specification names them; "" for a setting of the host.
// `name` with dots. Source: namespaces(7), ipc_namespaces(7), sysctl(2)'s tables in the kernel.
std::string_view sysctl_namespace(std::string_view name);

}  // namespace isle::kernel
