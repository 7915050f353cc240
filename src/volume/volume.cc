#include "volume/volume.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <ctime>
#include <memory>
#include <utility>

#include "base/json.h"
#include "base/strings.h"
#include "kernel/beneath.h"
#include "kernel/file_lock.h"
#include "kernel/rename_new.h"
#include "oci/json_reader.h"
#include "oci/json_writer.h"

namespace isle::volume {

template <typename Io>
void fields(Io& io, typename Io::template Ref<Volume> volume) {
  io.required("name", volume.name);
  io.required("created", volume.created);
  io.optional("anonymous", volume.anonymous);
  io.optional("labels", volume.labels);
  io.optional("options", volume.options);
}

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

Result<void> make_directory(const HostPath& path, mode_t mode) {
  if (mkdir(path.c_str(), mode) == 0 && chmod(path.c_str(), mode) == 0) return {};
  return fail_call(errno, format("mkdir({})", path.str()));
}

Result<kernel::UniqueFd> open_directory(const HostPath& path) {
  return kernel::open_file(path, O_RDONLY | O_DIRECTORY);
}

void remove_quietly(const HostPath& root, const std::string& name) {
  if (const auto directory = open_directory(root)) {
    static_cast<void>(kernel::remove_tree(directory->get(), name));
  }
}

Result<kernel::UniqueFd> lock_file(const HostPath& path, int operation) {
  kernel::UniqueFd file =
      TRY(kernel::open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  TRY(kernel::lock_file(file.get(), operation, path.str()));
  return file;
}

// Unique among what this host makes at one time.
std::string draft_name(const char* prefix) {
  timespec now{};
  static_cast<void>(clock_gettime(CLOCK_MONOTONIC, &now));
  return format("{}{}-{}", prefix, getpid(), now.tv_sec * 1'000'000'000 + now.tv_nsec);
}

}  // namespace

Result<void> check_volume_name(std::string_view name) {
  bool valid = !name.empty() && name.size() <= 255 && name[0] != '_' && name[0] != '.' &&
               name[0] != '-' && name != "lock";
  for (const char c : name) valid = valid && is_name_character(c);
  if (valid) return {};
  return fail(ErrorKind::InvalidArgument,
              format("{} cannot be a volume's name", quoted(name)),
              "use letters, digits, \"_\", \".\" and \"-\", beginning with a letter or digit; a "
              "directory is written with a slash: ./NAME");
}

namespace {

// The kernel looks up no names: mount.nfs(8) does that for who has it.
Result<void> check_share(const oci::StringMap& options) {
  const auto type = options.find("type");
  if (type == options.end() || (type->second != "nfs" && type->second != "nfs4")) return {};
  if (options.at("device").find(":/") == std::string::npos) {
    return fail(ErrorKind::InvalidArgument,
                format("volume of type {}: device {} is no path of a server",
                       type->second,
                       quoted(options.at("device"))),
                "such as --opt device=:/exports/data");
  }
  const auto found = options.find("o");
  const std::string words = found == options.end() ? "" : found->second;
  for (const std::string_view word : split(words, ',')) {
    const Cut parts = cut(word, '=');
    in6_addr address{};
    const std::string text(parts.after);
    if (parts.before != "addr") continue;
    if (inet_pton(AF_INET, text.c_str(), &address) == 1) return {};
    if (inet_pton(AF_INET6, text.c_str(), &address) == 1) return {};
    return fail(ErrorKind::InvalidArgument,
                format("volume of type {}: {} is no address", type->second, quoted(text)),
                "the kernel takes an IP address, no name: --opt o=addr=192.0.2.1");
  }
  return fail(ErrorKind::InvalidArgument,
              format("volume of type {}: the server's address is missing", type->second),
              "add --opt o=addr=192.0.2.1");
}

}  // namespace

Result<void> check_volume_options(const oci::StringMap& options) {
  for (const auto& [key, value] : options) {
    if (key == "type" || key == "device" || key == "o") continue;
    return fail(ErrorKind::Unsupported,
                format("volumes have no option {}", quoted(key)),
                "the driver local knows type, device and o, as mount(8) does");
  }
  if (options.empty()) return {};
  if (options.contains("device")) return check_share(options);
  return fail(ErrorKind::InvalidArgument,
              "a volume with options needs a device",
              "such as --opt type=tmpfs --opt device=tmpfs, or --opt type=none --opt o=bind --opt "
              "device=/srv/data");
}

Result<Volume> Volumes::create(Volume wanted) const {
  TRY(check_volume_name(wanted.name));
  TRY(check_volume_options(wanted.options));
  if (const auto found = TRY(find(wanted.name))) {
    if (wanted.options.empty() || found->options == wanted.options) return *found;
    return fail(ErrorKind::Conflict,
                format("volume {} exists with other options", quoted(wanted.name)),
                format("isle volume inspect {} shows them", wanted.name));
  }
  wanted.created = std::time(nullptr);
  const HostPath draft = root_ / draft_name(".new-");
  TRY(make_directory(draft, 0700));
  Result<void> written = [&]() -> Result<void> {
    TRY(make_directory(draft / "_data", 0755));
    return kernel::replace_file(
        draft / "volume.json", json::write(oci::write_value(wanted)), 0600, false);
  }();
  if (written) {
    written = kernel::rename_new(AT_FDCWD, draft.str(), AT_FDCWD, directory(wanted.name).str());
  }
  if (written) return wanted;
  remove_quietly(root_, draft.str().substr(draft.str().rfind('/') + 1));
  if (written.error().errnum == EEXIST) return create(std::move(wanted));  // somebody was faster
  return std::unexpected(std::move(written).error().within("volume " + wanted.name));
}

Result<std::optional<Volume>> Volumes::find(std::string_view name) const {
  TRY(check_volume_name(name));
  const HostPath file = directory(name) / "volume.json";
  const Result<std::string> text = kernel::read_file(file);
  if (!text && text.error().kind == ErrorKind::NotFound) return std::nullopt;
  const json::Value document =
      TRY_STEP(json::parse(TRY(Result<std::string>(text))), format("read {}", file.str()));
  return TRY_STEP(oci::read_document<Volume>(document), format("read {}", file.str()));
}

Result<Volume> Volumes::get(std::string_view name) const {
  std::optional<Volume> found = TRY(find(name));
  if (found) return std::move(*found);
  return fail(ErrorKind::NotFound,
              format("there is no volume {}", quoted(name)),
              "isle volume ls lists them");
}

Result<std::vector<Volume>> Volumes::list() const {
  std::vector<Volume> volumes;
  const auto close = [](DIR* stream) { closedir(stream); };
  const std::unique_ptr<DIR, decltype(close)> stream(opendir(root_.c_str()), close);
  if (stream == nullptr) return volumes;
  while (const dirent* entry = readdir(stream.get())) {
    const std::string name = entry->d_name;
    if (!check_volume_name(name)) continue;
    std::optional<Volume> volume = TRY(find(name));
    if (volume) volumes.push_back(std::move(*volume));
  }
  std::ranges::sort(volumes, {}, &Volume::name);
  return volumes;
}

Result<void> Volumes::remove(std::string_view name) const {
  const std::string gone = draft_name(".gone-");
  TRY_STEP(kernel::rename_new(AT_FDCWD, directory(name).str(), AT_FDCWD, (root_ / gone).str()),
           format("remove volume {}", name));
  const kernel::UniqueFd root = TRY(open_directory(root_));
  TRY_STEP(kernel::remove_tree(root.get(), gone), format("delete volume {}", name));
  return {};
}

Result<kernel::UniqueFd> Volumes::lock(bool exclusive) const {
  if (mkdir(root_.c_str(), 0711) != 0 && errno != EEXIST) {
    return fail_call(errno, format("mkdir({})", root_.str()));
  }
  return lock_file(root_ / "lock", exclusive ? LOCK_EX : LOCK_SH);
}

Result<kernel::UniqueFd> Volumes::lock_to_fill(std::string_view name) const {
  return lock_file(directory(name) / "lock", LOCK_EX);
}

bool has_label(const Volume& volume, std::string_view wanted) {
  const Cut parts = cut(wanted, '=');
  const auto found = volume.labels.find(std::string(parts.before));
  return found != volume.labels.end() && (!parts.found || found->second == parts.after);
}

}  // namespace isle::volume
