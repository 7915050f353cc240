#include "islet/islet.h"

int main(int count, char** arguments) {
  return isle::islet::islet_main({arguments, static_cast<std::size_t>(count)});
}
