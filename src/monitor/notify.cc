#include "monitor/notify.h"

#include <cerrno>
#include <limits>
#include <optional>

#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::monitor {

namespace {

class NotifyChore final : public Chore {
 public:
  explicit NotifyChore(runtime::Notifier notifier) : notifier_(std::move(notifier)) {}

  void watch(std::vector<pollfd>& set) override {
    set.push_back({.fd = notifier_ ? notifier_->fd() : -1, .events = POLLIN, .revents = 0});
    set.push_back({.fd = -1, .events = 0, .revents = 0});
  }
  std::int64_t deadline() const override { return std::numeric_limits<std::int64_t>::max(); }
  int turn(std::int64_t) override {
    if (!notifier_) return 0;
    const Result<bool> told = notifier_->take({getpid()});
    // Said once. A manager that is gone is not asked again.
    if (!told || *told) notifier_.reset();
    return 0;
  }
  void end() override {
    // What its command said last may still lie there.
    static_cast<void>(turn(0));
    notifier_.reset();
  }
  bool wants_restart() const override { return false; }

 private:
  std::optional<runtime::Notifier> notifier_;
};

}  // namespace

bool is_awaited(const record::Container& container) {
  return container.life.sd_notify != "ignore" && !runtime::notify_address().empty();
}

Result<std::unique_ptr<Chore>> offer_ready_socket(const HostPath& directory,
                                                  const record::Container& container,
                                                  oci::Spec& spec) {
  if (!container.life.sd_notify.empty() || !is_awaited(container)) return nullptr;
  const HostPath own = directory / "notify";
  if (mkdir(own.c_str(), 0755) != 0 && errno != EEXIST) {
    return fail_call(errno, format("mkdir({})", own.str()));
  }
  // Of an earlier run.
  static_cast<void>(unlink((own / "notify").c_str()));
  TRY(runtime::offer_notify_socket(spec, own));
  return std::make_unique<NotifyChore>(TRY(runtime::Notifier::open_in(own)));
}

void say_ready() {
  static_cast<void>(runtime::tell_manager(format("READY=1\nMAINPID={}\n", getpid()), false));
}

}  // namespace isle::monitor
