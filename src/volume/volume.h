#pragma once
// A volume is a directory that outlives the containers that use it.
//
//   VOLUMES/NAME/volume.json   what was asked
//                _data         its files
//                filling       only while an image's files are copied into it: who finds it without
//                              somebody at work starts over
//                lock          held by who fills it
//   VOLUMES/.new-ID            being made; renamed to its name in one step
//   VOLUMES/.gone-ID           being deleted
//   VOLUMES/lock               shared by who starts to use a volume, exclusive for who removes one

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"
#include "oci/runtime_spec.h"

namespace isle::volume {

struct Volume {
  std::string name;
  std::int64_t created = 0;  // seconds since 1970
  bool anonymous = false;    // made for one container: it goes with --rm and rm -v
  oci::StringMap labels;
  // Of the driver "local": type, device and o, as of mount(8). None: a directory of its own.
  oci::StringMap options;
};

// Letters, digits and "_.-", beginning with a letter or digit.
Result<void> check_volume_name(std::string_view name);
// What mount(2) is to be asked for; InvalidArgument or Unsupported name the option.
Result<void> check_volume_options(const oci::StringMap& options);

class Volumes {
 public:
  explicit Volumes(HostPath root) : root_(std::move(root)) {}

  // One that is there with other options is a Conflict; else it is what comes back.
  Result<Volume> create(Volume wanted) const;
  Result<std::optional<Volume>> find(std::string_view name) const;
  // NotFound names it.
  Result<Volume> get(std::string_view name) const;
  Result<std::vector<Volume>> list() const;  // by name
  // The caller holds the lock and knows that nobody uses it.
  Result<void> remove(std::string_view name) const;

  HostPath directory(std::string_view name) const { return root_ / name; }
  HostPath data(std::string_view name) const { return root_ / name / "_data"; }
  // Waits. Until it is dropped no volume is removed, or nobody starts to use one.
  Result<kernel::UniqueFd> lock(bool exclusive) const;
  // Waits for who fills it; the lock to fill it with.
  Result<kernel::UniqueFd> lock_to_fill(std::string_view name) const;

 private:
  HostPath root_;
};

// "NAME", or "NAME=VALUE".
bool has_label(const Volume& volume, std::string_view wanted);

}  // namespace isle::volume
