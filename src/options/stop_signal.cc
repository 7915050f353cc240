// --stop-signal: how the container is asked to end.
#include "kernel/signal.h"
#include "options/rows.h"

namespace isle::options {

const Option kStopSignal{
    .flag = {"stop-signal",
             0,
             Arity::Value,
             "SIGNAL",
             "The signal that asks the command to end (default: the image's, or TERM)",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      const int number = TRY_STEP(kernel::parse_signal(value), "--stop-signal");
      request.container.process.stop_signal = kernel::signal_name(number);
      return {};
    },
    .apply = nullptr,  // the monitor's matter
};

}  // namespace isle::options
