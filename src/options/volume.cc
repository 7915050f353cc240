// --volume: a directory or file of the host inside. A missing source is made, as docker does.
#include "base/strings.h"
#include "options/mount_words.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

Result<void> parse(RunRequest& request, std::string_view value) {
  const auto parts = split(value, ':');
  if (parts.size() > 3 || parts[0].empty() || (parts.size() > 1 && parts[1].empty())) {
    return fail(ErrorKind::InvalidArgument,
                format("--volume: {} is not SOURCE:TARGET[:OPTIONS]", quoted(value)));
  }
  if (parts.size() == 1) {
    return fail(ErrorKind::Unsupported,
                format("--volume {}: volumes without a source do not exist yet", quoted(value)),
                "give a directory: SOURCE:TARGET, or use --tmpfs");
  }
  if (!parts[0].starts_with('/') && !parts[0].starts_with('.')) {
    return fail(ErrorKind::Unsupported,
                format("--volume: named volumes such as {} do not exist yet", quoted(parts[0])),
                format("a directory is written with a slash: ./{}", parts[0]));
  }
  record::MountRequest mount{.type = "bind", .make_source = true};
  mount.source = TRY(absolute_path(parts[0]));
  mount.target = TRY(mount_target(parts[1], "volume"));
  mount.options = TRY(bind_options(parts.size() > 2 ? parts[2] : "", "volume"));
  return add_mount(request.container.storage, std::move(mount), "volume");
}

}  // namespace

const Option kVolume{
    .flag = {"volume",
             'v',
             Arity::Value,
             "SOURCE:TARGET[:OPTIONS]",
             "Mount SOURCE of the host on TARGET inside; OPTIONS such as ro, rslave, noexec, "
             "divided by commas",
             Section::Files},
    .parse = parse,
    .apply = nullptr,  // --mount does it for all
};

}  // namespace isle::options
