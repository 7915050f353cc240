#include "cli/output/listing.h"

#include <array>
#include <ctime>

#include "base/strings.h"
#include "cli/output/table.h"

namespace isle::cli {
namespace {

constexpr std::size_t kCommandWidth = 30;

std::string command_words(const record::Container& container) {
  std::vector<std::string> words = container.process.entrypoint.value_or(oci::Strings{});
  words.insert(words.end(), container.process.command.begin(), container.process.command.end());
  std::string text = quoted(join(words, " "));
  if (text.size() > kCommandWidth) text = text.substr(0, kCommandWidth - 4) + "...\"";
  return text;
}

std::string status_words(const engine::Listed& listed, std::int64_t now) {
  if (listed.running()) return std::string(listed.word());
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

std::string container_table(const std::vector<engine::Listed>& containers) {
  const std::int64_t now = std::time(nullptr);
  std::vector<std::vector<std::string>> rows;
  for (const engine::Listed& listed : containers) {
    const record::Container& container = listed.container;
    rows.push_back({container.id.substr(0, 12),
                    source_words(container),
                    command_words(container),
                    span_words(now - container.created) + " ago",
                    status_words(listed, now),
                    container.name});
  }
  return table({"CONTAINER ID", "IMAGE", "COMMAND", "CREATED", "STATUS", "NAME"}, rows);
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
  if (listed.exit) value["exit"] = monitor::write_exit(*listed.exit);
  value["labels"] = container.labels;
  return value;
}

}  // namespace isle::cli
