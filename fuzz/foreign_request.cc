// What podman or containerd hands to isle netavark and isle cni: no crash, and what is understood
// has names that stay in their directories.

#include "check.h"
#include "network/cni_config.h"
#include "network/netavark.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using isle::fuzz::check;
  const std::string_view text = isle::fuzz::text_of(data, size);
  const auto request = isle::network::read_netavark_request(text);
  if (request) {
    check(request->holder.find('/') == request->holder.rfind('/'), "the holder is one file");
    isle::record::Wiring wiring;
    wiring.attachments = request->attachments;
    static_cast<void>(isle::network::netavark_answer(*request, wiring));
  }
  const auto config = isle::network::cni::read_config(text);
  if (config) {
    check(config->name.find('/') == std::string::npos && config->name[0] != '.',
          "the network is one directory");
    check(config->bridge.size() <= 15, "the bridge's name fits");
  }
  return 0;
}
