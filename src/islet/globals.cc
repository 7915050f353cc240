#include "islet/globals.h"

#include <cstdlib>

#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "islet/bundle.h"

namespace isle::islet {

namespace {

constexpr Option kOptions[] = {
    {.name = "root", .value = "DIR", .help = "where the states of containers are (/run/islet)"},
    {.name = "log", .value = "FILE", .help = "append messages to FILE, besides standard error"},
    {.name = "log-format", .value = "text|json", .help = "how lines of the log look (text)"},
    {.name = "log-level", .value = "LEVEL", .help = "error, warning, info or debug (info)"},
    {.name = "debug", .help = "say every step and its time; the same as --log-level debug"},
    {.name = "rootless",
     .value = "auto|true|false",
     .help = "true: do without control groups; false: fail when they cannot be made"},
    {.name = "cgroup-manager",
     .value = "cgroupfs|systemd|disabled",
     .help = "who makes control groups: islet itself, systemd, nobody (cgroupfs)"},
    {.name = "systemd-cgroup", .help = "the same as --cgroup-manager=systemd"},
    {.name = "criu",
     .value = "FILE",
     .refused = "it is checkpoint's and restore's: containers cannot be saved to disk yet"},
    {.name = "version", .letter = 'v', .help = "print the version and end"},
    {.name = "version", .letter = 'V', .help = "the same"},
    {.name = "help", .letter = 'h', .help = "print this and end"},
    {.name = "usage", .letter = '?', .help = "the same"},
};

// crun writes the kind of log in front: "file:PATH".
Result<HostPath> log_file(std::string_view text) {
  const Cut parts = cut(text, ':');
  if (!parts.found || parts.before.find('/') != std::string_view::npos) return absolute(text);
  if (parts.before == "file") return absolute(parts.after);
  return fail(
      ErrorKind::Unsupported,
      format("--log {}: there is no log of the kind {}", quoted(text), quoted(parts.before)),
      "a path, or file:PATH; journald and syslog are the caller's to write to");
}

Result<void> read_log(Log& log, const Arguments& arguments) {
  if (const auto file = arguments.text("log")) log.file = TRY(log_file(*file));
  if (log.file.str() == "/dev/stderr") log.file = {};
  const std::string format_name = arguments.text("log-format").value_or("text");
  if (format_name != "text" && format_name != "json") {
    return fail(ErrorKind::InvalidArgument,
                format("--log-format {} is none", quoted(format_name)),
                "formats are text and json");
  }
  log.json = format_name == "json";
  if (const auto level = arguments.text("log-level")) log.level = TRY(parse_level(*level));
  if (arguments.on("debug")) log.level = Level::Debug;
  return {};
}

Result<void> read_cgroups(Globals& globals, const Arguments& arguments) {
  const std::string rootless = lower(arguments.text("rootless").value_or("auto"));
  if (rootless != "auto" && rootless != "true" && rootless != "false") {
    return fail(ErrorKind::InvalidArgument,
                format("--rootless {} is none", quoted(rootless)),
                "auto, true or false");
  }
  if (rootless != "auto") globals.make_cgroups = rootless == "false";
  const std::string manager = arguments.text("cgroup-manager").value_or("cgroupfs");
  if (manager != "cgroupfs" && manager != "systemd" && manager != "disabled") {
    return fail(ErrorKind::InvalidArgument,
                format("--cgroup-manager {} is none", quoted(manager)),
                "cgroupfs, systemd or disabled");
  }
  if (manager == "disabled") globals.make_cgroups = false;
  globals.systemd_cgroup = manager == "systemd" || arguments.on("systemd-cgroup");
  return {};
}

}  // namespace

std::span<const Option> global_options() { return kOptions; }

Result<Globals> read_globals(const Arguments& arguments) {
  Globals globals;
  TRY(read_log(globals.log, arguments));
  if (const auto root = arguments.text("root")) globals.root_option = TRY(absolute(*root));
  TRY(read_cgroups(globals, arguments));
  return globals;
}

Result<HostPath> Globals::root() const {
  if (root_option) return *root_option;
  if (geteuid() == 0) return HostPath("/run/islet");
  const char* runtime = getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && runtime[0] == '/') return HostPath(runtime) / "islet";
  const HostPath usual(format("/run/user/{}", geteuid()));
  struct stat info{};
  if (stat(usual.c_str(), &info) == 0 && info.st_uid == geteuid()) return usual / "islet";
  return fail(ErrorKind::InvalidArgument,
              "there is no place for the states of containers",
              "set XDG_RUNTIME_DIR to a directory of yours, or use --root");
}

}  // namespace isle::islet
