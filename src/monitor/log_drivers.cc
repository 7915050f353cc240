#include "monitor/log_drivers.h"

#include <algorithm>
#include <array>
#include <span>

#include "base/byte_size.h"
#include "base/strings.h"
#include "monitor/log_attributes.h"

namespace isle::monitor {

namespace {

using Names = std::span<const std::string_view>;

Names options_of(std::string_view driver) {
  static constexpr std::array<std::string_view, 6> kJson = {
      "max-size", "max-file", "compress", "tag", "labels", "env"};
  if (driver == "none") return {};
  const Names all(kJson);
  if (driver == "journald") return all.subspan(3);
  return driver == "k8s-file" ? all.first(3) : all;
}

bool is_driver(std::string_view name) {
  constexpr std::array<std::string_view, 5> kDrivers = {
      "", "json-file", "k8s-file", "journald", "none"};
  return std::ranges::find(kDrivers, name) != kDrivers.end();
}

Result<std::int64_t> number_option(const record::LogConfig& config,
                                   const std::string& name,
                                   std::int64_t absent) {
  const auto option = config.options.find(name);
  if (option == config.options.end()) return absent;
  const auto number = TRY_STEP(parse_uint(option->second, "value"), format("--log-opt {}", name));
  return static_cast<std::int64_t>(number);
}

Result<bool> switch_option(const record::LogConfig& config, const std::string& name) {
  const auto option = config.options.find(name);
  if (option == config.options.end() || option->second == "false") return false;
  if (option->second == "true") return true;
  return fail(ErrorKind::InvalidArgument,
              format("--log-opt {} cannot be {}", name, quoted(option->second)),
              "it is true or false");
}

Result<LogLimits> limits_of(const record::LogConfig& config) {
  LogLimits limits;
  if (const auto size = config.options.find("max-size");
      size != config.options.end() && size->second != "-1") {
    limits.max_size = TRY(parse_byte_size(size->second, "--log-opt max-size"));
  }
  const std::int64_t files = TRY(number_option(config, "max-file", 1));
  if (files < 1 || files > 1000) {
    return fail(ErrorKind::InvalidArgument, "--log-opt max-file is a number from 1 to 1000");
  }
  limits.max_file = static_cast<unsigned>(files);
  limits.compress = TRY(switch_option(config, "compress"));
  if (limits.compress && (limits.max_size == 0 || limits.max_file == 1)) {
    return fail(
        ErrorKind::InvalidArgument,
        "--log-opt compress: only files that grow no more are compressed, and there are none",
        "add --log-opt max-size=10m --log-opt max-file=3");
  }
  return limits;
}

}  // namespace

Result<void> check_log_config(const record::LogConfig& config) {
  if (!is_driver(config.driver)) {
    return fail(ErrorKind::InvalidArgument,
                format("--log-driver cannot be {}", quoted(config.driver)),
                "it is json-file, k8s-file, journald or none");
  }
  const Names known = options_of(config.driver);
  for (const auto& [name, value] : config.options) {
    if (std::ranges::find(known, name) != known.end()) continue;
    return fail(ErrorKind::InvalidArgument,
                format("the log driver {} has no option {}",
                       config.driver.empty() ? "json-file" : config.driver,
                       quoted(name)));
  }
  TRY(limits_of(config));
  return {};
}

Result<std::unique_ptr<LogDriver>> make_log_driver(const HostPath& directory,
                                                   const record::Container& container) {
  const record::LogConfig& config = container.life.log;
  TRY(check_log_config(config));
  if (config.driver == "none") return nullptr;
  const oci::StringMap attributes = TRY(log_attributes(container));
  if (config.driver == "journald") {
    return make_journald_log(container, TRY(log_tag(container)), attributes);
  }
  LogFile file(directory / "log", TRY(limits_of(config)));
  if (config.driver == "k8s-file") return make_k8s_file_log(std::move(file));
  return make_json_file_log(std::move(file), attributes);
}

}  // namespace isle::monitor
