#include "image/fetch_program/exchange.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include <curl/curl.h>
#include <unistd.h>

#include "base/strings.h"

namespace isle::image {
namespace {

constexpr std::size_t kMaxHeaders = 256;

}  // namespace

void Exchange::install(void* easy) {
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(easy, CURLOPT_READFUNCTION, on_send);
  curl_easy_setopt(easy, CURLOPT_READDATA, this);
  curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, on_seek);
  curl_easy_setopt(easy, CURLOPT_SEEKDATA, this);
  curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
  curl_easy_setopt(easy, CURLOPT_XFERINFODATA, this);
  curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
}

// A status line begins a new answer: after "100 Continue" there comes another.
void Exchange::take_header(std::string_view line) {
  if (line.starts_with("HTTP/")) {
    const Cut parts = cut(line, ' ');
    const Result<long long> status = parse_int(trim(parts.after).substr(0, 3), "status");
    response_.status = status ? static_cast<int>(*status) : 0;
    response_.headers.clear();
    return;
  }
  const Cut parts = cut(line, ':');
  if (!parts.found || response_.headers.size() >= kMaxHeaders) return;
  response_.headers.emplace_back(lower(trim(parts.before)), std::string(trim(parts.after)));
}

bool Exchange::take_body(std::string_view piece) {
  if (request_.take && response_.good()) {
    const Result<void> taken = request_.take(response_, piece);
    // The taker may have waited for its own reader: that is not the server's silence.
    last_moved_ = Clock::now();
    if (!taken) refusal_ = taken.error();
    return taken.has_value();
  }
  if (response_.body.size() + piece.size() <= request_.limit) {
    response_.body += piece;
    return true;
  }
  if (!response_.good()) return true;  // enough of a complaint
  refusal_ = Error{.kind = ErrorKind::Corrupt,
                   .message = format("the answer is longer than {} bytes", request_.limit),
                   .call = {},
                   .errnum = 0,
                   .steps = {},
                   .hint = {}};
  return false;
}

std::size_t Exchange::give(char* to, std::size_t room) {
  const HttpUpload& upload = *request_.upload;
  const std::size_t count =
      std::min<std::uint64_t>(room, upload.size > sent_ ? upload.size - sent_ : 0);
  if (count == 0) return 0;
  if (upload.fd < 0) {
    std::memcpy(to, upload.text.data() + sent_, count);
    sent_ += count;
    return count;
  }
  const ssize_t got = pread(upload.fd, to, count, static_cast<off_t>(upload.from + sent_));
  if (got <= 0) {
    refusal_ = fail_call(got < 0 ? errno : EIO, "pread(what is to be sent)").error();
    return CURL_READFUNC_ABORT;
  }
  sent_ += static_cast<std::uint64_t>(got);
  if (request_.on_sent) request_.on_sent(sent_);
  return static_cast<std::size_t>(got);
}

// A connection that was kept open may have been closed meanwhile: libcurl then begins anew.
bool Exchange::seek(std::int64_t offset) {
  if (!request_.upload || offset < 0) return false;
  sent_ = static_cast<std::uint64_t>(offset);
  return true;
}

bool Exchange::may_go_on(std::int64_t moved) {
  const Clock::time_point now = Clock::now();
  if (moved != moved_) {
    moved_ = moved;
    last_moved_ = now;
  }
  was_silent_ = now - last_moved_ >= silence_;
  return !was_silent_;
}

std::size_t Exchange::on_header(char* data, std::size_t size, std::size_t count, void* self) {
  static_cast<Exchange*>(self)->take_header({data, size * count});
  return size * count;
}

std::size_t Exchange::on_body(char* data, std::size_t size, std::size_t count, void* self) {
  return static_cast<Exchange*>(self)->take_body({data, size * count}) ? size * count
                                                                       : CURL_WRITEFUNC_ERROR;
}

std::size_t Exchange::on_send(char* data, std::size_t size, std::size_t count, void* self) {
  auto* exchange = static_cast<Exchange*>(self);
  return exchange->request_.upload ? exchange->give(data, size * count) : 0;
}

int Exchange::on_seek(void* self, std::int64_t offset, int origin) {
  const bool done = origin == SEEK_SET && static_cast<Exchange*>(self)->seek(offset);
  return done ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_CANTSEEK;
}

int Exchange::on_progress(void* self,
                          std::int64_t /*to_receive*/,
                          std::int64_t received,
                          std::int64_t /*to_send*/,
                          std::int64_t sent) {
  return static_cast<Exchange*>(self)->may_go_on(received + sent) ? 0 : 1;
}

}  // namespace isle::image
