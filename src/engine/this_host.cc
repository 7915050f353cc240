// The doctor's questions, answered by this machine.
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/strings.h"
#include "engine/doctor.h"
#include "image/installation.h"
#include "kernel/fd.h"
#include "runtime/launch/gather_facts.h"

namespace isle::engine {
namespace {

bool is_on_path(const std::string& program) {
  const char* path = std::getenv("PATH");
  for (const std::string_view directory : split(path == nullptr ? "" : path, ':')) {
    if (access(format("{}/{}", directory, program).c_str(), X_OK) == 0) return true;
  }
  return false;
}

}  // namespace

Result<Patient> this_host(const Paths& paths) {
  Patient patient;
  patient.facts = TRY(runtime::gather_facts());
  patient.read = [](const std::string& path) -> std::optional<std::string> {
    const auto text = kernel::read_file(HostPath(path));
    return text ? std::optional(std::string(trim(*text))) : std::nullopt;
  };
  patient.exists = [](const std::string& path) { return access(path.c_str(), F_OK) == 0; };
  patient.has_program = [](const std::string& program) {
    return image::helper_program(program.c_str()).has_value() || is_on_path(program);
  };
  TRY(make_directories(paths.store.root()));
  struct statvfs status{};
  if (statvfs(paths.store.root().c_str(), &status) != 0) {
    return fail_call(errno, format("statvfs({})", paths.store.root().str()));
  }
  patient.free_bytes = std::uint64_t{status.f_bavail} * status.f_frsize;
  return patient;
}

}  // namespace isle::engine
