#pragma once
// Why: every failure of isle is a value that names the thing, the steps that led to it, the
// system call with its arguments, errno in words and what to do. One table maps the kind to an
// exit status. See docs/patterns.md, "Errors".

#include <expected>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace isle {

enum class ErrorKind : unsigned char {
  System,           // a system call failed in a way nobody foresaw
  NotFound,         // the named thing does not exist
  Conflict,         // the name is taken, or the state does not allow it
  InvalidArgument,  // what the user wrote cannot be meant
  Denied,           // permissions forbid it
  Unsupported,      // isle or this kernel does not have it
  Unavailable,      // a peer or resource is out of reach for now
  Timeout,          // it took longer than allowed
  Corrupt,          // stored data is damaged
  Internal,         // a defect of isle
};

// The name of the kind in lower case, for logs and JSON ("not found").
std::string_view to_string(ErrorKind kind);

struct Error {
  ErrorKind kind = ErrorKind::Internal;
  std::string message;             // what is wrong, the object quoted; no full stop
  std::string call;                // "mount(proc on /proc, nosuid)"; empty if no call failed
  int errnum = 0;                  // errno of `call`, 0 if none
  std::vector<std::string> steps;  // what was being done, outermost first
  std::string hint;                // what to do about it; may be empty

  // "step: step: message: call: Operation not permitted (EPERM)", without the hint.
  std::string describe() const;
  // The same error seen from one step further out.
  [[gnu::cold]] Error within(std::string_view step) &&;
  // The same error with advice; an advice that is already there stays.
  [[gnu::cold]] Error advise(std::string_view hint) &&;
};

template <typename T>
using Result = std::expected<T, Error>;

// "Cold" here and above: code that only leads to an error is laid apart from the rest, so that
// fewer pages of the program are touched where nothing fails.

// An error without a system call.
[[gnu::cold]] std::unexpected<Error> fail(ErrorKind kind,
                                          std::string message,
                                          std::string hint = {});
// An error of system call `call` (written as the reader would: name and arguments); the kind
// follows from errno.
[[gnu::cold]] std::unexpected<Error> fail_call(int errnum,
                                               std::string call,
                                               std::string message = {},
                                               std::string hint = {});

// The kind that `errnum` usually means (EPERM -> Denied, ENOENT -> NotFound ...).
ErrorKind kind_of_errno(int errnum);
// "Operation not permitted (EPERM)".
std::string errno_words(int errnum);
// docker's and podman's exit status for a failure of the engine: 125, 126 (not executable) or
// 127 (not found) are for the command itself, see command_exit_status.
inline constexpr int kExitEngine = 125;
inline constexpr int kExitNotExecutable = 126;
inline constexpr int kExitNotFound = 127;
// The status `run` and `exec` end with when the *command* could not be executed.
int command_exit_status(int errnum);

// Writes "isle: ..." and the hint to standard error. `program` is the prefix.
void print_error(std::string_view program, const Error& error);

namespace detail {
template <typename T>
T take(Result<T>&& result) {
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}
[[gnu::cold]] std::unexpected<Error> pass_on(Error&& error);
[[noreturn]] void die(const Error& error, const char* file, int line);
}  // namespace detail

}  // namespace isle

// Value of a Result, or return its error.
#define TRY(expression) DETAIL_TRY(expression, error(), __COUNTER__)
// The same, adding what was being done.
#define TRY_STEP(expression, step) DETAIL_TRY(expression, error().within(step), __COUNTER__)
// Value of a Result whose failure would be a defect of isle: ends the program, says where.
#define MUST(expression)                                                              \
  __extension__({                                                                     \
    auto must_result_ = (expression);                                                 \
    if (!must_result_) ::isle::detail::die(must_result_.error(), __FILE__, __LINE__); \
    ::isle::detail::take(std::move(must_result_));                                    \
  })

// One TRY may stand in another: each has a variable of its own, named by a number.
#define DETAIL_TRY(expression, failure, number) DETAIL_TRY_NAMED(expression, failure, number)
#define DETAIL_TRY_NAMED(expression, failure, number)                         \
  __extension__({                                                             \
    auto try_result_##number = (expression);                                  \
    if (!try_result_##number) {                                               \
      return ::isle::detail::pass_on(std::move(try_result_##number).failure); \
    }                                                                         \
    ::isle::detail::take(std::move(try_result_##number));                     \
  })
