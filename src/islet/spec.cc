// spec: a config.json to start from.

#include <cerrno>

#include <unistd.h>

#include "base/strings.h"
#include "islet/bundle.h"
#include "kernel/fd.h"
#include "oci/default_spec.h"
#include "oci/runtime_spec_json.h"

namespace isle::islet {

namespace {

constexpr Option kOptions[] = {
    {.name = "bundle",
     .letter = 'b',
     .value = "DIR",
     .help = "where to write it (the working directory)"},
    {.name = "file",
     .letter = 'f',
     .value = "FILE",
     .help = "instead of config.json; relative to the bundle"},
    {.name = "rootless", .help = "for an ordinary user: the caller's own id as root inside"},
};

Result<int> run(const Globals&, const Arguments& arguments) {
  const std::string file_name = arguments.text("file").value_or("config.json");
  const HostPath bundle = TRY(absolute(arguments.text("bundle").value_or(".")));
  const HostPath path = file_name.starts_with('/') ? HostPath(file_name) : bundle / file_name;
  const oci::Spec spec =
      arguments.on("rootless") ? oci::rootless_spec(geteuid(), getegid()) : oci::default_spec();
  const Result<kernel::UniqueFd> file =
      kernel::open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0666);
  if (!file && file.error().errnum == EEXIST) {
    return fail(ErrorKind::Conflict,
                format("{} exists already", quoted(path.str())),
                "remove it first: spec never overwrites");
  }
  if (!file) return std::unexpected(file.error());
  TRY(kernel::write_all(file->get(), json::write_pretty(oci::write_spec(spec), 4) + "\n"));
  return 0;
}

}  // namespace

const Verb kSpec{.name = "spec",
                 .words = "",
                 .summary = "write a config.json to start from",
                 .options = kOptions,
                 .run = run};

}  // namespace isle::islet
