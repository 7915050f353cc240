#pragma once
// What was asked about powers: capabilities, filters, masks, kernel settings.

#include <string>

#include "oci/runtime_spec.h"

namespace isle::record {

struct Security {
  oci::Strings cap_add, cap_drop;  // "CAP_CHOWN" or "ALL", in the order given
  bool privileged = false;
  bool no_new_privileges = false;
  std::string seccomp;   // "" (default), "unconfined", or the path of a profile
  std::string apparmor;  // "" or "unconfined" or a profile's name
  oci::Strings labels;   // SELinux: "disable" ...
  oci::Strings mask;     // more paths to hide
  oci::Strings unmask;   // paths not to hide, or "ALL"
  oci::StringMap sysctl;
};

template <typename Io>
void fields(Io& io, typename Io::template Ref<Security> security) {
  io.optional("capAdd", security.cap_add);
  io.optional("capDrop", security.cap_drop);
  io.optional("privileged", security.privileged);
  io.optional("noNewPrivileges", security.no_new_privileges);
  io.optional("seccomp", security.seccomp);
  io.optional("apparmor", security.apparmor);
  io.optional("labels", security.labels);
  io.optional("mask", security.mask);
  io.optional("unmask", security.unmask);
  io.optional("sysctl", security.sysctl);
}

}  // namespace isle::record
