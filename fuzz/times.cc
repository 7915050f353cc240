// Moments and spans of the command line: --since, --until, --health-interval. Read, or refused in
// words; a time of a log is read as it was written.

#include "base/times.h"
#include "check.h"
#include "monitor/log_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isle;
  const std::string_view text = fuzz::text_of(data, size);
  constexpr std::int64_t kNow = 1'700'000'000'000'000'000;
  const auto span = parse_duration(text, "since");
  fuzz::check(!span || *span >= 0, "a span is not negative");
  fuzz::check(span || !span.error().describe().empty(), "a refusal has words");
  static_cast<void>(parse_moment(text, "since", kNow));
  const auto time = parse_log_time(text);
  // Years of four digits.
  constexpr std::int64_t kYear9999 = 253'402'300'799;
  if (!time || *time < 0 || *time / 1'000'000'000 > kYear9999) return 0;
  const auto again = parse_log_time(monitor::log_time(*time));
  fuzz::check(again && *again == *time, "a time that is written is read");
  return 0;
}
