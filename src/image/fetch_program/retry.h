#pragma once
// Patience: what may pass is tried again, after 1, 2, 4 ... seconds, or as long as the server asks
// for (Retry-After, RFC 9110 10.2.3).

#include <chrono>
#include <optional>

#include "image/fetch_program/http.h"

namespace isle::image {

struct Patience {
  unsigned retries = 3;
  bool wants_answer = false;  // who has never answered is not asked again
  std::chrono::milliseconds delay{1000};
};

bool may_pass(const HttpFailure& failure);
bool may_pass(const HttpResponse& response);

// Of one request: how often it was tried.
class Attempts {
 public:
  explicit Attempts(const Patience& patience) : patience_(patience), delay_(patience.delay) {}

  // Waits; false when patience is at its end.
  bool again(const HttpResponse* response = nullptr);
  // What was tried brought something: patience is new.
  void progress();

 private:
  Patience patience_;
  std::chrono::milliseconds delay_;
  unsigned made_ = 0;
};

}  // namespace isle::image
