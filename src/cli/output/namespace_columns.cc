#include "cli/output/namespace_columns.h"

#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "base/strings.h"

namespace isle::cli {
namespace {

constexpr std::array kFiles = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};

// "4026531840" of "mnt:[4026531840]".
std::string number_of(int pid, const char* file) {
  char text[64];
  const std::string path = format("/proc/{}/ns/{}", pid, file);
  const ssize_t length = readlink(path.c_str(), text, sizeof text);
  if (length <= 0) return {};
  const std::string_view link(text, static_cast<std::size_t>(length));
  const std::size_t begin = link.find('[');
  if (begin == std::string_view::npos || !link.ends_with(']')) return {};
  return std::string(link.substr(begin + 1, link.size() - begin - 2));
}

}  // namespace

std::span<const Field> namespace_fields() {
  static constexpr std::array kFields = {Field{"CGROUPNS", "CGROUPNS"},
                                         Field{"IPC", "IPC"},
                                         Field{"MNT", "MNT"},
                                         Field{"NET", "NET"},
                                         Field{"PIDNS", "PIDNS"},
                                         Field{"TIMENS", "TIMENS"},
                                         Field{"USERNS", "USERNS"},
                                         Field{"UTS", "UTS"}};
  static_assert(kFields.size() == kFiles.size());
  return kFields;
}

void add_namespaces(const engine::Listed& listed, json::Value& row) {
  const std::span<const Field> fields = namespace_fields();
  for (std::size_t i = 0; i < fields.size(); ++i) {
    row[fields[i].name] =
        listed.running() ? number_of(listed.state->pid.value, kFiles[i]) : std::string();
  }
}

}  // namespace isle::cli
