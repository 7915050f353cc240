// --publish, --publish-all, --expose: ports of the host that lead inside.
#include "network/ports.h"
#include "options/rows.h"

namespace isle::options {

const Option kPublish{
    .flag = {"publish",
             'p',
             Arity::Value,
             "[[ADDRESS:][PORT]:]PORT[/PROTOCOL]",
             "A port of the host that leads to one inside; ranges as FIRST-LAST; without the "
             "host's, a free one",
             Section::Network},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.networking.ports.push_back(
          TRY_STEP(network::parse_port(value), "--publish"));
      return {};
    },
    .apply = nullptr,  // the engine works out the wiring
};

const Option kPublishAll{
    .flag = {"publish-all",
             'P',
             Arity::Switch,
             nullptr,
             "Publish every exposed port on a free one of the host",
             Section::Network},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.networking.publish_all = value == "true";
      return {};
    },
    .apply = nullptr,
};

const Option kExpose{
    .flag = {"expose",
             0,
             Arity::Value,
             "PORT[/PROTOCOL]",
             "A port that -P publishes, beside those of the image",
             Section::Network},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      TRY_STEP(network::parse_exposed(value), "--expose");
      request.container.networking.exposed.emplace_back(value);
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
