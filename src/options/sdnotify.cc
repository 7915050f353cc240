// --sdnotify: what a service manager that runs isle (Type=notify) hears, and from whom.
#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {

const Option kSdnotify{
    .flag =
        {"sdnotify",
         0,
         Arity::Value,
         "container|conmon|healthy|ignore",
         "Who tells the manager behind NOTIFY_SOCKET that it is ready: its command, its monitor "
         "at the start, its health check, or nobody (default: container)",
         Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      const bool known =
          value == "container" || value == "conmon" || value == "healthy" || value == "ignore";
      if (!known) {
        return fail(ErrorKind::InvalidArgument,
                    format("--sdnotify cannot be {}", quoted(value)),
                    "it is container, conmon, healthy or ignore");
      }
      request.container.life.sd_notify = value == "container" ? std::string_view() : value;
      return {};
    },
    .apply = nullptr,  // the monitor's matter
};

}  // namespace isle::options
