#include "image/layer/merged_tree.h"

#include <algorithm>
#include <cerrno>
#include <set>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/xattr.h>

#include "base/strings.h"

namespace isle::image {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

Result<std::optional<struct stat>> look(int directory, const std::string& name) {
  struct stat status{};
  if (fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0) return status;
  if (errno == ENOENT) return std::nullopt;
  return fail_call(errno, format("stat({})", quoted(name)));
}

// What fuse-overlayfs puts into an opaque directory beside the attribute, for file systems that
// have none.
bool is_mark(int directory, std::string_view name) {
  return (name == ".wh..wh..opq" || name == ".wh..opq") && is_opaque(directory);
}

}  // namespace

bool is_whiteout(const struct stat& status) {
  return S_ISCHR(status.st_mode) && status.st_rdev == 0;
}

bool is_opaque(int directory) {
  char value = 0;
  for (const char* name : {"trusted.overlay.opaque", "user.overlay.opaque"}) {
    if (fgetxattr(directory, name, &value, 1) == 1 && value == 'y') return true;
  }
  return false;
}

Result<std::vector<std::string>> names_in(int directory) {
  kernel::UniqueFd again = TRY(kernel::open_at(directory, ".", kDirectory));
  DIR* stream = fdopendir(again.get());
  if (stream == nullptr) return fail_call(errno, "fdopendir()");
  static_cast<void>(again.release());
  std::vector<std::string> names;
  while (const dirent* entry = readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  closedir(stream);
  std::ranges::sort(names);
  return names;
}

Result<MergedDirectory> MergedDirectory::of_roots(const std::vector<int>& roots) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    kernel::UniqueFd fd = TRY(kernel::open_at(roots[i], ".", kDirectory));
    const bool hides = is_opaque(fd.get());
    parts.push_back({.fd = std::move(fd), .layer = i});
    if (hides) break;
  }
  return MergedDirectory(std::move(parts));
}

Result<std::map<std::string, MergedDirectory::Child>> MergedDirectory::children(
    std::vector<std::string>* hidden_names) const {
  std::map<std::string, Child> found;
  std::set<std::string> hidden;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    for (const std::string& name : TRY(names_in(parts_[i].fd.get()))) {
      if (found.contains(name) || hidden.contains(name)) continue;
      if (is_mark(parts_[i].fd.get(), name)) continue;
      const auto status = TRY(look(parts_[i].fd.get(), name));
      if (!status) continue;  // went away while we read
      if (is_whiteout(*status)) {
        hidden.insert(name);
      } else {
        found[name] = {.part = i, .status = *status};
      }
    }
  }
  if (hidden_names != nullptr) hidden_names->assign(hidden.begin(), hidden.end());
  return found;
}

Result<std::optional<MergedDirectory::Child>> MergedDirectory::find(const std::string& name) const {
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto status = TRY(look(parts_[i].fd.get(), name));
    if (!status) continue;
    if (is_whiteout(*status)) break;
    return Child{.part = i, .status = *status};
  }
  return std::nullopt;
}

Result<MergedDirectory> MergedDirectory::enter(const std::string& name) const {
  std::vector<Part> below;
  for (const Part& part : parts_) {
    const auto status = TRY(look(part.fd.get(), name));
    if (!status) continue;
    if (!S_ISDIR(status->st_mode)) break;
    kernel::UniqueFd fd = TRY(kernel::open_at(part.fd.get(), name, kDirectory));
    const bool hides = is_opaque(fd.get());
    below.push_back({.fd = std::move(fd), .layer = part.layer});
    if (hides) break;
  }
  return MergedDirectory(std::move(below));
}

}  // namespace isle::image
