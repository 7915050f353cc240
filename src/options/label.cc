// --label: facts for people and programs; isle gives them no meaning.
#include "base/strings.h"
#include "kernel/fd.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {

const Option kLabel{
    .flag = {"label",
             'l',
             Arity::Value,
             "NAME=VALUE",
             "Note a fact about the container",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      auto [name, text] = TRY(parse_pair(value, "label", true));
      request.container.labels[name] = std::move(text);
      return {};
    },
    .apply = nullptr,
};

const Option kLabelFile{
    .flag = {"label-file",
             0,
             Arity::Value,
             "FILE",
             "Labels from FILE, a NAME=VALUE on each line; # begins a comment",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      const std::string text =
          TRY_STEP(kernel::read_file(HostPath(std::string(value)), 1 << 20), "--label-file");
      for (std::string_view line : split(text, '\n')) {
        line = trim(line);
        if (line.empty() || line.starts_with('#')) continue;
        TRY(kLabel.parse(request, line));
      }
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
