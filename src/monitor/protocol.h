#pragma once
// What isle and isle-monitor say to each other on a SOCK_SEQPACKET socket: one frame a packet, a
// head of eight bytes and at most kMaxPayload bytes behind it. The first connection is descriptor
// 3 of the monitor (spawn.h); later ones arrive at the attach socket (client.h).
//
//          first client          monitor           a client of the attach socket
//                                launching
//     ◀── Warning* Plan* ──────────┤
//     ◀── Failed ──────────────────┤──▶ ends, nothing is left
//     ◀── Started ───────────── running ──────────────── Started ──▶
//     ──▶ Stdin StdinEnd Resize Signal CloseOutput ◀───────────────
//     ◀── StdinTaken Stdout Stderr Warning ────────────────────────▶
//     ──▶ Detach, or end of file ◀─────────────────────────────────
//                                drained
//     ◀── Exited ──────────────────┤──────────────────── Exited ──▶
//     ──▶ Done, or end of file ──▶ clean-up, unless Done said that the client does it
//                                ends
//
// Back-pressure. Output: while a frame cannot be sent the monitor reads no more output, so that
// the container blocks in write(2) as it would on a full pipe. The first client may hold it as long
// as it likes, as the reader of a pipe may; any other is dropped once it has held it for a second.
// Input: a client has at most one Stdin frame under way and waits for StdinTaken before it sends
// the next, so a container that does not read its input never keeps a Signal from arriving.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace isle::monitor {

enum class FrameType : std::uint8_t {
  // client to monitor
  Stdin = 1,    // payload: bytes for the container's input
  StdinEnd,     // there is no more input
  Resize,       // value: rows << 16 | columns
  Signal,       // value: number of the signal for the container's init
  CloseOutput,  // value: 1 or 2; nobody reads this stream any more (first client only)
  Detach,       // the client goes; the container stays
  Done,         // the client removes the container, the monitor need not
  Mute,         // the client wants no output, but to be told of the end

  // monitor to client
  Warning = 64,  // payload: a line for the user
  Plan,          // payload: the plan with the times of its steps, in the form asked for
  Started,       // value: pid of the container's init
  Failed,        // value: exit status (125, 126 or 127); payload: the error, as JSON
  StdinTaken,    // the last Stdin frame has been written
  Stdout,        // payload: output; all of a terminal's is Stdout
  Stderr,
  Exited,  // value: exit status; payload: ExitRecord, as JSON
};

struct FrameHead {
  FrameType type = FrameType::Detach;
  bool more = false;  // the payload goes on in the next frame of this type
  std::int32_t value = 0;
};

// A whole pipe; the smallest SO_SNDBUF the kernel gives (net.core.wmem_default) holds three.
inline constexpr std::size_t kMaxPayload = 65536;
inline constexpr std::size_t kHeadBytes = 8;
inline constexpr std::size_t kMaxFrame = kHeadBytes + kMaxPayload;

// The head as it travels: type, more, two zero bytes, value in the machine's byte order.
void encode_head(const FrameHead& head, char (&bytes)[kHeadBytes]);

struct Frame {
  FrameHead head;
  std::string_view payload;  // lies in the packet
};
// Corrupt: shorter than a head, or no type of FrameType.
Result<Frame> decode_frame(std::string_view packet);

// How a container ended: one line of exits.jsonl beside its record, and the payload of Exited.
struct ExitRecord {
  int status = 0;  // 128 + signal when a signal ended it
  int signal = 0;
  bool oom_killed = false;
  std::int64_t memory_limit = 0;  // bytes, told with oom_killed; 0: not known
  std::int64_t memory_peak = 0;
  std::int64_t started_ns = 0;  // since 1970
  std::int64_t finished_ns = 0;
  std::int64_t restarts = 0;  // so many times its monitor has started it again before this end
  std::string error = {};     // what went wrong while it was cleared away; empty: nothing
};
// "out of memory: the kernel killed PID 1; limit 32.0 MiB, peak 32.0 MiB"
std::string oom_words(const ExitRecord& record);
json::Value write_exit(const ExitRecord& record);
Result<ExitRecord> read_exit(std::string_view text);

json::Value write_error(const Error& error);
Result<Error> read_error(std::string_view text);

// The exit status `run` ends with when a launch failed with `error`: 126 or 127 when it was the
// command that could not be executed, else 125.
int launch_exit_status(const Error& error);

}  // namespace isle::monitor
