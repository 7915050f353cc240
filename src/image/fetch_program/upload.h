#pragma once
// Giving a registry what it lacks. Source: distribution-spec 1.1, "Push".

#include <cstdint>
#include <functional>
#include <string>

#include "base/error.h"
#include "image/fetch_program/endpoint.h"
#include "oci/digest.h"

namespace isle::image {

struct UploadRequest {
  oci::Digest digest;
  std::uint64_t size = 0;
  int fd = -1;             // a file: it is read by pread(2), more than once if need be
  std::string mount_from;  // a repository of the same registry that may have it; "" if none
  std::function<void(std::uint64_t sent)> on_progress;
};

enum class UploadOutcome : unsigned char { There, Mounted, Uploaded };
std::string_view to_string(UploadOutcome outcome);  // "there" "mounted" "uploaded"

Result<UploadOutcome> upload_blob(Endpoint& endpoint, const UploadRequest& blob);

// `what`: a tag or a digest. Corrupt: the registry says that it understood something else.
Result<oci::Digest> put_manifest(Endpoint& endpoint,
                                 const std::string& what,
                                 const std::string& media_type,
                                 const std::string& bytes);

// "0-99" of an upload's Range header: 100 bytes have come.
std::uint64_t bytes_taken(std::string_view range);

}  // namespace isle::image
