#pragma once
// isle-dns: one small process for all containers of a host whose networks have names. It answers
// what is asked on the sockets it was handed (dns_client.h), by the networks of who asks, and
// passes on the rest to other servers. It ends when the last container has gone.

#include "kernel/fd.h"

namespace isle::network {

// `listener`: where containers are registered. Returns when nobody needs it; the exit status.
int run_name_server(kernel::UniqueFd listener);

}  // namespace isle::network
