#include "image/unpack_program/program.h"

int main(int count, char** arguments) {
  return isle::image::unpack_main({arguments, static_cast<std::size_t>(count)});
}
