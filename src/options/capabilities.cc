// --cap-add and --cap-drop: capabilities(7). A container starts with what ordinary servers need
// and cannot harm the host: podman's eleven. No inheritable ones ever (CVE-2022-29162).
#include <linux/capability.h>

#include <algorithm>

#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {
namespace {

using kernel::CapabilitySet;

CapabilitySet default_set() {
  CapabilitySet set;
  for (int number : {CAP_CHOWN,
                     CAP_DAC_OVERRIDE,
                     CAP_FOWNER,
                     CAP_FSETID,
                     CAP_KILL,
                     CAP_NET_BIND_SERVICE,
                     CAP_SETFCAP,
                     CAP_SETGID,
                     CAP_SETPCAP,
                     CAP_SETUID,
                     CAP_SYS_CHROOT}) {
    set = set | CapabilitySet::of(number);
  }
  return set;
}

bool has_all(const oci::Strings& names) { return std::ranges::find(names, "ALL") != names.end(); }

Result<CapabilitySet> set_of(const oci::Strings& names) {
  CapabilitySet set;
  for (const std::string& name : names) {
    if (name != "ALL") set = set | TRY(kernel::parse_capability(name));
  }
  return set;
}

Result<CapabilitySet> wanted_set(const record::Security& asked, CapabilitySet all) {
  const CapabilitySet added = TRY(set_of(asked.cap_add));
  const CapabilitySet dropped = TRY(set_of(asked.cap_drop));
  if (has_all(asked.cap_add) && has_all(asked.cap_drop)) {
    return fail(ErrorKind::InvalidArgument, "--cap-add ALL and --cap-drop ALL exclude each other");
  }
  if (has_all(asked.cap_drop)) return added;
  if (has_all(asked.cap_add) || asked.privileged) return all - dropped;
  return (default_set() - dropped) | added;
}

// Root inside a user namespace has them all there; on the host we give no more than we have.
Result<CapabilitySet> available(const SpecBuilder& builder,
                                const record::Security& asked,
                                CapabilitySet wanted) {
  if (builder.has_namespace("user")) return wanted;
  const CapabilitySet missing = TRY(set_of(asked.cap_add)) - builder.host.capabilities;
  if (!missing.empty()) {
    return fail(ErrorKind::Denied,
                format("--cap-add: isle itself does not have {}",
                       join(kernel::capability_names(missing), ", ")),
                "whoever started it took it away; grep Cap /proc/self/status shows what is left");
  }
  return wanted & builder.host.capabilities;
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const CapabilitySet all = CapabilitySet::up_to(builder.host.last_capability);
  CapabilitySet set = TRY(wanted_set(container.security, all));
  set = TRY(available(builder, container.security, set));
  const oci::Strings names = kernel::capability_names(set);
  builder.process().capabilities = oci::Capabilities{
      .bounding = names, .effective = names, .inheritable = {}, .permitted = names, .ambient = {}};
  return {};
}

Result<void> add_name(oci::Strings& names, std::string_view value, std::string_view flag) {
  for (std::string_view part : split(value, ',')) {
    if (lower(part) == "all") {
      names.emplace_back("ALL");
      continue;
    }
    const CapabilitySet set = TRY_STEP(kernel::parse_capability(part), format("--{}", flag));
    names.push_back(kernel::capability_names(set).at(0));
  }
  return {};
}

}  // namespace

const Option kCapAdd{
    .flag = {"cap-add",
             0,
             Arity::Value,
             "CAPABILITY",
             "Give it a capability, such as NET_ADMIN or ALL",
             Section::Security},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      return add_name(request.container.security.cap_add, value, "cap-add");
    },
    .apply = apply,
};

const Option kCapDrop{
    .flag = {"cap-drop",
             0,
             Arity::Value,
             "CAPABILITY",
             "Take a capability away, or ALL",
             Section::Security},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      return add_name(request.container.security.cap_drop, value, "cap-drop");
    },
    .apply = nullptr,  // --cap-add
};

}  // namespace isle::options
