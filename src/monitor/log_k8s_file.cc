// k8s-file, as the kubelet and podman have it: "TIME stdout F text", a line each; P instead of F
// where the line goes on in the next one.
#include "monitor/log_drivers.h"
#include "monitor/log_text.h"

namespace isle::monitor {

namespace {

class K8sFile final : public LogDriver {
 public:
  explicit K8sFile(LogFile file) : file_(std::move(file)) {}

  void add(const LogEntry& entry) override {
    line_ = log_time(entry.time_ns);
    line_ += entry.stream == 1 ? " stdout " : " stderr ";
    line_ += entry.complete ? "F " : "P ";
    line_ += entry.text;
    line_ += '\n';
    file_.add(line_);
  }
  void flush() override {
    file_.flush();
    line_ = std::string();
  }
  std::string complaint() const override { return file_.complaint(); }

 private:
  LogFile file_;
  std::string line_;
};

}  // namespace

std::unique_ptr<LogDriver> make_k8s_file_log(LogFile file) {
  return std::make_unique<K8sFile>(std::move(file));
}

}  // namespace isle::monitor
