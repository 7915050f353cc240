#include "image/fetch_program/blob.h"

#include "base/strings.h"
#include "image/fetch_program/retry.h"
#include "image/fetch_program/status.h"
#include "kernel/fd.h"

namespace isle::image {
namespace {

// So much in one try and patience is new: a slow line that breaks often gets through.
constexpr std::uint64_t kProgress = 1 << 20;

class Download {
 public:
  Download(Endpoint& endpoint, BlobRequest& blob) : endpoint_(endpoint), blob_(blob) {}

  // One request, from where the last one ended.
  HttpResult<HttpResponse> once();
  ApiRequest request() const;
  bool taker_is_gone() const { return taker_is_gone_; }

 private:
  Endpoint& endpoint_;
  BlobRequest& blob_;
  std::optional<std::uint64_t> at_;  // of the next byte that comes
  bool taker_is_gone_ = false;

  Result<void> take(const HttpResponse& response, std::string_view piece);
  Result<void> pass_on(std::string_view piece);
};

ApiRequest Download::request() const {
  ApiRequest request;
  request.path = endpoint_.repository_path() + "/blobs/" + blob_.digest.str();
  if (blob_.from > 0) request.headers = {format("Range: bytes={}-", blob_.from)};
  return request;
}

HttpResult<HttpResponse> Download::once() {
  at_.reset();
  ApiRequest asked = request();
  asked.take = [this](const HttpResponse& response, std::string_view piece) {
    return take(response, piece);
  };
  return endpoint_.call_once(asked);
}

Result<void> Download::take(const HttpResponse& response, std::string_view piece) {
  if (!at_) at_ = TRY(body_start(response, blob_.from));
  const std::uint64_t start = *at_;
  *at_ += piece.size();
  if (*at_ <= blob_.from) return {};  // what we have already
  return pass_on(piece.substr(start < blob_.from ? blob_.from - start : 0));
}

Result<void> Download::pass_on(std::string_view piece) {
  if (blob_.from + piece.size() > blob_.size) {
    return fail(ErrorKind::Corrupt,
                format("the blob is longer than the {} bytes that the manifest says", blob_.size),
                "it was damaged or exchanged, at the registry or on its way");
  }
  const Result<void> written = kernel::write_all(blob_.to, piece);
  taker_is_gone_ = !written;
  TRY(written);
  blob_.from += piece.size();
  blob_.on_progress(blob_.from);
  return {};
}

Error cut_short(const BlobRequest& blob, const ApiRequest& request, const HttpResponse& response) {
  Error error;
  error.kind = ErrorKind::Unavailable;
  error.message = format("the body ended after {} of {} bytes", blob.from, blob.size);
  error.hint = "the registry, or a proxy in between, cuts the blob short";
  return std::move(error).within(request_words({.method = request.method, .url = response.url}));
}

}  // namespace

Result<std::uint64_t> body_start(const HttpResponse& response, std::uint64_t from) {
  if (response.status != 206) return 0;
  const std::string* range = response.header("content-range");
  const std::string_view text = range == nullptr ? "" : std::string_view(*range);
  const Cut parts = cut(text.starts_with("bytes ") ? text.substr(6) : "", '-');
  const Result<unsigned long long> start = parse_uint(trim(parts.before), "Content-Range");
  if (start && *start == from) return from;
  return fail(ErrorKind::Corrupt,
              format("asked for bytes from {} on, the registry gave {}",
                     from,
                     range == nullptr ? "a part without Content-Range" : quoted(*range)));
}

BlobFailure fetch_blob(Endpoint& endpoint, BlobRequest& request) {
  Download download(endpoint, request);
  Attempts attempts(endpoint.patience());
  while (request.from < request.size) {
    const std::uint64_t before = request.from;
    const HttpResult<HttpResponse> response = download.once();
    const bool complete = response && response->good() && request.from == request.size;
    if (complete) break;
    if (request.from - before >= kProgress) attempts.progress();
    const bool passes =
        response ? response->good() || may_pass(*response) : may_pass(response.error());
    if (passes && attempts.again(response ? &*response : nullptr)) continue;
    if (!response) return BlobTrouble{response.error(), download.taker_is_gone()};
    const ApiRequest asked = download.request();
    return BlobTrouble{response->good() ? cut_short(request, asked, *response)
                                        : status_error(asked.method, *response)};
  }
  return std::nullopt;
}

}  // namespace isle::image
