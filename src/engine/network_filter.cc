#include "engine/network_filter.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/strings.h"
#include "base/times.h"
#include "monitor/ending.h"
#include "network/networks.h"

namespace isle::engine {
namespace {

constexpr std::array<std::string_view, 9> kKeys = {
    "dangling", "driver", "id", "label", "label!", "name", "scope", "type", "until"};

bool has_label(const record::Network& network, std::string_view text) {
  const Cut label = cut(text, '=');
  const auto found = network.labels.find(std::string(label.before));
  return found != network.labels.end() && (!label.found || found->second == label.after);
}

bool was_made_before(const record::Network& network, std::string_view value) {
  constexpr std::int64_t kSecond = 1'000'000'000;
  const auto limit = parse_moment(value, "filter until", monitor::realtime_ns());
  return limit && network.created * kSecond < *limit;
}

bool fits(const record::Network& network, bool used, const NetworkFilter& filter) {
  const std::string& value = filter.value;
  if (filter.key == "dangling") return used != (value == "true");
  if (filter.key == "driver") return network.driver == value;
  if (filter.key == "id") return network.id.starts_with(value);
  if (filter.key == "label") return has_label(network, value);
  if (filter.key == "label!") return !has_label(network, value);
  if (filter.key == "name") return network.name.find(value) != std::string::npos;
  if (filter.key == "scope") return value == "local";
  if (filter.key == "type") {
    return (network.name == network::kDefaultNetwork) == (value == "builtin");
  }
  return was_made_before(network, value);  // until
}

Result<void> check_word(const NetworkFilter& filter, std::string_view one, std::string_view other) {
  if (filter.value == one || filter.value == other) return {};
  return fail(ErrorKind::InvalidArgument,
              format("--filter {} cannot be {}", filter.key, quoted(filter.value)),
              format("it is {} or {}", one, other));
}

}  // namespace

Result<NetworkFilter> parse_network_filter(std::string_view text) {
  const Cut parts = cut(text, '=');
  NetworkFilter filter{.key = std::string(parts.before), .value = std::string(parts.after)};
  if (std::ranges::find(kKeys, filter.key) == kKeys.end() || !parts.found) {
    return fail(ErrorKind::InvalidArgument,
                format("--filter: there is no {}", quoted(text)),
                "KEY=VALUE, with dangling, driver, id, label, label!, name, scope, type or until");
  }
  if (filter.key == "dangling") TRY(check_word(filter, "true", "false"));
  if (filter.key == "type") TRY(check_word(filter, "builtin", "custom"));
  if (filter.key == "until") TRY(parse_moment(filter.value, "filter until", 0));
  return filter;
}

bool passes(const record::Network& network, bool used, const std::vector<NetworkFilter>& filters) {
  return std::ranges::all_of(filters, [&](const NetworkFilter& asked) {
    if (asked.key.starts_with("label")) return fits(network, used, asked);
    return std::ranges::any_of(filters, [&](const NetworkFilter& filter) {
      return filter.key == asked.key && fits(network, used, filter);
    });
  });
}

}  // namespace isle::engine
