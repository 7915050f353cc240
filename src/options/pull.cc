// --pull and its like: how an image that is not here comes. They are of this one run, and leave
// nothing in the container's record.
#include "options/rows.h"

namespace isle::options {

const Option kPull{
    .flag =
        {"pull",
         0,
         Arity::Value,
         "POLICY",
         "When to fetch the image: missing (the default), always, newer (fetch, but take what is "
         "here if that fails) or never",
         Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.pull.policy = TRY_STEP(image::parse_pull_policy(value), "--pull");
      return {};
    },
    .apply = nullptr,
};

const Option kPlatform{
    .flag = {"platform",
             0,
             Arity::Value,
             "OS/ARCH[/VARIANT]",
             "Of an image for several platforms the one for this, not for this machine's",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.platform.whole = value;
      return {};
    },
    .apply = nullptr,
};

const Option kOs{
    .flag =
        {"os", 0, Arity::Value, "OS", "Of the platform meant the system alone", Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.platform.os = value;
      return {};
    },
    .apply = nullptr,
};

const Option kArch{
    .flag = {"arch",
             0,
             Arity::Value,
             "ARCH",
             "Of the platform meant the architecture alone",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.platform.architecture = value;
      return {};
    },
    .apply = nullptr,
};

const Option kVariant{
    .flag = {"variant",
             0,
             Arity::Value,
             "VARIANT",
             "Of the platform meant the variant alone",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.platform.variant = value;
      return {};
    },
    .apply = nullptr,
};

const Option kQuiet{
    .flag = {"quiet", 'q', Arity::Switch, nullptr, "Show nothing of a pull", Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.pull.quiet = value == "true";
      return {};
    },
    .apply = nullptr,
};

const Option kTlsVerify{
    .flag = {"tls-verify",
             0,
             Arity::Switch,
             nullptr,
             "false: take the image from a registry without TLS, or whose certificate nobody "
             "vouches for",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.pull.fetch.tls_verify = value == "true";
      return {};
    },
    .apply = nullptr,
};

const Option kCreds{
    .flag = {"creds",
             0,
             Arity::Value,
             "USER[:PASSWORD]",
             "Who asks the registry for the image",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.pull.fetch.creds = value;
      return {};
    },
    .apply = nullptr,
};

const Option kAuthfile{
    .flag = {"authfile",
             0,
             Arity::Value,
             "FILE",
             "Where registries' passwords are, instead of the usual places",
             Section::General},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.pull.fetch.authfile = value;
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
