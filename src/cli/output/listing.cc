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

Result<ContainerView> view_of(const engine::Paths& paths,
                              const engine::Listed& listed,
                              bool with_size) {
  ContainerView view{.listed = &listed, .ports = {}, .size = {}};
  if (listed.running() && !listed.container.networking.networks.empty()) {
    const auto wiring = TRY(engine::wiring_of(paths, listed.container.id));
    view.ports = port_words(wiring ? wiring->ports : std::vector<record::PublishedPort>(),
                            wiring ? listed.container.networking.exposed : oci::Strings());
  }
  if (with_size) view.size = TRY(engine::size_of(paths, listed.container));
  return view;
}

namespace {

// What a field's value is made of.
struct Source {
  const ContainerView& view;
  const engine::Listed& listed;
  const record::Container& container;
  std::int64_t now;
  bool full;
};

struct Column {
  Field field;
  json::Value (*value_of)(const Source& from);
};

json::Value id_cell(const Source& from) {
  return from.full ? from.container.id : from.container.id.substr(0, 12);
}
json::Value size_cell(const Source& from) {
  return from.view.size ? json::Value(container_size_words(*from.view.size)) : json::Value();
}
json::Value pid_cell(const Source& from) {
  return from.listed.running() ? static_cast<std::int64_t>(from.listed.state->pid.value) : 0;
}
json::Value exit_cell(const Source& from) {
  return from.listed.exit ? static_cast<std::int64_t>(from.listed.exit->status) : 0;
}
json::Value name_cell(const Source& from) { return from.container.name; }

constexpr std::array kColumns = {
    Column{{"ID", "CONTAINER ID"}, id_cell},
    Column{{"Image", "IMAGE"},
           [](const Source& from) { return json::Value(source_words(from.container)); }},
    Column{
        {"Command", "COMMAND"},
        [](const Source& from) { return json::Value(command_words(from.container, from.full)); }},
    Column{{"RunningFor", "CREATED"},
           [](const Source& from) {
             return json::Value(span_words(from.now - from.container.created) + " ago");
           }},
    Column{{"CreatedAt", "CREATED AT"},
           [](const Source& from) { return json::Value(time_words(from.container.created)); }},
    Column{{"Status", "STATUS"},
           [](const Source& from) { return json::Value(status_words(from.listed, from.now)); }},
    Column{{"State", "STATE"}, [](const Source& from) { return json::Value(from.listed.word()); }},
    Column{{"Ports", "PORTS"}, [](const Source& from) { return json::Value(from.view.ports); }},
    Column{{"Size", "SIZE"}, size_cell},
    Column{{"Names", "NAMES"}, name_cell},
    Column{{"Name", "NAME"}, name_cell},
    Column{{"Pid", "PID"}, pid_cell},
    Column{{"ExitCode", "EXIT CODE"}, exit_cell},
    Column{{"Mounts", "MOUNTS"},
           [](const Source& from) { return json::Value(mount_words(from.container, from.full)); }},
    Column{{"LocalVolumes", "LOCAL VOLUMES"},
           [](const Source& from) { return json::Value(volume_count(from.container)); }},
    Column{{"Networks", "NETWORKS"},
           [](const Source& from) { return json::Value(network_words(from.container)); }},
    Column{
        {"ImageID", "IMAGE ID"},
        [](const Source& from) { return json::Value(from.container.storage.root.image_digest); }},
    Column{{"Labels", "LABELS"},
           [](const Source& from) { return json::Value(from.container.labels); }}};

constexpr auto kFieldsAlone = [] {
  std::array<Field, kColumns.size()> fields{};
  for (std::size_t i = 0; i < fields.size(); ++i) fields[i] = kColumns[i].field;
  return fields;
}();

}  // namespace

std::span<const Field> container_fields() { return kFieldsAlone; }

json::Value container_row(const ContainerView& view,
                          std::int64_t now,
                          bool full,
                          const std::vector<std::string>& wanted) {
  const Source from{.view = view,
                    .listed = *view.listed,
                    .container = view.listed->container,
                    .now = now,
                    .full = full};
  json::Object row;
  row.reserve(wanted.empty() ? kColumns.size() : wanted.size());
  for (const Column& column : kColumns) {
    if (!wanted.empty() && std::ranges::find(wanted, column.field.name) == wanted.end()) continue;
    json::Value value = column.value_of(from);
    if (!value.is_null()) row.push_back({column.field.name, std::move(value)});
  }
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
