#pragma once
// Serves one isle over a socket: each request has a thread of its own, so that it reads from top to
// bottom, and the end of the socket is the end of the process.

#include <string>
#include <vector>

#include "image/fetch_program/registry.h"

namespace isle::image {

// Returns when the other end has closed. Threads may still run: the caller ends the process.
void serve(int socket, Registry& registry);

}  // namespace isle::image
