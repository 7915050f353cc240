#include "engine/container_filter.h"

#include <algorithm>
#include <array>
#include <set>

#include <regex.h>

#include "base/strings.h"
#include "base/times.h"
#include "engine/networking.h"
#include "image/image_record.h"
#include "image/resolve.h"
#include "image/short_names.h"

namespace isle::engine {
namespace {

// What all filters may look at.
struct Field {
  const Paths& paths;
  const ListedOnes& all;
  std::int64_t now_ns;
};

// ---- texts --------------------------------------------------------------------------------------

// A regular expression, as docker has it for names; it may match anywhere.
class Pattern {
 public:
  explicit Pattern(const std::string& text)
      : valid_(regcomp(&pattern_, text.c_str(), REG_EXTENDED | REG_NOSUB) == 0) {}
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;
  ~Pattern() {
    if (valid_) regfree(&pattern_);
  }
  bool is_valid() const { return valid_; }
  bool matches(const std::string& text) const {
    return valid_ && regexec(&pattern_, text.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  regex_t pattern_{};
  bool valid_;
};

// docker's names begin with a slash, which patterns may name: "^/web$".
bool fits_name(const Listed& one, const std::string& value) {
  const Pattern pattern(value);
  return pattern.matches(one.container.name) || pattern.matches("/" + one.container.name);
}

bool fits_label(const Listed& one, const std::string& value) {
  const Cut wanted = cut(value, '=');
  const auto found = one.container.labels.find(std::string(wanted.before));
  return found != one.container.labels.end() && (!wanted.found || found->second == wanted.after);
}

// The words of docker and podman for the states there are here.
std::string_view status_word(std::string_view value) {
  if (value == "configured" || value == "initialized") return "created";
  return value == "stopped" ? "exited" : value;
}

bool fits_health(const Listed& one, const std::string& value) {
  return one.health.empty() ? value == "none" : one.health == value;
}

bool fits_restart_policy(const Listed& one, const std::string& value) {
  const std::string& name = one.container.life.restart.name;
  return value == (name.empty() ? "no" : name);
}

bool fits_command(const Listed& one, const std::string& value) {
  const record::Process& process = one.container.process;
  std::vector<std::string> words = process.entrypoint.value_or(oci::Strings{});
  words.insert(words.end(), process.command.begin(), process.command.end());
  return !words.empty() && words.front() == value;
}

// ---- volumes, networks, ports
// --------------------------------------------------------------------

bool fits_volume(const Listed& one, const std::string& value) {
  return std::ranges::any_of(one.container.storage.mounts, [&](const record::MountRequest& mount) {
    return mount.target == value || mount.source == value;
  });
}

bool fits_network(const Field& field, const Listed& one, const std::string& value) {
  const record::Container& container = one.container;
  if (container.networking.networks.empty()) {
    return value == (container.namespaces.network.empty() ? "none" : container.namespaces.network);
  }
  // Its name, or the beginning of its id.
  return std::ranges::any_of(container.networking.networks, [&](const record::NetworkWish& wish) {
    if (wish.network == value) return true;
    const auto network = network::find_network(network_places(field.paths), value);
    return network && network->name == wish.network;
  });
}

struct PortRange {
  unsigned first = 0, last = 0;
  std::string protocol = "tcp";
};

// "80", "80/udp", "8000-8010/tcp"
Result<PortRange> parse_ports(std::string_view value) {
  const Cut parts = cut(value, '/');
  const Cut ends = cut(parts.before, '-');
  PortRange range;
  range.first = static_cast<unsigned>(TRY(parse_uint(ends.before, "port")));
  range.last =
      ends.found ? static_cast<unsigned>(TRY(parse_uint(ends.after, "port"))) : range.first;
  if (parts.found) range.protocol = lower(parts.after);
  return range;
}

// docker looks at the container's ports, not the host's.
bool publishes(const Listed& one, const PortRange& range) {
  return std::ranges::any_of(one.container.networking.ports, [&](const record::PortWish& port) {
    return port.protocol == range.protocol && port.container_port <= range.last &&
           unsigned{port.container_port} + port.count > range.first;
  });
}

bool exposes(const Listed& one, const PortRange& range) {
  return std::ranges::any_of(one.container.networking.exposed, [&](const std::string& port) {
    const auto exposed = parse_ports(port);
    return exposed && exposed->protocol == range.protocol && exposed->first <= range.last &&
           exposed->last >= range.first;
  });
}

bool fits_port(const Listed& one, const ContainerFilter& filter) {
  const auto range = parse_ports(filter.value);
  if (!range) return false;
  return publishes(one, *range) || (filter.key == "expose" && exposes(one, *range));
}

// ---- ancestors ----------------------------------------------------------------------------------

bool begins_with(const std::vector<oci::Digest>& layers, const std::vector<oci::Digest>& first) {
  return !first.empty() && layers.size() >= first.size() &&
         std::equal(first.begin(), first.end(), layers.begin());
}

// The name it was made with; else the image itself, or one made of it, by their layers.
bool has_ancestor(const Field& field, const Listed& one, const std::string& value) {
  const record::RootSource& root = one.container.storage.root;
  if (root.image.empty()) return false;
  if (root.image == value) return true;
  const auto name = image::name_here(field.paths.store, value);
  const auto ancestor =
      name ? image::resolve(field.paths.store, *name) : image::resolve(field.paths.store, value);
  if (!ancestor) return false;
  if (ancestor->id.str() == root.image_digest) return true;
  const auto id = oci::Digest::parse(root.image_digest);
  if (!id) return false;
  const auto own = image::load_image(field.paths.store, *id);
  return own && *own &&
         begins_with((*own)->config.rootfs.diff_ids, ancestor->config.rootfs.diff_ids);
}

// ---- ages ---------------------------------------------------------------------------------------

ListedOnes::const_iterator named(const ListedOnes& all, std::string_view name) {
  const auto by_name =
      std::ranges::find_if(all, [&](const Listed& one) { return one.container.name == name; });
  if (by_name != all.end()) return by_name;
  return std::ranges::find_if(
      all, [&](const Listed& one) { return one.container.id.starts_with(name); });
}

bool fits_order(const Field& field, const Listed& one, const ContainerFilter& filter) {
  const auto mark = named(field.all, filter.value);
  return filter.key == "before" ? is_newer(*mark, one) : is_newer(one, *mark);
}

bool fits_until(const Field& field, const Listed& one, const std::string& value) {
  const auto moment = parse_moment(value, "filter until", field.now_ns);
  return moment && one.container.created * 1'000'000'000 <= *moment;
}

// ---- all of them --------------------------------------------------------------------------------

constexpr std::array<std::string_view, 18> kKeys = {"id",
                                                    "name",
                                                    "label",
                                                    "label!",
                                                    "status",
                                                    "exited",
                                                    "ancestor",
                                                    "before",
                                                    "since",
                                                    "until",
                                                    "volume",
                                                    "network",
                                                    "health",
                                                    "publish",
                                                    "expose",
                                                    "command",
                                                    "restart-policy",
                                                    "should-start-on-boot"};

constexpr std::array<std::string_view, 12> kStatuses = {"created",
                                                        "running",
                                                        "paused",
                                                        "restarting",
                                                        "exited",
                                                        "removing",
                                                        "dead",
                                                        "configured",
                                                        "initialized",
                                                        "stopped",
                                                        "stopping",
                                                        "unknown"};

bool fits_exited(const Listed& one, const std::string& value) {
  const auto status = parse_int(value, "status");
  return one.word() == "exited" && one.exit && status && one.exit->status == *status;
}

bool starts_on_boot(const Listed& one) {
  const std::string& policy = one.container.life.restart.name;
  return policy == "always" || policy == "unless-stopped";
}

bool fits(const Field& field, const Listed& one, const ContainerFilter& filter) {
  const std::string_view key = filter.key;
  const std::string& value = filter.value;
  if (key == "id") return one.container.id.starts_with(lower(value));
  if (key == "name") return fits_name(one, value);
  if (key == "label") return fits_label(one, value);
  if (key == "label!") return !fits_label(one, value);
  if (key == "status") return one.word() == status_word(value);
  if (key == "exited") return fits_exited(one, value);
  if (key == "ancestor") return has_ancestor(field, one, value);
  if (key == "before" || key == "since") return fits_order(field, one, filter);
  if (key == "until") return fits_until(field, one, value);
  if (key == "volume") return fits_volume(one, value);
  if (key == "network") return fits_network(field, one, value);
  if (key == "health") return fits_health(one, value);
  if (key == "command") return fits_command(one, value);
  if (key == "restart-policy") return fits_restart_policy(one, value);
  if (key == "should-start-on-boot") return starts_on_boot(one) == (value == "true");
  return fits_port(one, filter);  // publish, expose
}

bool fits_all(const Field& field, const Listed& one, const std::vector<ContainerFilter>& filters) {
  return std::ranges::all_of(filters, [&](const ContainerFilter& asked) {
    if (asked.key == "label" || asked.key == "label!") return fits(field, one, asked);
    return std::ranges::any_of(filters, [&](const ContainerFilter& filter) {
      return filter.key == asked.key && fits(field, one, filter);
    });
  });
}

Result<void> check_value(const ContainerFilter& filter) {
  if (filter.key == "status" && std::ranges::find(kStatuses, filter.value) == kStatuses.end()) {
    return fail(ErrorKind::InvalidArgument,
                format("--filter status cannot be {}", quoted(filter.value)),
                "it is created, running, paused, restarting or exited");
  }
  if (filter.key == "exited") TRY_STEP(parse_int(filter.value, "status"), "--filter exited");
  if (filter.key == "publish" || filter.key == "expose") {
    TRY_STEP(parse_ports(filter.value), format("--filter {}", filter.key));
  }
  if (filter.key == "until") TRY(parse_moment(filter.value, "filter until", 0));
  if (filter.key == "name" && !Pattern(filter.value).is_valid()) {
    return fail(ErrorKind::InvalidArgument,
                format("--filter name: {} is no regular expression", quoted(filter.value)));
  }
  return {};
}

}  // namespace

Result<ContainerFilter> parse_container_filter(std::string_view text) {
  // "label!=x" is the key "label!".
  const Cut parts = cut(text, '=');
  if (parts.before == "pod") {
    return fail(ErrorKind::Unsupported, "--filter pod: pods do not exist yet");
  }
  if (!parts.found || std::ranges::find(kKeys, parts.before) == kKeys.end()) {
    return fail(
        ErrorKind::InvalidArgument,
        format("--filter cannot be {}", quoted(text)),
        "it is KEY=VALUE, with ancestor, before, command, exited, expose, health, id, label, "
        "name, network, publish, restart-policy, since, status, until or volume as the key");
  }
  ContainerFilter filter{.key = std::string(parts.before), .value = std::string(parts.after)};
  TRY(check_value(filter));
  return filter;
}

bool asks_for_stopped(const std::vector<ContainerFilter>& filters) {
  return std::ranges::any_of(filters, [](const ContainerFilter& filter) {
    return filter.key == "status" || filter.key == "exited";
  });
}

Result<void> filter_containers(const Paths& paths,
                               const std::vector<ContainerFilter>& filters,
                               std::int64_t now_ns,
                               ListedOnes& listed) {
  if (filters.empty()) return {};
  const Field field{.paths = paths, .all = listed, .now_ns = now_ns};
  for (const ContainerFilter& filter : filters) {
    if (filter.key != "before" && filter.key != "since") continue;
    if (named(listed, filter.value) != listed.end()) continue;
    return fail(ErrorKind::NotFound,
                format("--filter {}: there is no container {}", filter.key, quoted(filter.value)),
                "isle ps -a lists them");
  }
  std::set<std::string> kept;
  for (const Listed& one : listed) {
    if (fits_all(field, one, filters)) kept.insert(one.container.id);
  }
  std::erase_if(listed, [&](const Listed& one) { return !kept.contains(one.container.id); });
  return {};
}

}  // namespace isle::engine
