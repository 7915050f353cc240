#include "cli/command.h"
#include "kernel/prefault.h"
#include "kernel/sealed_start.h"

// The command that exec starts is isle until it becomes what was asked.
const char* const kIsleSealedWords[] = {"exec", nullptr};

int main(int count, char** words) {
  isle::kernel::prefault_heap({256L * 1024});
  return isle::cli::main(count, words);
}
