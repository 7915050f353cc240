#include "image/fetch_program/program.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include <sys/socket.h>
#include <unistd.h>

#include "base/json.h"
#include "base/strings.h"
#include "image/fetch_options.h"
#include "image/fetch_program/server.h"
#include "image/fetch_program/url.h"
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

std::vector<Source> sources_for(const json::Value& opening, const FetchOptions& options) {
  Source source;
  source.name = text_member(opening, "domain");
  source.host = source.name == "docker.io" ? "registry-1.docker.io" : source.name;
  source.repository = text_member(opening, "repository");
  source.insecure = options.tls_verify && !*options.tls_verify;
  source.loopback = is_loopback(source.host);
  source.identity.verify = !source.insecure;
  return {source};
}

Result<void> serve_one(int socket, const json::Value& opening) {
  const json::Value* given = opening.find("options");
  const FetchOptions options = read_fetch_options(given == nullptr ? json::Value() : *given);
  const Patience patience{.retries = options.retries,
                          .delay = std::chrono::seconds(options.retry_delay)};
  Registry registry(sources_for(opening, options), patience, TRY(silence()));
  json::Value ready;
  ready["ok"] = true;
  TRY(send_packet(socket, ready));
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
  const Result<void> served = serve_one(kSocket, (*opening)->head);
  if (served) return 0;
  json::Value head;
  write_failure(head, served.error());
  static_cast<void>(send_packet(kSocket, head));
  return 0;
}

}  // namespace isle::image
