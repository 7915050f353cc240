#include "engine/host.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/strings.h"
#include "engine/volumes.h"
#include "image/installation.h"
#include "image/resolve.h"
#include "runtime/state/container.h"

namespace isle::engine {
namespace {

using kernel::cgroup::Controller;

kernel::cgroup::ControllerSet usable_controllers(const kernel::cgroup::Layout& layout) {
  kernel::cgroup::ControllerSet set;
  for (Controller controller : kernel::cgroup::kControllers) {
    if (layout.has(controller)) set.add(controller);
  }
  // Devices are a BPF program there, not a controller.
  if (layout.v2() != nullptr) set.add(Controller::Devices);
  return set;
}

// v1 has the file only with swap accounting; v2 accounts it wherever the kernel has swap.
bool accounts_swap(const kernel::cgroup::Layout& layout) {
  const kernel::cgroup::Hierarchy* memory = layout.find(Controller::Memory);
  if (memory == nullptr || memory->version == kernel::cgroup::Version::V2) return memory != nullptr;
  return access((memory->mount + "/memory.memsw.limit_in_bytes").c_str(), F_OK) == 0;
}

std::string own_host_name() {
  std::array<char, 65> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

unsigned online_cpus() {
  const long count = sysconf(_SC_NPROCESSORS_ONLN);
  return count > 0 ? static_cast<unsigned>(count) : 1;
}

Result<struct stat> look(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) == 0) return status;
  return fail_call(errno, format("stat({})", path), format("{} is not there", quoted(path)));
}

// "user:first:size" or "uid:first:size", subuid(5). The user's name is not asked for: NSS is no
// part of a static program, and USER is what the file's lines are written by.
std::optional<options::IdRange> subordinate(bool group) {
  const auto text =
      kernel::read_file(HostPath(group ? "/etc/subgid" : "/etc/subuid"), std::size_t{1} << 20);
  if (!text) return std::nullopt;
  const char* user = std::getenv("USER");
  for (std::string_view line : split(*text, '\n')) {
    const auto parts = split(line, ':');
    if (parts.size() != 3) continue;
    const bool ours = parts[0] == format("{}", geteuid()) || (user != nullptr && parts[0] == user);
    const auto first = parse_uint(parts[1], "");
    const auto size = parse_uint(parts[2], "");
    if (!ours || !first || !size || *first + *size > 0xffffffff) continue;
    return options::IdRange{.first = static_cast<std::uint32_t>(*first),
                            .size = static_cast<std::uint32_t>(*size)};
  }
  return std::nullopt;
}

void collect_devices(const std::string& directory, std::vector<std::string>& found) {
  DIR* stream = opendir(directory.c_str());
  if (stream == nullptr) return;
  while (const dirent* entry = readdir(stream)) {
    const std::string name = entry->d_name;
    const std::string path = format("{}/{}", directory, name);
    if (name.starts_with('.')) continue;
    if (entry->d_type == DT_CHR || entry->d_type == DT_BLK) found.push_back(path);
    // File systems of their own, and the container has its own of each.
    const bool skip = name == "pts" || name == "shm" || name == "mqueue" || name == "fd";
    if (entry->d_type == DT_DIR && !skip) collect_devices(path, found);
  }
  closedir(stream);
}

// The nodes every container has anyway are the runtime's to make.
std::vector<std::string> host_devices() {
  std::vector<std::string> found;
  collect_devices("/dev", found);
  std::erase_if(found, [](const std::string& path) {
    for (const char* own : {"/dev/null",
                            "/dev/zero",
                            "/dev/full",
                            "/dev/random",
                            "/dev/urandom",
                            "/dev/tty",
                            "/dev/console",
                            "/dev/ptmx"}) {
      if (path == own) return true;
    }
    return false;
  });
  return found;
}

std::string_view file_of_kind(std::string_view kind) {
  if (kind == "network") return "net";
  if (kind == "mount") return "mnt";
  return kind;
}

Result<std::string> namespace_of(const Database& database,
                                 const Paths& paths,
                                 std::string_view name,
                                 std::string_view kind) {
  const record::Container container = TRY(database.find(name));
  const auto state = runtime::load_state(paths.states(), container.id);
  if (!state || !runtime::is_alive(*state)) {
    return fail(
        ErrorKind::Conflict,
        format("container {} does not run: it has no {} namespace to join", quoted(name), kind));
  }
  return format("/proc/{}/ns/{}", state->pid.value, file_of_kind(kind));
}

}  // namespace

options::Host host_of(const runtime::HostFacts& facts, bool limits_swap) {
  options::Host host;
  host.uid = facts.euid;
  host.gid = facts.egid;
  host.privileged = facts.privileged();
  host.capabilities = facts.effective;
  host.last_capability = facts.last_capability;
  host.cpus = online_cpus();
  host.apparmor = facts.apparmor;
  host.selinux = facts.selinux;
  host.hostname = own_host_name();
  host.may_make_cgroups = facts.may_make_cgroups;
  host.delegated_cgroups = facts.delegated_cgroups;
  host.controllers = usable_controllers(facts.cgroups);
  host.swap_limit = limits_swap && accounts_swap(facts.cgroups);
  if (const auto init = image::helper_program("isle-init")) host.init_program = init->str();
  return host;
}

options::World world_of(const LayeredRoot& root,
                        const Database& database,
                        const Paths& paths,
                        std::string_view id,
                        bool reserve) {
  return {.look = look,
          .read_inside = [&root](const std::string& path) { return root.read_file(path); },
          .namespace_of =
              [&database, &paths](std::string_view name, std::string_view kind) {
                return namespace_of(database, paths, name, kind);
              },
          .reserve_ids = [&database, id = std::string(id), reserve](
                             std::uint32_t size) -> Result<options::IdRange> {
            const std::uint32_t first = reserve ? TRY(database.reserve_ids(id)) : 0x10000000;
            return options::IdRange{.first = first, .size = size};
          },
          .subordinate_ids = subordinate,
          .mount_of_volume =
              [&paths, reserve](const record::MountRequest& request) {
                return engine::mount_of_volume(paths, request, reserve);
              },
          .layers_of_image = [&paths](const std::string& image) -> Result<oci::Strings> {
            const image::ImageInfo info = TRY(image::resolve(paths.store, image));
            oci::Strings layers;
            for (auto layer = info.layers.rbegin(); layer != info.layers.rend(); ++layer) {
              layers.push_back(layer->str());
            }
            return layers;
          },
          .own_directory = paths.container(id).str(),
          .read_host_file =
              [](const std::string& path) {
                return kernel::read_file(HostPath(path), std::size_t{4} << 20);
              },
          .host_devices = host_devices};
}

}  // namespace isle::engine
