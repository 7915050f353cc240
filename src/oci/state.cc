// The state document <-> JSON.
#include "oci/state.h"

#include "oci/json_writer.h"
#include "oci/spec_names.h"

namespace isle::oci {

template <typename Io>
void fields(Io& io, typename Io::template Ref<State> state) {
  io.required("ociVersion", state.oci_version);
  io.required("id", state.id);
  io.required("status", state.status, names::kStatuses);
  io.optional("pid", state.pid);
  io.required("bundle", state.bundle);
  io.optional("rootfs", state.rootfs);
  io.optional("created", state.created);
  io.optional("owner", state.owner);
  io.optional("annotations", state.annotations);
}

Result<State> read_state(std::string_view text) {
  return read_document<State>(TRY(json::parse(text)));
}

json::Value write_state(const State& state) { return write_value(state); }

}  // namespace isle::oci
