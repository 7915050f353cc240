#include "kernel/netlink_traffic.h"

#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <linux/tc_act/tc_mirred.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "base/strings.h"

namespace isle::kernel {

namespace {

constexpr std::uint16_t kMake = NLM_F_CREATE | NLM_F_EXCL;
constexpr std::uint32_t kIngressHandle = 0xffff0000;
// Packets of a veth are up to 64 KiB before they are cut (GSO).
constexpr std::uint64_t kLeastBurst = 65536;

tcmsg message_of(int index, std::uint32_t parent, std::uint32_t handle) {
  tcmsg info{};
  info.tcm_family = AF_UNSPEC;
  info.tcm_ifindex = index;
  info.tcm_parent = parent;
  info.tcm_handle = handle;
  return info;
}

std::uint32_t to_32(std::uint64_t value) {
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(value, std::numeric_limits<std::uint32_t>::max()));
}

// A selector with one key, which fits every packet: none of its bits is looked at.
std::string every_packet() {
  tc_u32_sel selector{};
  selector.flags = TC_U32_TERMINAL;
  selector.nkeys = 1;
  const tc_u32_key key{};
  std::string bytes(reinterpret_cast<const char*>(&selector), sizeof selector);
  return bytes.append(reinterpret_cast<const char*>(&key), sizeof key);
}

}  // namespace

NetlinkRequest limit_sending(const std::string& name,
                             int index,
                             std::uint64_t bits,
                             std::uint64_t wanted_burst) {
  const std::uint64_t bytes = bits / 8;
  const std::uint64_t burst = wanted_burst != 0 ? wanted_burst : std::max(kLeastBurst, bytes / 100);
  tc_tbf_qopt options{};
  options.rate.linklayer = TC_LINKLAYER_ETHERNET;
  options.rate.rate = to_32(bytes);
  options.limit = to_32(burst + bytes / 20);
  NetlinkMessage message(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE);
  message.body(message_of(index, TC_H_ROOT, 0));
  message.put_text(TCA_KIND, "tbf");
  message.nest(TCA_OPTIONS, [&] {
    message.put_value(TCA_TBF_PARMS, options);
    message.put_value(TCA_TBF_RATE64, bytes);
    message.put_number(TCA_TBF_BURST, to_32(burst));
  });
  return {.message = std::move(message),
          .what = format("RTM_NEWQDISC({}, tbf, {} bit/s)", name, bits)};
}

NetlinkRequest new_ifb(const std::string& name) {
  NetlinkMessage message(RTM_NEWLINK, kMake);
  ifinfomsg info{};
  info.ifi_flags = IFF_UP;
  info.ifi_change = IFF_UP;
  message.body(info);
  message.put_text(IFLA_IFNAME, name);
  message.nest(IFLA_LINKINFO, [&] { message.put(IFLA_INFO_KIND, "ifb"); });
  return {.message = std::move(message), .what = format("RTM_NEWLINK(ifb {})", name)};
}

NetlinkRequest receive_queue(const std::string& name, int index) {
  NetlinkMessage message(RTM_NEWQDISC, kMake);
  message.body(message_of(index, TC_H_INGRESS, kIngressHandle));
  message.put_text(TCA_KIND, "ingress");
  return {.message = std::move(message), .what = format("RTM_NEWQDISC({}, ingress)", name)};
}

NetlinkRequest send_received_by(const std::string& name, int index, int ifb) {
  constexpr std::uint16_t kFirst = 1;
  tc_mirred redirect{};
  redirect.action = TC_ACT_STOLEN;
  redirect.eaction = TCA_EGRESS_REDIR;
  redirect.ifindex = static_cast<std::uint32_t>(ifb);
  NetlinkMessage message(RTM_NEWTFILTER, kMake);
  tcmsg info = message_of(index, kIngressHandle, 0);
  info.tcm_info = TC_H_MAKE(std::uint32_t{kFirst} << 16, htons(ETH_P_ALL));
  message.body(info);
  message.put_text(TCA_KIND, "u32");
  message.nest(TCA_OPTIONS, [&] {
    message.put(TCA_U32_SEL, every_packet());
    message.nest(TCA_U32_ACT, [&] {
      message.nest(kFirst, [&] {
        message.put_text(TCA_ACT_KIND, "mirred");
        message.nest(TCA_ACT_OPTIONS, [&] { message.put_value(TCA_MIRRED_PARMS, redirect); });
      });
    });
  });
  return {.message = std::move(message), .what = format("RTM_NEWTFILTER({}, mirred)", name)};
}

}  // namespace isle::kernel
