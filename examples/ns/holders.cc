// Lists the namespaces that no process is in, and what keeps each alive. Built against the
// installed library:
//
//   g++ -std=gnu++23 holders.cc $(pkg-config --cflags --libs libisle-ns) -o holders
#include <cstdio>

#include "toolbox/discover.h"
#include "toolbox/words.h"

int main() {
  const auto inventory = isle::toolbox::discover({});
  if (!inventory) {
    isle::print_error("holders", inventory.error());
    return 1;
  }
  for (const auto& space : inventory->namespaces) {
    if (space.processes != 0 || space.initial) continue;
    std::printf("%s\n", space.name.str().c_str());
    for (const auto& holder : space.holders) {
      std::printf("  %s\n", isle::toolbox::reason_of(*inventory, holder).c_str());
    }
  }
  return 0;
}
