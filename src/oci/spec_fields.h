#pragma once
// The top level of config.json.

#include "oci/spec_fields_linux.h"
#include "oci/spec_fields_process.h"

namespace isle::oci {

template <typename Io>
void fields(Io& io, typename Io::template Ref<Spec> spec) {
  io.required("ociVersion", spec.oci_version);
  io.optional("process", spec.process);
  io.required("root", spec.root);
  io.optional("hostname", spec.hostname);
  io.optional("domainname", spec.domainname);
  io.optional("mounts", spec.mounts);
  io.optional("hooks", spec.hooks);
  io.optional("annotations", spec.annotations);
  io.optional("linux", spec.linux_);
}

}  // namespace isle::oci
