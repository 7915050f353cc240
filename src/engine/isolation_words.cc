#include "engine/isolation_words.h"

#include <array>
#include <string>

#include "base/strings.h"

namespace isle::engine {
namespace {

struct KindWords {
  const char *kind, *own, *shared, *flag;
};
constexpr std::array<KindWords, 8> kKinds = {{
    {"cgroup",
     "its control group is the root of the paths it sees",
     "sees the host's control group paths",
     "--cgroupns host|private"},
    {"ipc",
     "queues, semaphores and shared memory of its own",
     "shares queues, semaphores and shared memory with the host",
     "--ipc private|host|container:NAME"},
    {"mnt",
     "a tree of mounts of its own",
     "shares the host's mounts",
     "--volume, --tmpfs, --rootfs"},
    {"net",
     "devices, addresses and ports of its own",
     "shares the host's network",
     "--network none|host|container:NAME"},
    {"pid",
     "sees its own processes alone",
     "sees and may signal the host's processes",
     "--pid private|host|container:NAME"},
    {"time", "clocks with an offset", "the host's clocks", "--time-offset"},
    {"user",
     "root inside is another user outside",
     "root inside is root outside, but for capabilities and filter",
     "--userns, --uidmap, --gidmap"},
    {"uts", "a host name of its own", "shares the host's name", "--uts private|host, --hostname"},
}};

std::string text_of(const json::Value& value, const char* key) {
  const json::Value* found = value.find(key);
  return found != nullptr && found->string() != nullptr ? *found->string() : "";
}

std::size_t length_of(const json::Value* list) {
  return list != nullptr && list->array() != nullptr ? list->array()->size() : 0;
}

class Words {
 public:
  void add(const char* what, std::string is, const char* flag) {
    json::Value line;
    line["what"] = what;
    line["is"] = std::move(is);
    line["flag"] = flag;
    list_.push_back(std::move(line));
  }
  json::Value take() { return std::move(list_); }

 private:
  json::Value list_{json::Array{}};
};

void add_namespaces(Words& words, const json::Value& isolation) {
  const json::Value* all = isolation.find("namespaces");
  for (const KindWords& kind : kKinds) {
    const json::Value* one = all == nullptr ? nullptr : all->find(kind.kind);
    const json::Value* own = one == nullptr ? nullptr : one->find("own");
    if (own == nullptr || own->boolean() == nullptr) continue;
    words.add(kind.kind, *own->boolean() ? kind.own : kind.shared, kind.flag);
  }
}

void add_powers(Words& words, const json::Value& isolation) {
  const json::Value* sets = isolation.find("capabilities");
  const json::Value* effective = sets == nullptr ? nullptr : sets->find("effective");
  words.add("capabilities",
            format("{} of 41", length_of(effective)),
            "--cap-add, --cap-drop, --privileged");
  const std::string filter = text_of(isolation, "seccomp");
  words.add("system calls",
            filter == "filter" ? "those the filter does not know fail" : "none is refused",
            "--security-opt seccomp=FILE|unconfined");
  const json::Value* sealed = isolation.find("noNewPrivileges");
  const bool no_new = sealed != nullptr && sealed->boolean() != nullptr && *sealed->boolean();
  words.add(
      "set-user-id programs",
      no_new ? "give no new privileges" : "may raise its privileges, within the capabilities above",
      "--security-opt no-new-privileges");
}

// What is mounted over files of the kernel, and which of them may be read only.
void add_mounts(Words& words, const json::Value& isolation) {
  unsigned masked = 0, read_only = 0;
  bool root_read_only = false;
  const json::Value* mounts = isolation.find("mounts");
  const json::Array none;
  for (const json::Value& line :
       mounts != nullptr && mounts->array() != nullptr ? *mounts->array() : none) {
    if (line.string() == nullptr) continue;
    const auto parts = split(*line.string(), ' ');
    if (parts.size() < 4) continue;
    const bool of_kernel = parts[1].starts_with("/proc/") || parts[1].starts_with("/sys");
    const bool only_read = parts[3] == "ro" || parts[3].starts_with("ro,");
    if (parts[1] == "/") root_read_only = only_read;
    if (of_kernel && (parts[2] == "tmpfs" || parts[2] == "devtmpfs"))
      ++masked;
    else if (of_kernel && only_read)
      ++read_only;
  }
  words.add("files of the kernel",
            format("{} masked, {} mounts read-only", masked, read_only),
            "--security-opt mask=PATH, unmask=PATH");
  words.add("root", root_read_only ? "read-only" : "its own layer is written", "--read-only");
}

}  // namespace

json::Value isolation_words(const json::Value& isolation) {
  Words words;
  add_namespaces(words, isolation);
  add_powers(words, isolation);
  add_mounts(words, isolation);
  words.add(
      "processes and memory", "as the control groups below say", "--pids-limit, --memory, --cpus");
  words.add("devices", "those of its /dev alone may be opened", "--device");
  return words.take();
}

}  // namespace isle::engine
