#include "monitor/network.h"

#include <unistd.h>

#include "kernel/fd.h"
#include "network/unwire.h"

namespace isle::monitor {

Result<std::optional<record::Wiring>> read_network(const HostPath& container) {
  const HostPath file = container / "network.json";
  const kernel::UniqueFd fd = TRY(kernel::open_if_exists(file, O_RDONLY | O_NOFOLLOW));
  if (!fd) return std::optional<record::Wiring>();
  const std::string text = TRY(kernel::read_all(fd.get()));
  return std::optional(TRY_STEP(record::read_wiring(text), "read " + file.str()));
}

void release_network(const HostPath& container) {
  const Result<std::optional<record::Wiring>> wiring = read_network(container);
  if (!wiring || !*wiring) return;
  network::release(**wiring);
  unlink((container / "network.json").c_str());
}

}  // namespace isle::monitor
