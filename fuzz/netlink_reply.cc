// Attributes in what the kernel, or whoever writes on a netlink socket, has answered: no byte
// behind the message is read.

#include "check.h"
#include "kernel/netlink.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using isle::fuzz::check;
  const std::string_view list = isle::fuzz::text_of(data, size);
  const auto inside = [&](std::string_view value) {
    return value.data() >= list.data() && value.data() + value.size() <= list.data() + list.size();
  };
  for (const std::string_view value : isle::kernel::netlink_attributes(list)) {
    check(inside(value), "a value lies in the list");
    static_cast<void>(isle::kernel::netlink_attributes(value));
  }
  for (std::uint16_t type = 0; type < 64; ++type) {
    const auto value = isle::kernel::netlink_attribute(list, type);
    if (value) check(inside(*value), "the value lies in the list");
  }
  const isle::kernel::NetlinkReply reply{.type = 16, .bytes = std::string(list)};
  for (const std::size_t body :
       {std::size_t{0}, std::size_t{8}, std::size_t{16}, std::size_t{20}}) {
    static_cast<void>(reply.attribute(body, 3));
  }
  return 0;
}
