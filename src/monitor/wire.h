#pragma once
// Frames over the socket: unix(7), SOCK_SEQPACKET. A packet is sent whole or not at all, so there
// is never half a frame to remember.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "monitor/protocol.h"

namespace isle::monitor {

enum class Sent : std::uint8_t {
  Yes,
  Full,  // only with Wait::No: the peer has not read enough yet
  Gone,  // the peer has closed its end
};
enum class Wait : std::uint8_t { Yes, No };

Result<Sent> send_frame(int socket, const FrameHead& head, std::string_view payload, Wait wait);
// A text of any length, cut into frames; Gone if the peer went meanwhile. Waits.
Result<Sent> send_text(int socket, FrameHead head, std::string_view text);

// The next packet into `buffer` (kMaxFrame bytes); what it gives lies there.
struct Received {
  enum class Kind : std::uint8_t { Frame, Nothing, End } kind = Kind::Nothing;
  Frame frame;
};
Result<Received> receive_frame(int socket, std::span<char> buffer, Wait wait);

}  // namespace isle::monitor
