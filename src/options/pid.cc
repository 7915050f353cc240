// --pid: whose processes the container sees, pid_namespaces(7).
#include "options/namespace_mode.h"
#include "options/rows.h"

namespace isle::options {
namespace {

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const NamespaceMode mode = read_mode(container.namespaces.pid);
  TRY(add_namespace_mode(builder, "pid", mode));
  // A user namespace may mount procfs only for a PID namespace it owns: else the host's is bound.
  oci::Mount* proc = builder.find_mount("/proc");
  if (mode.kind == NamespaceMode::Kind::Host && builder.maps_ids() && proc != nullptr) {
    proc->type = "bind";
    proc->source = "/proc";
    proc->options = {"rbind", "nosuid", "noexec", "nodev"};
  }
  return {};
}

}  // namespace

const Option kPid{
    .flag = {"pid",
             0,
             Arity::Value,
             "MODE",
             "Process namespace: private (default), host, container:NAME, ns:PATH",
             Section::Namespaces},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.namespaces.pid = TRY(check_mode("pid", value));
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
