#pragma once
// What libcurl calls back while one exchange runs.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "base/error.h"
#include "image/fetch_program/http.h"

namespace isle::image {

class Exchange {
 public:
  Exchange(const HttpRequest& request, unsigned silence)
      : request_(request), silence_(silence), last_moved_(Clock::now()) {}

  // Handed to the easy handle; the exchange must outlive its run.
  void install(void* easy);

  HttpResponse& response() { return response_; }
  const std::optional<Error>& refusal() const { return refusal_; }
  bool was_silent() const { return was_silent_; }

 private:
  using Clock = std::chrono::steady_clock;

  const HttpRequest& request_;
  std::chrono::seconds silence_;
  HttpResponse response_;
  std::optional<Error> refusal_;
  bool was_silent_ = false;
  Clock::time_point last_moved_;
  std::int64_t moved_ = 0;  // bytes, both ways
  std::uint64_t sent_ = 0;  // of the upload

  void take_header(std::string_view line);
  bool take_body(std::string_view piece);
  std::size_t give(char* to, std::size_t room);
  bool seek(std::int64_t offset);
  bool may_go_on(std::int64_t moved);

  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_send(char* data, std::size_t size, std::size_t count, void* self);
  static int on_seek(void* self, std::int64_t offset, int origin);
  static int on_progress(void* self,
                         std::int64_t to_receive,
                         std::int64_t received,
                         std::int64_t to_send,
                         std::int64_t sent);
};

}  // namespace isle::image
