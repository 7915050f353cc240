// A filter with SCMP_ACT_NOTIFY: the kernel gives its installer a listener (seccomp_unotify(2)),
// which has to reach the parent, for the agent. Yet from that moment on any system call of init,
// the sending one too, may wait for the agent or be refused. So a second thread, made before and
// without the filter, sends it; init itself makes no call until that is done. The thread ends then:
// exec would end it, too, and nobody has to reap it.

#include <sys/syscall.h>

#include "kernel/raw/thread.h"
#include "runtime/init/state.h"

namespace isle::runtime::init {

namespace {

constexpr int kTimedOut = 110;
// A waiting step takes 10 to 140 cycles: between some seconds and a minute.
constexpr unsigned kPatience = 1U << 30;

struct Messenger {
  State state;   // its own, as both threads note their calls
  int ticket;    // 0: not yet; listener + 1; -1: there is none
  int finished;  // 1 when it makes no further use of its stack
  long result;
};

// Not on init's stack, which init goes on to use while the thread takes its last step.
Messenger messenger;
alignas(16) char stack[16384];

[[noreturn]] void deliver(void*) {
  constexpr std::int64_t kPause[2] = {0, 20'000};  // ns
  int ticket = 0;
  while ((ticket = __atomic_load_n(&messenger.ticket, __ATOMIC_ACQUIRE)) == 0) {
    kernel::raw::call(SYS_nanosleep, word(kPause));
  }
  if (ticket > 0) {
    Report record{};
    record.kind = ReportKind::Listener;
    messenger.result = report(messenger.state, record, ticket - 1);
  }
  __atomic_store_n(&messenger.finished, 1, __ATOMIC_RELEASE);
  for (;;) kernel::raw::call(SYS_exit, 0);
}

long await_messenger() {
  for (unsigned i = 0; i < kPatience; ++i) {
    if (__atomic_load_n(&messenger.finished, __ATOMIC_ACQUIRE) != 0) return messenger.result;
    kernel::raw::relax();
  }
  return -kTimedOut;
}

}  // namespace

long install_listener(State& state, const SystemCall& call) {
  messenger = {.state = state, .ticket = 0, .finished = 0, .result = 0};
  state.call = "clone";
  const long thread = kernel::raw::start_thread(deliver, nullptr, stack + sizeof stack);
  if (thread < 0) return thread;
  const long listener = traced(
      state, "seccomp", call.number, call.arguments[0], call.arguments[1], call.arguments[2]);
  const int ticket = listener < 0 ? -1 : static_cast<int>(listener) + 1;
  __atomic_store_n(&messenger.ticket, ticket, __ATOMIC_RELEASE);
  const long sent = await_messenger();
  if (listener < 0) return listener;
  if (sent < 0) set_text(state, "the runtime did not take the listener");
  return sent;
}

}  // namespace isle::runtime::init
