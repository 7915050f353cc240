#include "monitor/protocol.h"

#include <cstring>

#include "base/strings.h"

namespace isle::monitor {

namespace {

bool is_known(std::uint8_t type) {
  const auto within = [type](FrameType first, FrameType last) {
    return type >= static_cast<std::uint8_t>(first) && type <= static_cast<std::uint8_t>(last);
  };
  return within(FrameType::Stdin, FrameType::Mute) || within(FrameType::Warning, FrameType::Exited);
}

std::string text_of(const json::Value& object, std::string_view key) {
  const json::Value* member = object.find(key);
  const std::string* text = member == nullptr ? nullptr : member->string();
  return text == nullptr ? std::string() : *text;
}

std::int64_t number_of(const json::Value& object, std::string_view key) {
  const json::Value* member = object.find(key);
  const std::int64_t* number = member == nullptr ? nullptr : member->integer();
  return number == nullptr ? 0 : *number;
}

ErrorKind kind_named(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(ErrorKind::Internal); ++i) {
    if (to_string(static_cast<ErrorKind>(i)) == name) return static_cast<ErrorKind>(i);
  }
  return ErrorKind::Internal;
}

}  // namespace

void encode_head(const FrameHead& head, char (&bytes)[kHeadBytes]) {
  std::memset(bytes, 0, sizeof bytes);
  bytes[0] = static_cast<char>(head.type);
  bytes[1] = head.more ? 1 : 0;
  std::memcpy(bytes + 4, &head.value, sizeof head.value);
}

Result<Frame> decode_frame(std::string_view packet) {
  if (packet.size() < kHeadBytes) {
    return fail(ErrorKind::Corrupt,
                format("a frame of {} bytes is shorter than its head", packet.size()));
  }
  const auto type = static_cast<std::uint8_t>(packet[0]);
  if (!is_known(type)) {
    return fail(ErrorKind::Corrupt,
                format("a frame of unknown type {}", type),
                "isle and the container's isle-monitor are of different versions");
  }
  Frame frame{.head = {.type = static_cast<FrameType>(type), .more = packet[1] != 0},
              .payload = packet.substr(kHeadBytes)};
  std::memcpy(&frame.head.value, packet.data() + 4, sizeof frame.head.value);
  return frame;
}

std::string oom_words(const ExitRecord& record) {
  constexpr int kKill = 9;
  const auto mebibytes = [](std::int64_t bytes) {
    return bytes == 0 ? std::string("not known")
                      : format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20));
  };
  return format("out of memory: the kernel killed {}; limit {}, peak {}",
                record.signal == kKill ? "PID 1" : "a child, PID 1 went on",
                mebibytes(record.memory_limit),
                mebibytes(record.memory_peak));
}

json::Value write_exit(const ExitRecord& record) {
  json::Value value;
  value["status"] = record.status;
  if (record.signal != 0) value["signal"] = record.signal;
  if (record.oom_killed) value["oom_killed"] = true;
  if (record.memory_limit != 0) value["memory_limit"] = record.memory_limit;
  if (record.memory_peak != 0) value["memory_peak"] = record.memory_peak;
  value["started_ns"] = record.started_ns;
  value["finished_ns"] = record.finished_ns;
  if (record.restarts != 0) value["restarts"] = record.restarts;
  if (!record.error.empty()) value["error"] = record.error;
  return value;
}

Result<ExitRecord> read_exit(std::string_view text) {
  const json::Value value = TRY_STEP(json::parse(text), "read how the container ended");
  const json::Value* status = value.find("status");
  if (status == nullptr || status->integer() == nullptr) {
    return fail(ErrorKind::Corrupt, "the record of the container's end has no \"status\"");
  }
  const json::Value* oom = value.find("oom_killed");
  return ExitRecord{
      .status = static_cast<int>(*status->integer()),
      .signal = static_cast<int>(number_of(value, "signal")),
      .oom_killed = oom != nullptr && oom->boolean() != nullptr && *oom->boolean(),
      .memory_limit = number_of(value, "memory_limit"),
      .memory_peak = number_of(value, "memory_peak"),
      .started_ns = number_of(value, "started_ns"),
      .finished_ns = number_of(value, "finished_ns"),
      .restarts = number_of(value, "restarts"),
      .error = text_of(value, "error"),
  };
}

json::Value write_error(const Error& error) {
  json::Value value;
  value["kind"] = to_string(error.kind);
  value["message"] = error.message;
  value["call"] = error.call;
  value["errno"] = error.errnum;
  value["steps"] = error.steps;
  value["hint"] = error.hint;
  return value;
}

Result<Error> read_error(std::string_view text) {
  const json::Value value = TRY_STEP(json::parse(text), "read the monitor's error");
  Error error;
  error.kind = kind_named(text_of(value, "kind"));
  error.message = text_of(value, "message");
  error.call = text_of(value, "call");
  error.errnum = static_cast<int>(number_of(value, "errno"));
  error.hint = text_of(value, "hint");
  const json::Value* steps = value.find("steps");
  if (steps != nullptr && steps->array() != nullptr) {
    for (const json::Value& step : *steps->array()) {
      if (step.string() != nullptr) error.steps.push_back(*step.string());
    }
  }
  return error;
}

int launch_exit_status(const Error& error) {
  return error.call.starts_with("exec") ? command_exit_status(error.errnum) : kExitEngine;
}

}  // namespace isle::monitor
