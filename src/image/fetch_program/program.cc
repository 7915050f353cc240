#include "image/fetch_program/program.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"
#include "base/strings.h"
#include "image/fetch_options.h"
#include "image/fetch_program/configuration.h"
#include "image/fetch_program/sandbox.h"
#include "image/fetch_program/server.h"
#include "image/fetch_wire.h"

namespace isle::image {
namespace {

constexpr unsigned kSilence = 60;

// ISLE_FETCH_TIMEOUT: seconds without a byte after which a server counts as dead.
Result<unsigned> silence() {
  const char* text = std::getenv("ISLE_FETCH_TIMEOUT");
  if (text == nullptr || *text == '\0') return kSilence;
  const unsigned long long seconds = TRY(parse_uint(text, "ISLE_FETCH_TIMEOUT"));
  if (seconds == 0 || seconds > 86400) {
    return fail(ErrorKind::InvalidArgument, "ISLE_FETCH_TIMEOUT is 1 to 86400 seconds");
  }
  return static_cast<unsigned>(seconds);
}

json::Value ready(const std::vector<std::string>& warnings) {
  json::Value head;
  head["ok"] = true;
  head["warnings"] = json::Value(warnings);
  return head;
}

// {"resolve":"busybox"}: what the configuration makes of a short name, and that is all.
// {"searchList":true}: where short names are looked for.
Result<void> tell_names(int socket, const json::Value& opening) {
  const Registries registries = TRY(load_registries());
  json::Value head = ready(registries.warnings);
  const std::string name = text_member(opening, "resolve");
  head["names"] =
      json::Value(name.empty() ? search_list(registries) : TRY(meanings(registries, name)));
  return send_packet(socket, head);
}

Result<void> serve_one(int socket, const json::Value& opening) {
  const json::Value* given = opening.find("options");
  const FetchOptions options = read_fetch_options(given == nullptr ? json::Value() : *given);
  const Patience patience{.retries = options.retries.value_or(Patience{}.retries),
                          .wants_answer = options.short_name && !options.retries,
                          .delay = std::chrono::seconds(options.retry_delay)};
  const Registries registries = TRY(load_registries());
  std::vector<Source> sources = TRY(find_sources(
      registries, text_member(opening, "domain"), text_member(opening, "repository"), options));
  Registry registry(std::move(sources), patience, TRY(silence()));
  const std::vector<std::string> walls =
      TRY_STEP(enter_fetch_sandbox(), "give up isle-fetch's privileges");
  json::Value head = ready(registries.warnings);
  head["walls"] = json::Value(walls);
  TRY(send_packet(socket, head));
  serve(socket, registry);
  // Threads may be anywhere, and what they do is of no use to anybody any more.
  std::_Exit(0);
}

}  // namespace

int fetch_main(std::span<char* const> arguments) {
  constexpr int kSocket = STDIN_FILENO;
  const Result<std::optional<Packet>> opening =
      arguments.size() == 1 ? receive_packet(kSocket) : std::nullopt;
  if (!opening || !*opening) {
    static_cast<void>(std::fputs("isle-fetch is started by isle, not by hand\n", stderr));
    return kExitEngine;
  }
  // Who reads a blob may go away.
  static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
  const json::Value& head = (*opening)->head;
  const bool names_only = head.find("resolve") != nullptr || head.find("searchList") != nullptr;
  const Result<void> served = names_only ? tell_names(kSocket, head) : serve_one(kSocket, head);
  if (served) return 0;
  json::Value failure;
  write_failure(failure, served.error());
  static_cast<void>(send_packet(kSocket, failure));
  return 0;
}

}  // namespace isle::image
