// Makes the bundle that all runtimes run in `make bench`: isle's default container around a static
// program that does nothing. Beside it, the compiled filter for the bare program.
//
//   make_bundle DIRECTORY PROGRAM    DIRECTORY/{config.json,rootfs/true,filter.bpf}
//                                    DIRECTORY/live: the same, but it stays

#include <sys/stat.h>

#include "base/json.h"
#include "kernel/fd.h"
#include "kernel/seccomp.h"
#include "oci/default_seccomp.h"
#include "oci/default_spec.h"
#include "oci/runtime_spec_json.h"
#include "runtime/plan/seccomp.h"

namespace isle {
namespace {

oci::Spec make_spec() {
  oci::Spec spec = oci::default_spec();
  spec.oci_version = "1.0.2";  // older peers take no newer one
  spec.root = oci::Root{.path = "rootfs", .readonly = false};
  spec.process->terminal = false;
  spec.process->args = {"/true"};
  spec.process->rlimits.clear();
  // Not granted to inheritable or ambient sets: neither is isle's default.
  spec.process->capabilities->inheritable.clear();
  spec.process->capabilities->ambient.clear();
  spec.linux_->seccomp = oci::default_seccomp(spec.process->capabilities->bounding);
  return spec;
}

Result<void> write_new(const HostPath& path, std::string_view data, mode_t mode) {
  const kernel::UniqueFd fd = TRY(kernel::open_file(path, O_WRONLY | O_CREAT | O_TRUNC, mode));
  return kernel::write_all(fd.get(), data);
}

Result<void> make(const HostPath& directory, const HostPath& program) {
  for (const HostPath& path : {directory, directory / "rootfs", directory / "live"}) {
    if (mkdir(path.c_str(), 0755) != 0 && errno != EEXIST)
      return fail_call(errno, "mkdir " + path.str());
  }
  oci::Spec spec = make_spec();
  TRY(write_new(directory / "config.json", json::write_pretty(oci::write_spec(spec)), 0644));
  spec.root->path = directory.str() + "/rootfs";
  spec.process->args = {"/true", "wait"};
  TRY(write_new(directory / "live/config.json", json::write_pretty(oci::write_spec(spec)), 0644));
  const std::string executable = TRY(kernel::read_file(program));
  TRY(write_new(directory / "rootfs/true", executable, 0755));
  const kernel::SeccompFilter rules = TRY(runtime::seccomp_filter(*spec.linux_->seccomp));
  const kernel::SeccompProgram filter = TRY(kernel::compile(rules));
  const std::string_view bytes(reinterpret_cast<const char*>(filter.instructions.data()),
                               filter.instructions.size() * sizeof filter.instructions[0]);
  return write_new(directory / "filter.bpf", bytes, 0644);
}

}  // namespace
}  // namespace isle

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const isle::Result<void> made = isle::make(isle::HostPath(argv[1]), isle::HostPath(argv[2]));
  if (!made) isle::print_error("make_bundle", made.error());
  return made ? 0 : 1;
}
