#include "islet/islet.h"
#include "kernel/prefault.h"
#include "kernel/sealed_start.h"

// The verbs that start a process inside, which the container may see.
const char* const kIsleSealedWords[] = {"create", "run", "start", "exec", nullptr};

int main(int count, char** arguments) {
  isle::kernel::prefault_heap({224L * 1024});
  return isle::islet::islet_main({arguments, static_cast<std::size_t>(count)});
}
