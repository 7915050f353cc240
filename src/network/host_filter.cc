#include "network/host_filter.h"

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <unistd.h>

#include <array>
#include <string>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/nft.h"
#include "kernel/process.h"

namespace isle::network {

namespace {

constexpr const char* kTable = "filter";
constexpr const char* kChain = "FORWARD";

std::string native_mark() { return {reinterpret_cast<const char*>(&kPassMark), sizeof kPassMark}; }

// As iptables-nft writes `-m mark --mark 0x4000000/0x4000000 -j ACCEPT`, which it can then read.
Result<bool> pass(kernel::NetlinkSocket& socket, std::uint8_t family) {
  const auto policy = TRY(kernel::nft_policy(socket, family, kTable, kChain));
  if (policy != NF_DROP) return false;
  if (TRY(kernel::nft_compares(socket, family, kTable, kChain, native_mark()))) return false;
  kernel::NftRule rule;
  rule.meta(NFT_META_MARK, 0).mask(0, native_mark()).equal(0, native_mark()).accept();
  kernel::NftBatch batch(kTable, family);
  batch.add_rule(kChain, rule);
  TRY(batch.commit(socket));
  return true;
}

struct Legacy {
  const char* names;  // the tables in use
  const char* program;
};
constexpr std::array kLegacy = {
    Legacy{.names = "/proc/net/ip_tables_names", .program = "/usr/sbin/iptables-legacy"},
    Legacy{.names = "/proc/net/ip6_tables_names", .program = "/usr/sbin/ip6tables-legacy"}};

Result<bool> succeeds(const char* program, const char* command) {
  const std::string mark = format("{:#x}/{:#x}", kPassMark, kPassMark);
  kernel::SpawnRequest request;
  request.program = HostPath(program);
  request.arguments = {
      program, "-w", command, kChain, "-m", "mark", "--mark", mark, "-j", "ACCEPT"};
  request.fds = {{.from = -1, .to = 0}, {.from = -1, .to = 1}, {.from = -1, .to = 2}};
  const kernel::ChildProcess child = TRY(kernel::spawn(request));
  return TRY(kernel::wait_for(child.pidfd.get())).status == 0;
}

}  // namespace

Result<bool> pass_host_filter(kernel::NetlinkSocket& socket) {
  const bool added4 = TRY(pass(socket, NFPROTO_IPV4));
  const bool added6 = TRY(pass(socket, NFPROTO_IPV6));
  return added4 || added6;
}

Result<void> pass_legacy_filter() {
  for (const Legacy& legacy : kLegacy) {
    const auto names = kernel::read_file(HostPath(legacy.names), 4096);
    if (!names || names->find(kTable) == std::string::npos) continue;
    if (access(legacy.program, X_OK) != 0 || TRY(succeeds(legacy.program, "-C"))) continue;
    if (TRY(succeeds(legacy.program, "-A"))) continue;
    return fail(ErrorKind::Unavailable,
                format("{} -A {} has failed", legacy.program, kChain),
                "the host's filter may drop what this network's containers send");
  }
  return {};
}

}  // namespace isle::network
