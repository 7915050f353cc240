#include "islet/islet.h"
#include "kernel/prefault.h"

int main(int count, char** arguments) {
  isle::kernel::prefault_heap({384L * 1024});
  return isle::islet::islet_main({arguments, static_cast<std::size_t>(count)});
}
