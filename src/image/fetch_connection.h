#pragma once
// A running isle-fetch and the socket to it.

#include "base/error.h"
#include "base/json.h"
#include "image/fetch_wire.h"
#include "kernel/fd.h"
#include "kernel/process.h"

namespace isle::image {

class FetchConnection {
 public:
  static Result<FetchConnection> open();
  FetchConnection(FetchConnection&&) = default;
  FetchConnection& operator=(FetchConnection&&) = delete;
  FetchConnection(const FetchConnection&) = delete;
  FetchConnection& operator=(const FetchConnection&) = delete;
  // Ends the program and waits until it is gone.
  ~FetchConnection();

  int socket() const { return socket_.get(); }
  // The next packet; Unavailable if the program has ended.
  Result<Packet> receive();
  // Sends, and waits for the answer: for the first packet. A failure comes back as our error.
  Result<Packet> ask(const json::Value& request);

 private:
  FetchConnection() = default;

  kernel::ChildProcess program_;
  kernel::UniqueFd socket_;
};

}  // namespace isle::image
