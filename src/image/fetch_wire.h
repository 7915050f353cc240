#pragma once
// The protocol between isle and isle-fetch: packets of JSON over a SOCK_SEQPACKET pair, unix(7),
// some with a descriptor. What may be long (manifests, lists) travels as a memfd.
//
//   isle        {"domain":..., "repository":..., "options":{...}}   once, first
//   isle-fetch  {"ok":true, "walls":[...], "warnings":[...]}        or a failure: then it ends
//   isle        {"ticket":1, "do":"manifest", "what":"latest"}      any number, any time
//   isle-fetch  {"ticket":1, "ok":true, ...}                        each has one end,
//               {"ticket":2, "received":65536}                      and blobs have progress
//
// A failure is {"ok":false, "kind":..., "error":..., "hint":...}. isle-fetch ends, with all that it
// is doing, when the socket closes.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "kernel/fd.h"

namespace isle::image {

struct Packet {
  json::Value head;
  kernel::UniqueFd fd;  // if one came with it
};

// Errors: Unavailable if the other end has closed.
Result<void> send_packet(int socket, const json::Value& head, int fd = -1);
// Waits; nullopt when the other end has closed.
Result<std::optional<Packet>> receive_packet(int socket);

// A text as a memfd, and back.
Result<kernel::UniqueFd> text_file(std::string_view text);
Result<std::string> file_text(int fd);

void write_failure(json::Value& head, const Error& error);
Error read_failure(const json::Value& head);
bool is_good(const json::Value& head);

// Absent, or of another kind: "", 0 and none.
std::string text_member(const json::Value& value, std::string_view name);
std::int64_t number_member(const json::Value& value, std::string_view name);
std::vector<std::string> texts_member(const json::Value& value, std::string_view name);

}  // namespace isle::image
