#include "image/fetch_program/http.h"

#include <algorithm>
#include <array>

#include <curl/curl.h>

#include "base/strings.h"
#include "image/fetch_program/exchange.h"
#include "image/fetch_program/proxy.h"

namespace isle::image {
namespace {

constexpr long kConnectSeconds = 30;

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

void append(HeaderList& list, const std::string& line) {
  // Gives the same list back, or null when there is no memory: the old one is still there then.
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  static_cast<void>(list.release());
  list.reset(longer);
}

HeaderList header_list(const HttpRequest& request) {
  HeaderList list;
  for (const std::string& header : request.headers) append(list, header);
  if (!request.authorization.empty()) append(list, "Authorization: " + request.authorization);
  // Neither a wait for "100 Continue" nor the type of a form, which libcurl would say.
  append(list, "Expect:");
  const bool has_type = std::ranges::any_of(request.headers, [](const std::string& header) {
    return header.starts_with("Content-Type:");
  });
  if (!has_type) append(list, "Content-Type:");
  if (!request.upload || request.upload->text.empty()) append(list, "Accept-Encoding: identity");
  return list;
}

void set_blob(CURL* easy, CURLoption option, const std::string& text) {
  curl_blob blob{
      .data = const_cast<char*>(text.data()), .len = text.size(), .flags = CURL_BLOB_COPY};
  curl_easy_setopt(easy, option, &blob);
}

void set_identity(CURL* easy, const TlsIdentity& identity) {
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, identity.verify ? 1L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, identity.verify ? 2L : 0L);
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!identity.authorities.empty()) set_blob(easy, CURLOPT_CAINFO_BLOB, identity.authorities);
  if (identity.certificate.empty()) return;
  set_blob(easy, CURLOPT_SSLCERT_BLOB, identity.certificate);
  set_blob(easy, CURLOPT_SSLKEY_BLOB, identity.key);
  // An encrypted key is an error, and no question on a terminal.
  curl_easy_setopt(easy, CURLOPT_KEYPASSWD, "");
}

void set_method(CURL* easy, const HttpRequest& request) {
  if (request.method == "HEAD") {
    curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET") {
    const std::uint64_t size = request.upload ? request.upload->size : 0;
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(size));
    curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
}

void set_proxy(CURL* easy, const std::string& url) {
  const ProxyChoice proxy = proxy_for(url);
  curl_easy_setopt(easy, CURLOPT_PROXY, proxy.proxy.c_str());
  curl_easy_setopt(easy, CURLOPT_NOPROXY, proxy.except.c_str());
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
}

struct Row {
  CURLcode code;
  Trouble trouble;
  ErrorKind kind;
  const char* hint;
};
constexpr const char* kReach =
    "is the name right, and does the network work? Proxies are taken from "
    "http_proxy, https_proxy and no_proxy";
constexpr const char* kTrust =
    "put the certificate of its authority into /etc/containers/certs.d/HOST:PORT/ca.crt, or, if "
    "nobody can stand in between, use --tls-verify=false";
constexpr const char* kShow =
    "the registry wants to see a certificate that it trusts: put NAME.cert and NAME.key into "
    "/etc/containers/certs.d/HOST:PORT";
constexpr const char* kMayWantToSee =
    "perhaps the registry wants to see a certificate that it trusts: put NAME.cert and NAME.key "
    "into /etc/containers/certs.d/HOST:PORT";
constexpr const char* kOwnCertificate =
    "the client certificate and key in certs.d have to be PEM files that belong together, the key "
    "without a passphrase";
constexpr Row kRows[] = {
    {CURLE_COULDNT_RESOLVE_PROXY, Trouble::Unreachable, ErrorKind::Unavailable, kReach},
    {CURLE_COULDNT_RESOLVE_HOST, Trouble::Unreachable, ErrorKind::Unavailable, kReach},
    {CURLE_COULDNT_CONNECT, Trouble::Unreachable, ErrorKind::Unavailable, kReach},
    {CURLE_OPERATION_TIMEDOUT, Trouble::Silence, ErrorKind::Timeout, kReach},
    {CURLE_PROXY, Trouble::Other, ErrorKind::Unavailable, kReach},
    {CURLE_PEER_FAILED_VERIFICATION, Trouble::Certificate, ErrorKind::Denied, kTrust},
    {CURLE_SSL_CACERT_BADFILE, Trouble::Certificate, ErrorKind::Denied, kTrust},
    {CURLE_SSL_CERTPROBLEM, Trouble::Certificate, ErrorKind::Denied, kOwnCertificate},
    {CURLE_GOT_NOTHING, Trouble::Cut, ErrorKind::Unavailable, ""},
    {CURLE_PARTIAL_FILE, Trouble::Cut, ErrorKind::Unavailable, ""},
    {CURLE_RECV_ERROR, Trouble::Cut, ErrorKind::Unavailable, ""},
    {CURLE_SEND_ERROR, Trouble::Cut, ErrorKind::Unavailable, ""},
    {CURLE_HTTP2, Trouble::Cut, ErrorKind::Unavailable, ""},
    {CURLE_HTTP2_STREAM, Trouble::Cut, ErrorKind::Unavailable, ""},
};

// OpenSSL's words for "that is no TLS".
bool sounds_like_no_tls(std::string_view words) {
  for (const char* sound : {"wrong version number", "packet length too long", "http request"}) {
    if (words.contains(sound)) return true;
  }
  return false;
}

// And for "who are you": TLS 1.3 says so when the connection stands already.
bool wants_certificate(std::string_view words) {
  for (const char* sound : {"certificate required", "bad certificate", "handshake failure"}) {
    if (words.contains("alert") && words.contains(sound)) return true;
  }
  return false;
}

HttpFailure failure_of(CURLcode code, std::string words) {
  HttpFailure failure;
  failure.kind = ErrorKind::System;
  for (const Row& row : kRows) {
    if (row.code != code) continue;
    failure.trouble = row.trouble;
    failure.kind = row.kind;
    failure.hint = row.hint;
  }
  if (code == CURLE_SSL_CONNECT_ERROR) {
    failure.kind = ErrorKind::Unavailable;
    if (sounds_like_no_tls(words)) {
      failure.trouble = Trouble::NotTls;
      words = "what answers there does not speak TLS";
      failure.hint =
          "if it is meant to be used in the clear: --tls-verify=false, or insecure = true "
          "in registries.conf";
    }
  }
  if (wants_certificate(words)) {
    failure.trouble = Trouble::Certificate;
    failure.kind = ErrorKind::Denied;
    failure.hint = kShow;
  }
  failure.message = words.empty() ? curl_easy_strerror(code) : std::move(words);
  return failure;
}

HttpFailure within_request(HttpFailure failure, const HttpRequest& request) {
  static_cast<Error&>(failure) =
      std::move(static_cast<Error&>(failure)).within(request_words(request));
  return failure;
}

}  // namespace

const std::string* HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return &value;
  }
  return nullptr;
}

void HttpClient::End::operator()(void* handle) const { curl_easy_cleanup(handle); }

HttpClient::HttpClient(unsigned silence) : silence_(silence) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

HttpClient::Handle HttpClient::borrow() {
  const std::scoped_lock lock(mutex_);
  if (idle_.empty()) return Handle(curl_easy_init());
  Handle handle = std::move(idle_.back());
  idle_.pop_back();
  curl_easy_reset(handle.get());  // keeps its connections
  return handle;
}

HttpResult<HttpResponse> HttpClient::perform(const HttpRequest& request,
                                             const TlsIdentity& identity) {
  Handle handle = borrow();
  CURL* easy = handle.get();
  if (easy == nullptr) return std::unexpected(failure_of(CURLE_OUT_OF_MEMORY, ""));
  std::array<char, CURL_ERROR_SIZE> words{};
  const HeaderList headers = header_list(request);
  Exchange exchange(request, silence_);
  exchange.install(easy);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, words.data());
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, "isle/" ISLE_VERSION);
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 256L << 10);
  set_method(easy, request);
  set_identity(easy, identity);
  set_proxy(easy, request.url);
  const CURLcode code = curl_easy_perform(easy);
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, nullptr);
  if (code == CURLE_OK) {
    has_answer_ = true;
    const std::scoped_lock lock(mutex_);
    idle_.push_back(std::move(handle));
    exchange.response().url = request.url;
    return std::move(exchange.response());
  }
  HttpFailure failure = failure_of(code, words.data());
  // TLS 1.3 refuses a client over a connection that stands and is closed at once; the reset may
  // overtake the words.
  const bool shows_none = request.url.starts_with("https://") && identity.certificate.empty();
  const bool is_answered = exchange.response().status != 0;
  if (failure.hint.empty() && shows_none && !is_answered) failure.hint = kMayWantToSee;
  // A name that nobody knows at the very first is wrong, or there is no network: waiting helps
  // neither. Later it is a gap that passes.
  if (code == CURLE_COULDNT_RESOLVE_HOST && !has_answer_) failure.trouble = Trouble::Other;
  if (exchange.refusal()) {
    static_cast<Error&>(failure) = *exchange.refusal();
    failure.trouble = Trouble::Taker;
  } else if (exchange.was_silent()) {
    failure.trouble = Trouble::Silence;
    failure.kind = ErrorKind::Timeout;
    failure.message = format("nothing came for {} seconds", silence_);
    failure.hint = "ISLE_FETCH_TIMEOUT sets how long isle waits";
  }
  return std::unexpected(within_request(std::move(failure), request));
}

std::string request_words(const HttpRequest& request) {
  return request.method + " " + std::string(cut(request.url, '?').before);
}

}  // namespace isle::image
