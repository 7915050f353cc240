// --dns, --dns-search, --dns-option, --add-host, --no-hosts: how names are found inside. What is
// said goes into lines of /etc/hosts and /etc/resolv.conf, so it is checked for what would end one.
#include "base/ip_address.h"
#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {
namespace {

Result<void> check_word(std::string_view value, std::string_view flag) {
  bool valid = !value.empty() && value.size() <= 255;
  for (const char c : value) valid = valid && c > ' ' && c < '\x7f' && c != '#' && c != ';';
  if (valid) return {};
  return fail(ErrorKind::InvalidArgument, format("--{} cannot be {}", flag, quoted(value)));
}

// Docker writes NAME:ADDRESS, newer versions NAME=ADDRESS too; an IPv6 address may stand in [].
Result<std::string> parse_host(std::string_view value) {
  const std::size_t end = value.find_first_of("=:");
  if (end == std::string_view::npos || end == 0) {
    return fail(ErrorKind::InvalidArgument,
                format("--add-host: {} is not NAME:ADDRESS", quoted(value)),
                "the address may be host-gateway, which is this host as the container sees it");
  }
  std::string_view address = value.substr(end + 1);
  TRY(check_word(value.substr(0, end), "add-host"));
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  if (address != "host-gateway") TRY_STEP(IpAddress::parse(address), "--add-host");
  return format("{}:{}", value.substr(0, end), address);
}

}  // namespace

const Option kDns{
    .flag = {"dns",
             0,
             Arity::Value,
             "ADDRESS",
             "A name server in place of the host's; none: no /etc/resolv.conf is made",
             Section::Network},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (value != "none") TRY_STEP(IpAddress::parse(value), "--dns");
      request.container.networking.dns.emplace_back(value);
      return {};
    },
    .apply = nullptr,  // engine/etc_files.cc
};

const Option kDnsSearch{
    .flag = {"dns-search",
             0,
             Arity::Value,
             "DOMAIN",
             "Where names without a dot are looked for; \".\": nowhere",
             Section::Network},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      TRY(check_word(value, "dns-search"));
      request.container.networking.dns_search.emplace_back(value);
      return {};
    },
    .apply = nullptr,
};

const Option kDnsOption{
    .flag =
        {"dns-option", 0, Arity::Value, "OPTION", "An option of resolv.conf(5)", Section::Network},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      TRY(check_word(value, "dns-option"));
      request.container.networking.dns_options.emplace_back(value);
      return {};
    },
    .apply = nullptr,
};

const Option kAddHost{
    .flag = {"add-host",
             0,
             Arity::Value,
             "NAME:ADDRESS",
             "A line of /etc/hosts; the address host-gateway is this host",
             Section::Network},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.networking.hosts.push_back(TRY(parse_host(value)));
      return {};
    },
    .apply = nullptr,
};

const Option kNoHosts{
    .flag =
        {"no-hosts", 0, Arity::Switch, nullptr, "/etc/hosts stays the image's", Section::Network},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.networking.no_hosts = value == "true";
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
