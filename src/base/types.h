#pragma once
// Why: numbers and paths that must not be mixed up. A path of the host and a path of a container
// do not convert into each other: a container's path never reaches open(2) as a string.

#include <cstdint>
#include <string>
#include <utility>

#include <sys/types.h>

namespace isle {

struct Uid {
  uid_t value = 0;
  auto operator<=>(const Uid&) const = default;
};

struct Gid {
  gid_t value = 0;
  auto operator<=>(const Gid&) const = default;
};

struct Pid {
  pid_t value = 0;
  auto operator<=>(const Pid&) const = default;
};

struct Bytes {
  std::int64_t value = 0;
  auto operator<=>(const Bytes&) const = default;
};

// A path as the host sees it.
class HostPath {
 public:
  HostPath() = default;
  explicit HostPath(std::string path) : path_(std::move(path)) {}
  const std::string& str() const { return path_; }
  const char* c_str() const { return path_.c_str(); }
  bool empty() const { return path_.empty(); }
  // Child of this directory.
  HostPath operator/(std::string_view name) const {
    return HostPath(path_ + (path_.ends_with('/') ? "" : "/") + std::string(name));
  }
  auto operator<=>(const HostPath&) const = default;

 private:
  std::string path_;
};

// A path as a container sees it; only RootDir (kernel/path.h) and init resolve it.
class ContainerPath {
 public:
  ContainerPath() = default;
  explicit ContainerPath(std::string path) : path_(std::move(path)) {}
  const std::string& str() const { return path_; }
  const char* c_str() const { return path_.c_str(); }
  bool empty() const { return path_.empty(); }
  auto operator<=>(const ContainerPath&) const = default;

 private:
  std::string path_;
};

}  // namespace isle
