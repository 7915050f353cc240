#pragma once
// The scripts that make a shell ask isle what may come next.

#include <span>

namespace isle::cli {

struct CompletionScript {
  const char* shell;
  const char* text;
};
std::span<const CompletionScript> completion_scripts();

}  // namespace isle::cli
