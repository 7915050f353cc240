#include "systemd/program.h"

int main(int count, char** arguments) {
  return isle::systemd::systemd_main({arguments, static_cast<std::size_t>(count)});
}
