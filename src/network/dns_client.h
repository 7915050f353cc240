#pragma once
// A container's side of isle-dns: sockets on 127.0.0.11:53 inside its network namespace are handed
// to the server, with the names the container has. The connection they went over stays open: when
// its holder ends, however it does, the server forgets the container and closes them.

#include "base/error.h"
#include "kernel/fd.h"
#include "record/wiring.h"

namespace isle::network {

// Starts the server if none answers. The connection is to be kept.
Result<kernel::UniqueFd> serve_names(const record::Wiring& wiring, int space);

// The same without a connection to keep: until forget_names.
Result<void> keep_serving_names(const record::Wiring& wiring, int space);
void forget_names(const record::Wiring& wiring);

// Its networks have changed. Without a server there is nothing to do.
void update_names(const record::Wiring& wiring);

}  // namespace isle::network
