// `unified` names v2's files directly. A key is one file name, never a path, and never one of
// those that move processes or change the shape of the tree. The kernel takes one line a write,
// so a value of several lines becomes several writes.

#include "base/strings.h"
#include "runtime/plan/cgroup_parts.h"

namespace isle::runtime::plan {

using kernel::cgroup::Controller;

namespace {

bool is_tree_file(std::string_view key) {
  return key.starts_with("cgroup.") && !key.starts_with("cgroup.max.") && key != "cgroup.pressure";
}

Result<void> check_key(const std::string& key) {
  const auto refuse = [&key](std::string_view reason) {
    return meaningless("unified", format("key {} {}", quoted(key), reason));
  };
  if (key.find('/') != std::string::npos) return refuse("is a path, not the name of a file");
  for (const char byte : key) {
    if (static_cast<unsigned char>(byte) <= ' ') return refuse("holds blanks");
  }
  if (key.find('.') == std::string::npos || key.starts_with('.')) {
    return refuse("is not written CONTROLLER.FILE");
  }
  if (is_tree_file(key)) return refuse("is the runtime's own business");
  return {};
}

// The controller whose file it is; cgroup.* are every v2 group's, as cpu.stat's accounting is.
Result<Controller> controller_of(const CgroupBuilder& builder, const std::string& key) {
  if (builder.layout().v2() == nullptr) {
    return not_here("unified",
                    format("(\"{}\") needs cgroup v2, which this host does not have", key),
                    "use the other members of linux.resources");
  }
  const std::string_view prefix = cut(key, '.').before;
  if (prefix == "cgroup") {
    if (builder.layout().kind() == "v2") return Controller::Cpuacct;
    return not_here("unified", format("(\"{}\") needs a host with cgroup v2 only", key), "");
  }
  const auto found = kernel::cgroup::controller_of_v2(prefix);
  if (!found) return meaningless("unified", format("key {} names no controller", quoted(key)));
  if (builder.layout().has(*found) && !builder.layout().on_v2(*found)) {
    return not_here(
        "unified",
        format("(\"{}\") needs cgroup v2, but this host has the {} controller on v1", key, prefix),
        "use the other members of linux.resources");
  }
  return *found;
}

}  // namespace

Result<void> plan_unified(CgroupBuilder& builder, const oci::StringMap& unified) {
  for (const auto& [key, value] : unified) {
    TRY(check_key(key));
    const Controller controller = TRY(controller_of(builder, key));
    TRY(builder.need(controller, format("unified[\"{}\"]", key)));
    for (const std::string_view line : split(trim(value), '\n')) {
      builder.add(controller, key, std::string(line), "as linux.resources.unified says").v2 = true;
    }
  }
  return {};
}

}  // namespace isle::runtime::plan
