#include "cli/output/listing.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "base/strings.h"
#include "cli/output/port_words.h"
#include "cli/output/status_words.h"
#include "cli/output/table.h"
#include "engine/networking.h"

namespace isle::cli {
namespace {

constexpr std::size_t kCommandWidth = 30;

std::string command_words(const record::Container& container, bool full) {
  std::vector<std::string> words = container.process.entrypoint.value_or(oci::Strings{});
  words.insert(words.end(), container.process.command.begin(), container.process.command.end());
  std::string text = quoted(join(words, " "));
  if (!full && text.size() > kCommandWidth) text = text.substr(0, kCommandWidth - 4) + "...\"";
  return text;
}

std::string source_words(const record::Container& container) {
  const record::RootSource& root = container.storage.root;
  return root.image.empty() ? root.directory : root.image;
}

constexpr std::size_t kMountWidth = 15;

// Volumes by name, directories of the host by path, as docker's column has them.
std::string mount_words(const record::Container& container, bool full) {
  std::vector<std::string> words;
  for (const record::MountRequest& mount : container.storage.mounts) {
    if (mount.type == "tmpfs") continue;
    std::string word = mount.source;
    if (!full && word.size() > kMountWidth) word = word.substr(0, kMountWidth - 1) + "\u2026";
    words.push_back(std::move(word));
  }
  return join(words, ",");
}

std::int64_t volume_count(const record::Container& container) {
  return std::ranges::count(container.storage.mounts, "volume", &record::MountRequest::type);
}

std::string network_words(const record::Container& container) {
  const std::string& mode = container.namespaces.network;
  std::vector<std::string> words;
  words.reserve(container.networking.networks.size() + 1);
  for (const record::NetworkWish& wish : container.networking.networks) {
    words.push_back(wish.network);
  }
  if (words.empty()) words.push_back(mode.empty() ? "none" : mode);
  return join(words, ",");
}

std::string container_size_words(const engine::ContainerSize& size) {
  return format("{} (virtual {})", size_words(size.own), size_words(size.whole));
}

}  // namespace

Result<ContainerView> view_of(const engine::Paths& paths, engine::Listed listed, bool with_size) {
  ContainerView view;
  if (listed.running() && !listed.container.networking.networks.empty()) {
    const auto wiring = TRY(engine::wiring_of(paths, listed.container.id));
    view.ports = port_words(wiring ? wiring->ports : std::vector<record::PublishedPort>(),
                            wiring ? listed.container.networking.exposed : oci::Strings());
  }
  if (with_size) view.size = TRY(engine::size_of(paths, listed.container));
  view.listed = std::move(listed);
  return view;
}

std::span<const Field> container_fields() {
  static constexpr std::array kFields = {Field{"ID", "CONTAINER ID"},
                                         Field{"Image", "IMAGE"},
                                         Field{"Command", "COMMAND"},
                                         Field{"RunningFor", "CREATED"},
                                         Field{"CreatedAt", "CREATED AT"},
                                         Field{"Status", "STATUS"},
                                         Field{"State", "STATE"},
                                         Field{"Ports", "PORTS"},
                                         Field{"Size", "SIZE"},
                                         Field{"Names", "NAMES"},
                                         Field{"Name", "NAME"},
                                         Field{"Pid", "PID"},
                                         Field{"ExitCode", "EXIT CODE"},
                                         Field{"Mounts", "MOUNTS"},
                                         Field{"LocalVolumes", "LOCAL VOLUMES"},
                                         Field{"Networks", "NETWORKS"},
                                         Field{"ImageID", "IMAGE ID"},
                                         Field{"Labels", "LABELS"}};
  return kFields;
}

json::Value container_row(const ContainerView& view, std::int64_t now, bool full) {
  const engine::Listed& listed = view.listed;
  const record::Container& container = listed.container;
  json::Value row;
  row["ID"] = full ? container.id : container.id.substr(0, 12);
  row["Image"] = source_words(container);
  row["Command"] = command_words(container, full);
  row["RunningFor"] = span_words(now - container.created) + " ago";
  row["CreatedAt"] = time_words(container.created);
  row["Status"] = status_words(listed, now);
  row["State"] = listed.word();
  row["Ports"] = view.ports;
  if (view.size) row["Size"] = container_size_words(*view.size);
  row["Names"] = container.name;
  row["Name"] = container.name;
  row["Pid"] = listed.running() ? static_cast<std::int64_t>(listed.state->pid.value) : 0;
  row["ExitCode"] = listed.exit ? static_cast<std::int64_t>(listed.exit->status) : 0;
  row["Mounts"] = mount_words(container, full);
  row["LocalVolumes"] = volume_count(container);
  row["Networks"] = network_words(container);
  row["ImageID"] = container.storage.root.image_digest;
  row["Labels"] = json::Value(container.labels);
  return row;
}

std::string time_words(std::int64_t seconds) {
  const std::time_t time = seconds;
  std::tm parts{};
  std::array<char, 32> text{};
  if (gmtime_r(&time, &parts) == nullptr) return std::to_string(seconds);  // beyond all years
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

json::Value listed_json(const engine::Listed& listed) {
  const record::Container& container = listed.container;
  json::Value value;
  value["id"] = container.id;
  value["name"] = container.name;
  value["image"] = container.storage.root.image;
  if (container.storage.root.image.empty()) value["rootfs"] = container.storage.root.directory;
  value["command"] = container.process.command;
  value["created"] = time_words(container.created);
  value["status"] = listed.word();
  if (listed.running()) value["pid"] = listed.state->pid.value;
  if (!listed.health.empty()) value["health"] = listed.health;
  if (listed.exit) value["exit"] = monitor::write_exit(*listed.exit);
  value["labels"] = container.labels;
  return value;
}

}  // namespace isle::cli
