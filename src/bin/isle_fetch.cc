#include "image/fetch_program/program.h"

int main(int count, char** arguments) {
  return isle::image::fetch_main({arguments, static_cast<std::size_t>(count)});
}
