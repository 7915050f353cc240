// journald: entries of systemd's journal, by its native protocol: one datagram an entry to
// /run/systemd/journal/socket, "FIELD=text\n" for each field; a text with a line feed goes as
// "FIELD\n", its length in 64 bits, little endian, the text, "\n". Source: "Journal Native
// Protocol" of systemd's documentation. The fields are docker's and podman's. A journal that does
// not take an entry at once loses it: what is not kept is counted, the container never waits.
#include <cerrno>
#include <cstdint>

#include <sys/socket.h>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/unix_socket.h"
#include "monitor/log_drivers.h"

namespace isle::monitor {

namespace {

void append_field(std::string& out, std::string_view name, std::string_view text) {
  out += name;
  if (text.find('\n') == std::string_view::npos) {
    out.append("=").append(text).append("\n");
    return;
  }
  out += '\n';
  for (unsigned shift = 0; shift < 64; shift += 8) {
    out += static_cast<char>(static_cast<std::uint64_t>(text.size()) >> shift & 0xffU);
  }
  out.append(text).append("\n");
}

// Of labels and variables: letters, digits and "_", in capitals, not beginning with "_" or a digit.
std::string field_name(std::string_view name) {
  std::string field;
  for (const char c : name) {
    const bool small = c >= 'a' && c <= 'z';
    const bool fits = small || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    field += !fits ? '_' : (small ? static_cast<char>(c - 'a' + 'A') : c);
  }
  const std::size_t begin = field.find_first_not_of("_0123456789");
  return begin == std::string::npos ? std::string() : field.substr(begin);
}

class Journal final : public LogDriver {
 public:
  Journal(kernel::UniqueFd socket, std::string fields)
      : socket_(std::move(socket)), fields_(std::move(fields)) {}

  void add(const LogEntry& entry) override {
    // syslog(3): LOG_INFO and LOG_ERR.
    std::string datagram = entry.stream == 1 ? "PRIORITY=6\n" : "PRIORITY=3\n";
    datagram += fields_;
    if (!entry.complete) datagram += "CONTAINER_PARTIAL_MESSAGE=true\n";
    append_field(datagram, "MESSAGE", entry.text);
    const ssize_t sent =
        send(socket_.get(), datagram.data(), datagram.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0) return;
    if (lost_++ == 0) reason_ = fail_call(errno, "send(journal)").error().describe();
  }
  void flush() override {}
  std::string complaint() const override {
    if (lost_ == 0) return {};
    return format("{} lines of the container's output are not in the journal: {}", lost_, reason_);
  }

 private:
  kernel::UniqueFd socket_;
  std::string fields_;  // of every entry
  std::int64_t lost_ = 0;
  std::string reason_;  // of the first loss
};

}  // namespace

Result<std::unique_ptr<LogDriver>> make_journald_log(const record::Container& container,
                                                     const std::string& tag,
                                                     const oci::StringMap& attributes) {
  Result<kernel::UniqueFd> socket =
      kernel::connect_at(HostPath("/run/systemd/journal"), "socket", SOCK_DGRAM);
  if (!socket) {
    return std::unexpected(
        std::move(socket).error().advise("the log driver journald needs systemd's journal; "
                                         "json-file and k8s-file need nothing"));
  }
  constexpr std::size_t kShortId = 12;
  std::string fields;
  append_field(fields, "CONTAINER_ID", container.id.substr(0, kShortId));
  append_field(fields, "CONTAINER_ID_FULL", container.id);
  append_field(fields, "CONTAINER_NAME", container.name);
  append_field(fields, "IMAGE_NAME", container.storage.root.image);
  append_field(fields, "CONTAINER_TAG", tag);
  append_field(fields, "SYSLOG_IDENTIFIER", tag);
  for (const auto& [name, text] : attributes) {
    const std::string field = field_name(name);
    if (!field.empty()) append_field(fields, field, text);
  }
  return std::make_unique<Journal>(std::move(*socket), std::move(fields));
}

}  // namespace isle::monitor
