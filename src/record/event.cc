#include "record/event.h"

#include <cstdio>
#include <ctime>

#include <sys/file.h>
#include <sys/stat.h>

#include "base/json.h"
#include "kernel/fd.h"

namespace isle::record {
namespace {

constexpr off_t kMostBytes = 4 << 20;

std::int64_t now_ns() {
  timespec now{};
  static_cast<void>(clock_gettime(CLOCK_REALTIME, &now));
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

// One of those who see that it is full rotates it. Who has the old one open writes into that.
void rotate(int file, const HostPath& path) {
  if (flock(file, LOCK_EX | LOCK_NB) != 0) return;
  struct stat held{};
  struct stat named{};
  const bool same = fstat(file, &held) == 0 && stat(path.c_str(), &named) == 0 &&
                    held.st_ino == named.st_ino && held.st_dev == named.st_dev;
  if (same) static_cast<void>(std::rename(path.c_str(), (path.str() + ".1").c_str()));
}

std::string text_of(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  return member == nullptr || member->string() == nullptr ? std::string() : *member->string();
}

}  // namespace

HostPath event_file(const HostPath& root) { return root / "events.jsonl"; }

void note_event(const HostPath& root, Event event) {
  if (event.time_ns == 0) event.time_ns = now_ns();
  const HostPath path = event_file(root);
  const auto file =
      kernel::open_file(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0600);
  if (!file) return;
  if (!kernel::write_all(file->get(), write_event(event) + "\n")) return;
  struct stat info{};
  if (fstat(file->get(), &info) == 0 && info.st_size > kMostBytes) rotate(file->get(), path);
}

std::string write_event(const Event& event) {
  json::Value value;
  value["time_ns"] = event.time_ns;
  value["type"] = event.type;
  value["action"] = event.action;
  value["id"] = event.id;
  if (!event.attributes.empty()) value["attributes"] = json::Value(event.attributes);
  return json::write(value);
}

Result<Event> read_event(std::string_view line) {
  const json::Value value = TRY(json::parse(line));
  const json::Value* time = value.find("time_ns");
  Event event;
  event.type = text_of(value, "type");
  event.action = text_of(value, "action");
  event.id = text_of(value, "id");
  if (time == nullptr || time->integer() == nullptr || event.type.empty() || event.action.empty()) {
    return fail(ErrorKind::Corrupt, "this is no event");
  }
  event.time_ns = *time->integer();
  const json::Value* attributes = value.find("attributes");
  if (attributes == nullptr || attributes->object() == nullptr) return event;
  for (const json::Member& member : *attributes->object()) {
    if (member.value.string() != nullptr) event.attributes[member.key] = *member.value.string();
  }
  return event;
}

}  // namespace isle::record
