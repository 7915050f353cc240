#include "islet/log.h"

#include <ctime>

#include <unistd.h>

#include "base/json.h"
#include "base/strings.h"
#include "islet/time.h"
#include "kernel/fd.h"

namespace isle::islet {

namespace {

std::string_view to_string(Level level) {
  switch (level) {
    case Level::Error: return "error";
    case Level::Warning: return "warning";
    case Level::Info: return "info";
    case Level::Debug: return "debug";
  }
  return "unknown";
}

std::string line(const Log& log, Level level, std::string_view text) {
  const std::string now = rfc3339(time(nullptr));
  if (!log.json) {
    return format("time=\"{}\" level={} msg={}\n", now, to_string(level), json::write(text));
  }
  json::Value record;
  record["level"] = to_string(level);
  record["msg"] = text;
  record["time"] = now;
  return json::write(record) + "\n";
}

}  // namespace

Result<Level> parse_level(std::string_view text) {
  const std::string name = lower(text);
  if (name == "error" || name == "fatal" || name == "panic") return Level::Error;
  if (name == "warning" || name == "warn") return Level::Warning;
  if (name == "info") return Level::Info;
  if (name == "debug" || name == "trace") return Level::Debug;
  return fail(ErrorKind::InvalidArgument,
              format("--log-level {} is none", quoted(text)),
              "levels are error, warning, info and debug");
}

void Log::write(Level of, std::string_view text) const {
  if (!wants(of)) return;
  // Reporting must not fail what is reported on: a log that cannot be written is passed over.
  if (file.empty()) {
    static_cast<void>(kernel::write_all(
        STDERR_FILENO,
        json ? line(*this, of, text) : format("islet: {}: {}\n", to_string(of), text)));
    return;
  }
  const Result<kernel::UniqueFd> out = kernel::open_file(file, O_WRONLY | O_APPEND | O_CREAT, 0644);
  if (out) static_cast<void>(kernel::write_all(out->get(), line(*this, of, text)));
}

void Log::error(const Error& error) const {
  if (!file.empty() || json) {
    write(Level::Error,
          error.hint.empty() ? error.describe() : error.describe() + "; hint: " + error.hint);
  }
  if (!file.empty() || !json) print_error("islet", error);
}

}  // namespace isle::islet
