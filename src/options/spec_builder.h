#pragma once
// Why: options add to one OCI specification, each its own part. The builder holds it together
// with all an option may ask: what the host is (Host), what the image says, and the few questions
// that need the file system (functions, so that tests answer them).

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "base/error.h"
#include "kernel/capability.h"
#include "kernel/cgroup/controller.h"
#include "oci/image.h"
#include "oci/runtime_spec.h"
#include "record/storage.h"

namespace isle::options {

struct Host {
  uid_t uid = 0;
  gid_t gid = 0;
  bool privileged = true;              // CAP_SYS_ADMIN on the host: not an ordinary user
  kernel::CapabilitySet capabilities;  // what we have to give, without a user namespace
  int last_capability = kernel::kLastKnownCapability;
  unsigned cpus = 1;
  bool apparmor = false, selinux = false;  // in force
  std::string hostname;
  std::string init_program;  // isle-init, absolute; empty: not found
  bool may_make_cgroups = true;
  bool delegated_cgroups = false;             // and only below a group that was handed to us
  kernel::cgroup::ControllerSet controllers;  // that exist and may be used
  bool swap_limit = true;                     // the kernel accounts swap
};

// Subordinate ids of /etc/subuid, /etc/subgid: the user's first range.
struct IdRange {
  std::uint32_t first = 0, size = 0;
};

// Questions to the world.
struct World {
  std::function<Result<struct stat>(const std::string& path)> look;  // stat(2), follows links
  // A file of the container's root file system, links resolved inside; nullopt: absent.
  std::function<Result<std::optional<std::string>>(const std::string& path)> read_inside;
  // Path of a running container's namespace, such as "/proc/7/ns/net".
  std::function<Result<std::string>(std::string_view container, std::string_view kind)>
      namespace_of;
  // Host ids nobody else uses, kept for this container: --userns auto.
  std::function<Result<IdRange>(std::uint32_t size)> reserve_ids;
  std::function<std::optional<IdRange>(bool group)> subordinate_ids;
  // Where a volume's files are, or how they are mounted; one that is not there is made.
  std::function<Result<oci::Mount>(const record::MountRequest& request)> mount_of_volume;
  // Of an image, by its id; topmost first.
  std::function<Result<oci::Strings>(const std::string& id)> layers_of_image;
  std::string own_directory;  // of the container, for what its mounts write
  std::function<Result<std::string>(const std::string& path)> read_host_file;  // seccomp profile
  // Device nodes below /dev: --privileged.
  std::function<std::vector<std::string>()> host_devices;
};

struct SpecBuilder {
  SpecBuilder(const Host& the_host, const World& the_world, const oci::ImageRun& the_image)
      : host(the_host), world(the_world), image(the_image) {}

  const Host& host;
  const World& world;
  const oci::ImageRun& image;
  oci::Spec spec;
  std::string default_user;  // when neither record nor image names one; empty: root
  std::string home;          // of the user, for $HOME
  std::function<bool(std::string_view name)> leaves_out;  // a variable nobody asked for
  std::vector<std::string> directories;  // missing on the host, to be made before the start
  std::vector<std::string> warnings;

  oci::Process& process() { return *spec.process; }
  oci::Linux& linux_() { return *spec.linux_; }
  oci::Resources& resources();
  oci::MemoryResources& memory();
  oci::CpuResources& cpu();
  oci::BlockIoResources& block_io();

  void add_namespace(std::string type, std::string path = {});
  // The container has one that is not the host's.
  bool has_namespace(std::string_view type) const;
  // A new user namespace: ids inside are not the host's.
  bool maps_ids() const { return !spec.linux_->uid_mappings.empty(); }
  // Whether an id inside stands for one of the host.
  bool is_mapped(bool group, std::uint32_t id) const;
  oci::Mount* find_mount(std::string_view destination);
  // Unsupported, naming `option` and the controller, unless the limit can be set here.
  Result<void> need_controller(kernel::cgroup::Controller controller,
                               std::string_view option) const;
  // The user's: `key` wins over what is there.
  void set_env(std::string_view name, std::string_view value);
  bool has_env(std::string_view name) const;
  std::string env(std::string_view name) const;  // "" where there is none
};

// What every container starts from: mounts, an empty process, new mount namespace. Options then
// add and take away.
void start_spec(SpecBuilder& builder);
// What needs all options done: the order of mounts, the environment's defaults.
void finish_spec(SpecBuilder& builder);

}  // namespace isle::options
