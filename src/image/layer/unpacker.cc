#include "image/layer/unpacker.h"

#include <cerrno>
#include <csignal>

#include <unistd.h>

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

Result<Unpacking> Unpacking::start(const std::vector<std::string>& arguments, const Fds& fds) {
  kernel::FdPair pipe = TRY(kernel::make_pipe());
  kernel::SpawnRequest request{.program = TRY(helper_program("isle-unpack")),
                               .arguments = {"isle-unpack"},
                               .env = std::vector<std::string>(),
                               .fds = {{.from = fds.input, .to = STDIN_FILENO},
                                       {.from = pipe.second.get(), .to = STDOUT_FILENO}},
                               .new_session = false};
  int number = STDERR_FILENO;
  for (const int extra : {fds.extra, fds.layer_lock, fds.blob_lock}) {
    ++number;
    if (extra >= 0) request.fds.push_back({.from = extra, .to = number});
  }
  number = kFirstDirectory;
  for (const int directory : fds.directories) {
    request.fds.push_back({.from = directory, .to = number++});
  }
  request.arguments.insert(request.arguments.end(), arguments.begin(), arguments.end());
  Unpacking unpacking;
  unpacking.child_ = TRY(kernel::spawn(request));
  unpacking.reply_ = std::move(pipe.first);
  return unpacking;
}

Unpacking::~Unpacking() {
  if (!child_.pidfd) return;
  static_cast<void>(kernel::send_signal(child_.pidfd.get(), SIGKILL));
  static_cast<void>(kernel::wait_for(child_.pidfd.get()));
}

Result<json::Value> Unpacking::finish() {
  const Result<std::string> output = kernel::read_all(reply_.get());
  const kernel::UniqueFd process = std::move(child_.pidfd);
  const kernel::ExitStatus end = TRY(kernel::wait_for(process.get()));
  if (!output) return std::unexpected(output.error());
  const Result<json::Value> reply = json::parse(*output);
  const json::Value* ended = reply ? reply->find("inputEnded") : nullptr;
  input_ended_ = ended != nullptr && ended->boolean() != nullptr && *ended->boolean();
  return understand(*output, end);
}

Result<json::Value> ask_unpacker(const std::vector<std::string>& arguments, int blob, int output) {
  return TRY(Unpacking::start(arguments, {.input = blob, .extra = output})).finish();
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
