#include "image/layer/unpacker.h"

#include <unistd.h>
#include <cerrno>

#include "base/strings.h"
#include "image/installation.h"
#include "kernel/fd.h"
#include "kernel/process.h"

namespace isle::image {
namespace {

ErrorKind kind_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(ErrorKind::Internal); ++i) {
    const auto kind = static_cast<ErrorKind>(i);
    if (to_string(kind) == name) return kind;
  }
  return ErrorKind::Internal;
}

std::string text_member(const json::Value& reply, std::string_view name) {
  const json::Value* member = reply.find(name);
  const std::string* text = member == nullptr ? nullptr : member->string();
  return text == nullptr ? "" : *text;
}

Result<json::Value> understand(const std::string& output, const kernel::ExitStatus& end) {
  if (end.signal != 0) {
    return fail(ErrorKind::Internal, format("isle-unpack was killed by signal {}", end.signal));
  }
  Result<json::Value> reply = json::parse(output);
  if (!reply) {
    return fail(ErrorKind::Internal,
                format("isle-unpack ended with status {} and no reply", end.status));
  }
  const json::Value* good = reply->find("ok");
  if (good != nullptr && good->boolean() != nullptr && *good->boolean()) return reply;
  return fail(kind_named(text_member(*reply, "kind")),
              text_member(*reply, "error"),
              text_member(*reply, "hint"));
}

}  // namespace

Result<json::Value> ask_unpacker(const std::vector<std::string>& arguments, int blob, int output) {
  kernel::FdPair pipe = TRY(kernel::make_pipe());
  kernel::SpawnRequest request{
      .program = TRY(helper_program("isle-unpack")),
      .arguments = {"isle-unpack"},
      .env = std::vector<std::string>(),
      .fds = {{.from = blob, .to = STDIN_FILENO}, {.from = pipe.second.get(), .to = STDOUT_FILENO}},
      .new_session = false};
  if (output >= 0) request.fds.push_back({.from = output, .to = STDERR_FILENO + 1});
  request.arguments.insert(request.arguments.end(), arguments.begin(), arguments.end());
  const kernel::ChildProcess child = TRY(kernel::spawn(request));
  pipe.second.reset();
  const Result<std::string> reply = kernel::read_all(pipe.first.get());
  const kernel::ExitStatus end = TRY(kernel::wait_for(child.pidfd.get()));
  if (!reply) return std::unexpected(reply.error());
  return understand(*reply, end);
}

Result<void> check_digest(int blob, const oci::Digest& digest) {
  TRY(ask_unpacker({"check", digest.str()}, blob));
  if (lseek(blob, 0, SEEK_SET) < 0) return fail_call(errno, "lseek(blob)");
  return {};
}

Result<oci::Digest> digest_of(std::string_view bytes) {
  const kernel::UniqueFd file = TRY(kernel::make_memfd("document"));
  TRY(kernel::write_all(file.get(), bytes));
  if (lseek(file.get(), 0, SEEK_SET) < 0) return fail_call(errno, "lseek(document)");
  const json::Value reply = TRY(ask_unpacker({"digest", "sha256"}, file.get()));
  return oci::Digest::parse(text_member(reply, "digest"));
}

}  // namespace isle::image
