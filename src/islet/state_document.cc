#include "islet/state_document.h"

#include "base/strings.h"
#include "islet/time.h"
#include "kernel/fd.h"

namespace isle::islet {

oci::State state_document(const runtime::ContainerState& state) {
  const runtime::Status status = runtime::status_of(state);
  return {.id = state.id,
          .status = std::string(runtime::to_string(status)),
          .pid = status == runtime::Status::Stopped ? 0 : state.pid.value,
          .bundle = state.bundle.str(),
          .rootfs = state.rootfs.str(),
          .created = rfc3339(state.created),
          .owner = user_name(state.owner),
          .annotations = state.annotations};
}

json::Value state_json(const oci::State& state) {
  json::Value document = oci::write_state(state);
  if (state.pid == 0) document["pid"] = 0;
  return document;
}

std::string user_name(uid_t uid) {
  const Result<std::string> passwd = kernel::read_file(HostPath("/etc/passwd"));
  const std::string wanted = std::to_string(uid);
  if (passwd) {
    for (const std::string_view line : split(*passwd, '\n')) {
      const std::vector<std::string_view> fields = split(line, ':');
      if (fields.size() > 2 && fields[2] == wanted) return std::string(fields[0]);
    }
  }
  return "#" + wanted;
}

}  // namespace isle::islet
