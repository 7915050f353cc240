#include "base/error.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <unistd.h>

namespace isle {

std::string_view to_string(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::System: return "system";
    case ErrorKind::NotFound: return "not found";
    case ErrorKind::Conflict: return "conflict";
    case ErrorKind::InvalidArgument: return "invalid argument";
    case ErrorKind::Denied: return "denied";
    case ErrorKind::Unsupported: return "unsupported";
    case ErrorKind::Unavailable: return "unavailable";
    case ErrorKind::Timeout: return "timeout";
    case ErrorKind::Corrupt: return "corrupt";
    case ErrorKind::Internal: return "internal";
  }
  return "unknown";
}

std::string errno_words(int errnum) {
  const char* words = strerrordesc_np(errnum);
  const char* name = strerrorname_np(errnum);
  if (words == nullptr || name == nullptr) return "errno " + std::to_string(errnum);
  return std::string(words) + " (" + name + ")";
}

std::string Error::describe() const {
  std::string text;
  const auto append = [&text](std::string_view part) {
    if (part.empty()) return;
    if (!text.empty()) text += ": ";
    text += part;
  };
  for (const std::string& step : steps) append(step);
  append(message);
  append(call);
  if (errnum != 0) append(errno_words(errnum));
  return text;
}

Error Error::within(std::string_view step) && {
  steps.insert(steps.begin(), std::string(step));
  return std::move(*this);
}

Error Error::advise(std::string_view advice) && {
  if (hint.empty()) hint = advice;
  return std::move(*this);
}

ErrorKind kind_of_errno(int errnum) {
  switch (errnum) {
    case EPERM:
    case EACCES:
    case EROFS: return ErrorKind::Denied;
    case ENOENT:
    case ESRCH:
    case ENXIO: return ErrorKind::NotFound;
    case EEXIST:
    case EBUSY:
    case ENOTEMPTY: return ErrorKind::Conflict;
    case EINVAL:
    case ENAMETOOLONG:
    case ENOTDIR:
    case EISDIR:
    case ELOOP: return ErrorKind::InvalidArgument;
    case ENOSYS:
    case EOPNOTSUPP:
    case ENODEV: return ErrorKind::Unsupported;
    case ETIMEDOUT: return ErrorKind::Timeout;
    case ENOSPC:
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
    case ECONNREFUSED: return ErrorKind::Unavailable;
    default: return ErrorKind::System;
  }
}

std::unexpected<Error> fail(ErrorKind kind, std::string message, std::string hint) {
  Error error;
  error.kind = kind;
  error.message = std::move(message);
  error.hint = std::move(hint);
  return std::unexpected(std::move(error));
}

std::unexpected<Error> fail_call(int errnum,
                                 std::string call,
                                 std::string message,
                                 std::string hint) {
  Error error;
  error.kind = kind_of_errno(errnum);
  error.message = std::move(message);
  error.call = std::move(call);
  error.errnum = errnum;
  error.hint = std::move(hint);
  return std::unexpected(std::move(error));
}

int command_exit_status(int errnum) {
  return errnum == ENOENT ? kExitNotFound : kExitNotExecutable;
}

void print_error(std::string_view program, const Error& error) {
  std::string text = std::string(program) + ": " + error.describe() + "\n";
  if (!error.hint.empty()) text += "hint: " + error.hint + "\n";
  // One write, so that lines of several processes do not mix.
  if (write(STDERR_FILENO, text.data(), text.size()) < 0) return;
}

namespace detail {

std::unexpected<Error> pass_on(Error&& error) { return std::unexpected(std::move(error)); }

void die(const Error& error, const char* file, int line) {
  print_error("isle: internal error at " + std::string(file) + ":" + std::to_string(line), error);
  std::abort();
}
}  // namespace detail

}  // namespace isle
