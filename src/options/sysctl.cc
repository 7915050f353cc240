// --sysctl: kernel settings that a namespace has of its own. Any other is the whole host's, and
// refused. sysctl(8), proc(5).
#include "kernel/sysctl.h"
#include "base/strings.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

Result<void> parse(RunRequest& request, std::string_view value) {
  auto [name, text] = TRY(parse_pair(value, "sysctl", false));
  const bool climbs = name.find("..") != std::string::npos;
  // "net/ipv4/ip_forward" is the same; then dots are part of a name, such as a VLAN device's.
  if (name.find('/') != std::string::npos) {
    for (char& c : name) c = c == '/' ? '.' : c == '.' ? '/' : c;
  }
  // The host name has a flag of its own, which /etc/hosts follows.
  if (kernel::sysctl_namespace(name).empty() || climbs || name == "kernel.hostname") {
    return fail(ErrorKind::InvalidArgument,
                format("--sysctl: {} is not a setting of a namespace", quoted(name)),
                "net.*, fs.mqueue.*, kernel.domainname and the System V limits (kernel.msg*, "
                "kernel.sem, kernel.shm*) are; all others are the whole host's");
  }
  request.container.security.sysctl[name] = std::move(text);
  return {};
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  for (const auto& [name, value] : container.security.sysctl) {
    const std::string_view owner = kernel::sysctl_namespace(name);
    if (!builder.has_namespace(owner)) {
      return fail(ErrorKind::InvalidArgument,
                  format("--sysctl {}: the container uses the host's {} namespace", name, owner),
                  "it would change the host");
    }
    builder.linux_().sysctl[name] = value;
  }
  return {};
}

}  // namespace

const Option kSysctl{
    .flag = {"sysctl",
             0,
             Arity::Value,
             "NAME=VALUE",
             "Set a kernel setting of its namespaces, such as net.ipv4.ip_forward=1",
             Section::Security},
    .parse = parse,
    .apply = apply,
};

}  // namespace isle::options
