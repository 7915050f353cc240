// --ipc: whose queues, semaphores and shared memory the container sees, ipc_namespaces(7).
#include "options/namespace_mode.h"
#include "options/rows.h"

namespace isle::options {
namespace {

using Kind = NamespaceMode::Kind;

void bind_from_host(oci::Mount* mount, const char* path) {
  if (mount == nullptr) return;
  mount->type = "bind";
  mount->source = path;
  mount->options = {"rbind", "nosuid", "noexec", "nodev"};
}

// A user namespace may mount mqueue only for an IPC namespace it owns.
void share_queues(SpecBuilder& builder) {
  if (builder.world.look("/dev/mqueue")) {
    bind_from_host(builder.find_mount("/dev/mqueue"), "/dev/mqueue");
  } else {
    std::erase_if(builder.spec.mounts,
                  [](const oci::Mount& mount) { return mount.destination == "/dev/mqueue"; });
  }
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const NamespaceMode mode = read_mode(container.namespaces.ipc);
  TRY(add_namespace_mode(builder, "ipc", mode));
  if (mode.kind == Kind::Host) {
    if (container.storage.shm_size) {
      return fail(ErrorKind::InvalidArgument,
                  "--shm-size: /dev/shm is the host's with --ipc host",
                  "leave one of them out");
    }
    bind_from_host(builder.find_mount("/dev/shm"), "/dev/shm");
    if (builder.maps_ids()) share_queues(builder);
  }
  if (mode.kind == Kind::Container) {
    builder.warnings.emplace_back(
        "--ipc container: queues, semaphores and System V memory are shared; /dev/shm is a mount "
        "and stays the container's own");
  }
  if (mode.kind == Kind::Other) {  // none
    std::erase_if(builder.spec.mounts,
                  [](const oci::Mount& mount) { return mount.destination == "/dev/shm"; });
  }
  return {};
}

}  // namespace

const Option kIpc{
    .flag = {"ipc",
             0,
             Arity::Value,
             "MODE",
             "Namespace of queues and shared memory: private (default), none (without /dev/shm), "
             "host, container:NAME, ns:PATH",
             Section::Namespaces},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      // "shareable" is docker's word for a namespace that others may join: every one of isle's.
      const std::string_view mode = value == "shareable" ? "private" : value;
      request.container.namespaces.ipc = TRY(check_mode("ipc", mode, {"none"}));
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
