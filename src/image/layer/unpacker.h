#pragma once
// Talks to isle-unpack (image/unpack_program): one process a request, the blob on its standard
// input, one line of JSON back.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "kernel/fd.h"
#include "kernel/process.h"
#include "oci/digest.h"

namespace isle::image {

// A request under way, so that several can be. Whoever drops it kills the process.
class Unpacking {
 public:
  static constexpr int kFirstDirectory = 6;
  struct Fds {
    int input = -1;  // standard input; -1: nothing to read
    int extra = -1;  // those from 3 on, see program.h; -1: not there
    int layer_lock = -1, blob_lock = -1;
    std::vector<int> directories;  // from kFirstDirectory on
  };
  static Result<Unpacking> start(const std::vector<std::string>& arguments, const Fds& fds);
  Unpacking(Unpacking&&) = default;
  Unpacking& operator=(Unpacking&&) = delete;
  Unpacking(const Unpacking&) = delete;
  Unpacking& operator=(const Unpacking&) = delete;
  ~Unpacking();

  // Readable when the reply is there.
  int reply_fd() const { return reply_.get(); }
  // Waits for the reply and the end of the process; called once. What isle-unpack complained of
  // comes back as our error.
  Result<json::Value> finish();
  // After a failure: it had seen the end of its input, which may have been too short.
  bool input_ended() const { return input_ended_; }

 private:
  kernel::ChildProcess child_;
  kernel::UniqueFd reply_;
  bool input_ended_ = false;
  Unpacking() = default;
};

// The same in one piece. `blob` -1: nothing to read. `output` becomes its descriptor 3, for
// requests that write.
Result<json::Value> ask_unpacker(const std::vector<std::string>& arguments,
                                 int blob,
                                 int output = -1);

// Whether the whole of `blob` has this digest: Corrupt if not. The file offset is put back to 0.
Result<void> check_digest(int blob, const oci::Digest& digest);

// The SHA-256 of a document. isle links no hash: this starts isle-unpack, 4 ms.
Result<oci::Digest> digest_of(std::string_view bytes);

}  // namespace isle::image
