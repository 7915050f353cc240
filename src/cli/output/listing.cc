#include "cli/output/listing.h"

#include <array>
#include <ctime>

#include "base/strings.h"
#include "cli/output/table.h"

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

std::string status_words(const engine::Listed& listed, std::int64_t now) {
  if (listed.running() || listed.restarting) {
    const std::string_view word = listed.word();
    return listed.health.empty() ? std::string(word) : format("{} ({})", word, listed.health);
  }
  if (!listed.exit) return listed.has_run ? "dead" : "created";
  return format("exited ({}) {} ago{}",
                listed.exit->status,
                span_words(now - listed.exit->finished_ns / 1'000'000'000),
                listed.exit->oom_killed ? ", out of memory" : "");
}

std::string source_words(const record::Container& container) {
  const record::RootSource& root = container.storage.root;
  return root.image.empty() ? root.directory : root.image;
}

}  // namespace

std::span<const Field> container_fields() {
  static constexpr std::array kFields = {Field{"ID", "CONTAINER ID"},
                                         Field{"Image", "IMAGE"},
                                         Field{"Command", "COMMAND"},
                                         Field{"RunningFor", "CREATED"},
                                         Field{"CreatedAt", "CREATED AT"},
                                         Field{"Status", "STATUS"},
                                         Field{"State", "STATE"},
                                         Field{"Names", "NAME"},
                                         Field{"Name", "NAME"},
                                         Field{"Pid", "PID"},
                                         Field{"ExitCode", "EXIT CODE"},
                                         Field{"Labels", "LABELS"}};
  return kFields;
}

json::Value container_row(const engine::Listed& listed, std::int64_t now, bool full) {
  const record::Container& container = listed.container;
  json::Value row;
  row["ID"] = full ? container.id : container.id.substr(0, 12);
  row["Image"] = source_words(container);
  row["Command"] = command_words(container, full);
  row["RunningFor"] = span_words(now - container.created) + " ago";
  row["CreatedAt"] = time_words(container.created);
  row["Status"] = status_words(listed, now);
  row["State"] = listed.word();
  row["Names"] = container.name;
  row["Name"] = container.name;
  row["Pid"] = listed.running() ? static_cast<std::int64_t>(listed.state->pid.value) : 0;
  row["ExitCode"] = listed.exit ? static_cast<std::int64_t>(listed.exit->status) : 0;
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
