#include "cli/command.h"
#include "kernel/prefault.h"

int main(int count, char** words) {
  isle::kernel::prefault_heap({256L * 1024});
  return isle::cli::main(count, words);
}
