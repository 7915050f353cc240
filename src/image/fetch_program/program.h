#pragma once
// isle-fetch: talks to registries for isle, which links neither TLS nor HTTP and should not read a
// stranger's answers in its own address space. Started by isle, with a socket as descriptor 0; the
// protocol is in image/fetch_wire.h.

#include <span>

namespace isle::image {

// Exit status: 0; 125 when it was not started by isle.
int fetch_main(std::span<char* const> arguments);

}  // namespace isle::image
