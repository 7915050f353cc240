// docker's json-file: an object a line, {"log":"text\n","stream":"stdout","time":"..."}. What is no
// UTF-8 becomes U+FFFD, since JSON has no other text.
#include "base/json.h"
#include "monitor/log_drivers.h"
#include "monitor/log_text.h"

namespace isle::monitor {

namespace {

class JsonFile final : public LogDriver {
 public:
  JsonFile(LogFile file, const oci::StringMap& attributes) : file_(std::move(file)) {
    if (attributes.empty()) return;
    attributes_ = ",\"attrs\":";
    attributes_ += json::write(json::Value(attributes));
  }

  void add(const LogEntry& entry) override {
    line_ = "{\"log\":\"";
    append_json_text(line_, entry.text);
    line_ += entry.complete ? "\\n\",\"stream\":\"" : "\",\"stream\":\"";
    line_ += entry.stream == 1 ? "stdout\"" : "stderr\"";
    line_ += attributes_;
    line_ += ",\"time\":\"";
    line_ += log_time(entry.time_ns);
    line_ += "\"}\n";
    file_.add(line_);
  }
  void flush() override {
    file_.flush();
    line_ = std::string();
  }
  std::string complaint() const override { return file_.complaint(); }

 private:
  LogFile file_;
  std::string attributes_, line_;
};

}  // namespace

std::unique_ptr<LogDriver> make_json_file_log(LogFile file, const oci::StringMap& attributes) {
  return std::make_unique<JsonFile>(std::move(file), attributes);
}

}  // namespace isle::monitor
