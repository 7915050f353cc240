#pragma once
// Why: what a container shows is several directories laid over each other. To pack it, or to say
// what it changed, they are read here the way overlay would show them, without a mount: of
// containers that run or not, as root or not. Names are opened in their parent's fd and no link is
// followed. Whiteouts are character devices 0:0, opaque directories have an attribute
// (Documentation/filesystems/overlayfs.rst).

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "base/error.h"
#include "kernel/fd.h"

namespace isle::image {

// One directory as its parts show it, topmost first.
class MergedDirectory {
 public:
  struct Part {
    kernel::UniqueFd fd;
    std::size_t layer = 0;  // index among the roots
  };
  struct Child {
    std::size_t part = 0;  // the topmost that has it
    struct stat status{};
  };

  explicit MergedDirectory(std::vector<Part> parts) : parts_(std::move(parts)) {}
  // Directories that are whole trees, topmost first.
  static Result<MergedDirectory> of_roots(const std::vector<int>& roots);

  const std::vector<Part>& parts() const { return parts_; }
  const Part& part(const Child& child) const { return parts_[child.part]; }
  // What is in it, by name; `hidden` gets the names that whiteouts take away.
  Result<std::map<std::string, Child>> children(std::vector<std::string>* hidden = nullptr) const;
  // One of them; nullopt: absent or hidden.
  Result<std::optional<Child>> find(const std::string& name) const;
  // A child that is a directory.
  Result<MergedDirectory> enter(const std::string& name) const;
  bool empty() const { return parts_.empty(); }

 private:
  std::vector<Part> parts_;
};

bool is_whiteout(const struct stat& status);
bool is_opaque(int directory);
// Names in a directory, sorted, without "." and "..".
Result<std::vector<std::string>> names_in(int directory);

}  // namespace isle::image
