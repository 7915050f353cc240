#pragma once
// One HTTP exchange with libcurl, and what can go wrong with it, in words. Redirects are followed
// by redirects.h, never by libcurl, so that it is our code that decides where credentials go.
//
// libcurl(3): an easy handle belongs to one thread at a time and keeps its connections open, so
// handles are lent out and taken back.

#include <atomic>
#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"

namespace isle::image {

enum class Trouble : unsigned char {
  Unreachable,  // no such host, no connection
  NotTls,       // what answers there does not speak TLS
  Certificate,  // it is not trusted, or ours is not accepted
  Silence,      // nothing moved for too long
  Cut,          // the connection ended early
  Taker,        // who takes the body does not want it
  Other,
};

struct HttpFailure : Error {
  Trouble trouble = Trouble::Other;
};
template <typename T>
using HttpResult = std::expected<T, HttpFailure>;

// What proves who is who. PEM texts, read before privileges go.
struct TlsIdentity {
  bool verify = true;
  std::string authorities;  // empty: the system's
  std::string certificate, key;
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
  std::string body;                                          // what no taker took
  std::string url;                                           // that answered
  bool identified = false;                                   // it knew who asks

  // The first of that name (in lower case); null pointer if absent.
  const std::string* header(std::string_view name) const;
  bool good() const { return status >= 200 && status < 300; }
};

// What is sent: a part of a file, or a text.
struct HttpUpload {
  int fd = -1;
  std::uint64_t from = 0;
  std::uint64_t size = 0;
  std::string text;  // when there is no fd
};

// Takes a good answer's body, piece by piece; the response has its status and headers by then.
using BodyTaker = std::function<Result<void>(const HttpResponse& response, std::string_view piece)>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  std::vector<std::string> headers;  // "Accept: text/plain"
  std::string authorization;         // the value of that header; sent to the url's origin only
  std::optional<HttpUpload> upload;
  BodyTaker take;                // absent: the body is kept
  std::size_t limit = 64 << 10;  // bytes of a kept body; more is a failure
  std::function<void(std::uint64_t sent)> on_sent;
};

class HttpClient {
 public:
  // `silence`: seconds without a byte in either direction after which an exchange is given up.
  explicit HttpClient(unsigned silence);

  HttpResult<HttpResponse> perform(const HttpRequest& request, const TlsIdentity& identity);
  // Whether any server has.
  bool has_answer() const { return has_answer_; }

 private:
  struct End {
    void operator()(void* handle) const;
  };
  using Handle = std::unique_ptr<void, End>;

  unsigned silence_;
  std::atomic<bool> has_answer_ = false;
  std::mutex mutex_;
  std::vector<Handle> idle_;

  Handle borrow();
};

// "GET https://host/path", without the query, which may hold secrets.
std::string request_words(const HttpRequest& request);

}  // namespace isle::image
