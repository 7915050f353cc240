// What init tells its parent, and how it waits. See runtime/report.h.

#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "runtime/init/state.h"

namespace isle::runtime::init {

namespace {
constexpr int kInterrupted = 4;
constexpr int kPipe = 32;

void copy_text(char* to, unsigned size, const char* from) {
  unsigned i = 0;
  while (from != nullptr && from[i] != '\0' && i + 1 < size) {
    to[i] = from[i];
    ++i;
  }
  to[i] = '\0';
}
}  // namespace

void set_text(State& state, const char* text) { copy_text(state.text, sizeof state.text, text); }

long report(State& state, const Report& record, int fd_to_send) {
  Report copy = record;
  iovec part{.iov_base = &copy, .iov_len = sizeof copy};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (fd_to_send >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    auto* header = reinterpret_cast<cmsghdr*>(control);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    *reinterpret_cast<int*>(CMSG_DATA(header)) = fd_to_send;
  }
  long result = -kInterrupted;
  while (result == -kInterrupted) {
    result = traced(state, "sendmsg", SYS_sendmsg, state.report_fd, word(&message), MSG_NOSIGNAL);
  }
  return result < 0 ? result : 0;
}

long await_barrier(State& state, Barrier barrier) {
  Report record{};
  long result = -kInterrupted;
  while (result == -kInterrupted) {
    result = traced(state, "read", SYS_read, state.report_fd, word(&record), sizeof record);
  }
  if (result < 0) return result;
  const bool right =
      result == sizeof record && record.kind == ReportKind::Go && record.barrier == barrier;
  if (!right) set_text(state, "the runtime went away before this container was ready");
  return right ? 0 : -kPipe;
}

void report_failure(State& state, const Step& step, int errnum) {
  Report record{};
  record.kind = ReportKind::Failed;
  record.step = step.index;
  const Program& program = *state.program;
  record.left = program.steps[program.count - 1].index - step.index;
  record.errnum = errnum;
  copy_text(record.call, sizeof record.call, state.call);
  copy_text(record.text, sizeof record.text, state.text);
  report(state, record, -1);
}

}  // namespace isle::runtime::init
