#include "image/fetch_program/retry.h"

#include <algorithm>
#include <thread>

#include "base/strings.h"

namespace isle::image {
namespace {

constexpr std::chrono::seconds kLongest{60};

// Seconds only; the form with a date is as good as none.
std::optional<std::chrono::seconds> asked_for(const HttpResponse* response) {
  const std::string* text = response == nullptr ? nullptr : response->header("retry-after");
  if (text == nullptr) return std::nullopt;
  const Result<unsigned long long> seconds = parse_uint(*text, "Retry-After");
  if (!seconds) return std::nullopt;
  return std::chrono::seconds(std::min<unsigned long long>(*seconds, kLongest.count()));
}

}  // namespace

bool may_pass(const HttpFailure& failure) {
  return failure.trouble == Trouble::Unreachable || failure.trouble == Trouble::Silence ||
         failure.trouble == Trouble::Cut;
}

bool may_pass(const HttpResponse& response) {
  switch (response.status) {
    case 408:
    case 425:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504: return true;
    default: return false;
  }
}

bool Attempts::again(const HttpResponse* response) {
  if (made_ == patience_.retries) return false;
  ++made_;
  const auto asked = asked_for(response);
  std::this_thread::sleep_for(asked ? *asked : delay_);
  delay_ = std::min<std::chrono::milliseconds>(delay_ * 2, kLongest);
  return true;
}

void Attempts::progress() {
  made_ = 0;
  delay_ = patience_.delay;
}

}  // namespace isle::image
