#pragma once
// islet: the OCI runtime's command line, a drop-in for runc and crun.

#include <span>

namespace isle::islet {

// The exit status: of the command for run and exec, 0 or 1 (exec 255) for islet's own.
int islet_main(std::span<char* const> arguments);

}  // namespace isle::islet
