#include "image/installation.h"

#include <unistd.h>

#include "base/strings.h"
#include "kernel/process.h"

namespace isle::image {

Result<HostPath> helper_program(std::string_view name) {
  const std::string here = TRY(kernel::program_directory()).str();
  for (const char* place : {"/", "/../bin/"}) {
    const std::string path = here + place + std::string(name);
    if (access(path.c_str(), X_OK) == 0) return HostPath(path);
  }
  return fail(ErrorKind::NotFound,
              format("the program {} is not beside this one, in {}", quoted(name), quoted(here)),
              "isle's programs belong together: install them anew");
}

Result<HostPath> share_directory() {
  return HostPath(TRY(kernel::program_directory()).str() + "/../share/isle");
}

}  // namespace isle::image
