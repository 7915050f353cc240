#include "image/fetch_program/upload.h"

#include "base/strings.h"
#include "image/fetch_program/manifest.h"
#include "image/fetch_program/retry.h"
#include "image/fetch_program/status.h"
#include "image/fetch_program/url.h"

namespace isle::image {
namespace {

// Up to here one request carries all; beyond, the data goes apart from its end, so that what broke
// off can be continued.
constexpr std::uint64_t kWhole = std::uint64_t{4} << 20;

class Upload {
 public:
  Upload(Endpoint& endpoint, const UploadRequest& blob) : endpoint_(endpoint), blob_(blob) {}

  Result<bool> is_there();
  // True: mounted, and there is nothing to upload.
  Result<bool> begin(bool mount);
  Result<void> send();

 private:
  Endpoint& endpoint_;
  const UploadRequest& blob_;
  std::string session_;      // where the next request of this upload goes
  std::uint64_t taken_ = 0;  // bytes the registry has

  ApiRequest request(const char* method, std::string path) const;
  std::string closing_address() const;
  HttpUpload rest() const;
  Result<void> remember_session(const HttpResponse& response);
  Result<void> send_whole();
  Result<void> send_parts();
  // Whether another try makes sense; finds out how far the last one got.
  Result<bool> recover(Attempts& attempts, const HttpResult<HttpResponse>& response);
};

ApiRequest Upload::request(const char* method, std::string path) const {
  ApiRequest request;
  request.method = method;
  request.path = std::move(path);
  request.actions = "pull,push";
  return request;
}

Result<bool> Upload::is_there() {
  const ApiRequest asked =
      request("HEAD", endpoint_.repository_path() + "/blobs/" + blob_.digest.str());
  const HttpResponse response = TRY(endpoint_.call(asked));
  if (response.good()) return true;
  // A registry may not want to say; the upload then tells what is wrong, if anything is.
  if (response.status == 404 || response.status == 405) return false;
  return std::unexpected(status_error(asked.method, response));
}

Result<void> Upload::remember_session(const HttpResponse& response) {
  const std::string* location = response.header("location");
  if (location == nullptr) {
    return fail(ErrorKind::Corrupt, format("{}: no Location for the upload", response.url));
  }
  session_ = TRY(resolve_url(response.url, *location));
  return {};
}

Result<bool> Upload::begin(bool mount) {
  taken_ = 0;
  ApiRequest asked = request("POST", endpoint_.repository_path() + "/blobs/uploads/");
  if (mount) {
    asked.path +=
        "?mount=" + escape_query(blob_.digest.str()) + "&from=" + escape_query(blob_.mount_from);
    asked.scopes = {"repository:" + endpoint_.source().repository + ":pull,push",
                    "repository:" + blob_.mount_from + ":pull"};
  }
  const HttpResponse response = TRY(endpoint_.call(asked));
  if (mount && response.status == 201) return true;
  // Who may not read the other repository, or names one that is not there, uploads.
  if (mount && response.status != 202) return begin(false);
  if (response.status != 202) return std::unexpected(status_error(asked.method, response));
  TRY(remember_session(response));
  return false;
}

std::string Upload::closing_address() const {
  return session_ + (session_.contains('?') ? "&" : "?") +
         "digest=" + escape_query(blob_.digest.str());
}

HttpUpload Upload::rest() const {
  HttpUpload upload;
  upload.fd = blob_.fd;
  upload.from = taken_;
  upload.size = blob_.size - taken_;
  return upload;
}

Result<bool> Upload::recover(Attempts& attempts, const HttpResult<HttpResponse>& response) {
  // 416: the registry has more than we know of. libcurl itself repeats a request whose connection,
  // used before, was closed under it, without asking how far it had come.
  constexpr int kNotFromThere = 416;
  const bool passes = response ? may_pass(*response) || response->status == kNotFromThere
                               : may_pass(response.error());
  if (!passes || !attempts.again(response ? &*response : nullptr)) return false;
  const HttpResult<HttpResponse> state = endpoint_.call_once(request("GET", session_));
  const std::string* range = state && state->good() ? state->header("range") : nullptr;
  if (range == nullptr) {
    TRY(begin(false));
    return true;
  }
  const std::uint64_t taken = bytes_taken(*range);
  if (taken > taken_) attempts.progress();
  taken_ = taken <= blob_.size ? taken : 0;
  TRY(remember_session(*state));
  return true;
}

Result<void> Upload::send_whole() {
  Attempts attempts(endpoint_.patience());
  for (;;) {
    ApiRequest asked = request("PUT", closing_address());
    asked.headers = {"Content-Type: application/octet-stream"};
    asked.upload = rest();
    asked.on_sent = blob_.on_progress;
    const HttpResult<HttpResponse> response = endpoint_.call_once(asked);
    if (response && response->status == 201) return {};
    const bool passes = response ? may_pass(*response) : may_pass(response.error());
    if (!passes || !attempts.again(response ? &*response : nullptr)) {
      if (!response) return std::unexpected<Error>(response.error());
      return std::unexpected(status_error(asked.method, *response));
    }
    TRY(begin(false));
  }
}

Result<void> Upload::send_parts() {
  Attempts attempts(endpoint_.patience());
  while (taken_ < blob_.size) {
    ApiRequest asked = request("PATCH", session_);
    asked.headers = {"Content-Type: application/octet-stream",
                     format("Content-Range: {}-{}", taken_, blob_.size - 1)};
    asked.upload = rest();
    const std::uint64_t before = taken_;
    asked.on_sent = [this, before](std::uint64_t sent) { blob_.on_progress(before + sent); };
    const HttpResult<HttpResponse> response = endpoint_.call_once(asked);
    if (response && response->status == 202) {
      TRY(remember_session(*response));
      const std::string* range = response->header("range");
      taken_ = range == nullptr ? blob_.size : bytes_taken(*range);
      if (taken_ > before) continue;
    }
    if (TRY(recover(attempts, response))) continue;
    if (!response) return std::unexpected<Error>(response.error());
    return std::unexpected(status_error(asked.method, *response));
  }
  const ApiRequest closing = request("PUT", closing_address());
  const HttpResponse response = TRY(endpoint_.call(closing));
  if (response.status == 201) return {};
  return std::unexpected(status_error(closing.method, response));
}

Result<void> Upload::send() { return blob_.size <= kWhole ? send_whole() : send_parts(); }

}  // namespace

std::string_view to_string(UploadOutcome outcome) {
  switch (outcome) {
    case UploadOutcome::There: return "there";
    case UploadOutcome::Mounted: return "mounted";
    case UploadOutcome::Uploaded: return "uploaded";
  }
  return "";
}

std::uint64_t bytes_taken(std::string_view range) {
  if (range.starts_with("bytes=")) range.remove_prefix(6);
  const Cut parts = cut(trim(range), '-');
  const Result<unsigned long long> last = parse_uint(parts.after, "Range");
  // Nothing yet is written as "0-0", too, as if it were one byte.
  return last && *last > 0 ? *last + 1 : 0;
}

Result<UploadOutcome> upload_blob(Endpoint& endpoint, const UploadRequest& blob) {
  Upload upload(endpoint, blob);
  if (TRY(upload.is_there())) return UploadOutcome::There;
  if (TRY(upload.begin(!blob.mount_from.empty()))) return UploadOutcome::Mounted;
  TRY(upload.send());
  return UploadOutcome::Uploaded;
}

Result<oci::Digest> put_manifest(Endpoint& endpoint,
                                 const std::string& what,
                                 const std::string& media_type,
                                 const std::string& bytes) {
  oci::Digest digest = TRY(digest_of(bytes, "sha256"));
  ApiRequest request;
  request.method = "PUT";
  request.path = endpoint.repository_path() + "/manifests/" + what;
  request.actions = "pull,push";
  request.headers = {"Content-Type: " + media_type};
  request.upload = HttpUpload();
  request.upload->text = bytes;
  request.upload->size = bytes.size();
  const HttpResponse response = TRY(endpoint.call(request));
  if (!response.good()) return std::unexpected(status_error(request.method, response));
  const std::string* told = response.header("docker-content-digest");
  if (told == nullptr || *told == digest.str()) return digest;
  return fail(ErrorKind::Corrupt,
              format("{}: the registry has a manifest with digest {}, not {}",
                     response.url,
                     *told,
                     digest.str()));
}

}  // namespace isle::image
