#pragma once

#include <span>

namespace isle::systemd {

// isle-systemd system|user: answers requests on the socket that is descriptor 0 until it closes.
// The requests are those of kernel/systemd.cc. The exit status of the program.
int systemd_main(std::span<char* const> arguments);

}  // namespace isle::systemd
