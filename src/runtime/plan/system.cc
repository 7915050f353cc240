// Host name, domain name and sysctls: what belongs to the UTS, IPC and network namespaces. Set
// after the clone, so that it is the container's (setting the name before would rename the host).

#include <sys/syscall.h>

#include "base/strings.h"
#include "kernel/sysctl.h"
#include "runtime/plan/builder.h"

namespace isle::runtime::plan {

namespace {

// None: it is the whole host's.
std::optional<Kind> owner_of(std::string_view name) {
  const std::string_view owner = kernel::sysctl_namespace(name);
  if (owner == "network") return Kind::Network;
  if (owner == "ipc") return Kind::Ipc;
  if (owner == "uts") return Kind::Uts;
  return std::nullopt;
}

// "net.ipv4.conf.eth0/1.x": dots divide, a slash stands for a dot; with slashes first, as
// sysctl(8).
std::string file_of(std::string_view name) {
  const std::size_t first = name.find_first_of("./");
  const bool dotted = first == std::string_view::npos || name[first] == '.';
  std::string file = "sys/";
  for (const char c : name) {
    if (dotted && c == '.')
      file += '/';
    else if (dotted && c == '/')
      file += '.';
    else
      file += c;
  }
  return file;
}

Result<void> add_sysctl(Builder& builder, const std::string& name, const std::string& value) {
  const std::string path = "linux.sysctl." + name;
  const std::string file = file_of(name);
  if (file.find("..") != std::string::npos) {
    return fail(ErrorKind::InvalidArgument, format("{}: no sysctl has such a name", path));
  }
  if (name == "kernel.hostname") {
    return fail(ErrorKind::InvalidArgument,
                format("{}: the host name has a member of its own", path),
                "set hostname");
  }
  const std::string& domain = builder.request.spec.domainname;
  if (name == "kernel.domainname" && !domain.empty() && domain != value) {
    return fail(ErrorKind::InvalidArgument,
                format("{}: says {}, but domainname says {}", path, quoted(value), quoted(domain)),
                "leave one of them out");
  }
  const std::optional<Kind> owner = owner_of(name);
  if (!owner) {
    return fail(ErrorKind::Denied,
                format("{}: it belongs to no namespace, so it is the host's", path),
                "set it on the host with sysctl(8)");
  }
  if (!builder.isolated(*owner)) {
    return fail(ErrorKind::Denied,
                format("{}: the container shares the namespace it belongs to with the host", path),
                "give the container a namespace of its own, or set it on the host");
  }
  builder.init(op::WriteProc{.file = file, .value = value},
               "set " + name,
               "a setting of the container's own namespace");
  return {};
}

Result<void> add_name(Builder& builder, long number, const std::string& name, const char* what) {
  if (name.empty()) return {};
  if (!builder.isolated(Kind::Uts)) {
    return fail(ErrorKind::Denied,
                format("{}: the container shares the host's UTS namespace", what),
                "add {\"type\": \"uts\"} to linux.namespaces, or leave the name out");
  }
  builder.init(
      call(
          number, format("set{}({})", what, name), {name, static_cast<std::uint64_t>(name.size())}),
      format("set the {} to {}", what, quoted(name)),
      "only this UTS namespace sees it");
  return {};
}

}  // namespace

Result<void> add_system(Builder& builder) {
  TRY(add_name(builder, SYS_sethostname, builder.request.spec.hostname, "hostname"));
  TRY(add_name(builder, SYS_setdomainname, builder.request.spec.domainname, "domainname"));
  if (builder.is_new(Kind::Network)) {
    builder.init(op::LoopbackUp{}, "bring lo up", "programs expect 127.0.0.1 to answer");
  }
  for (const auto& [name, value] : builder.linux_.sysctl) TRY(add_sysctl(builder, name, value));
  return {};
}

}  // namespace isle::runtime::plan
