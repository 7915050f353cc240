// --tz: what /etc/localtime says inside, tzset(3): the host's file of that zone is mounted there.
#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {
namespace {

Result<void> parse(RunRequest& request, std::string_view value) {
  const bool leads_out = value.starts_with('/') || value.find("..") != std::string_view::npos;
  if (value.empty() || leads_out) {
    return fail(ErrorKind::InvalidArgument,
                format("--tz: {} is no time zone", quoted(value)),
                "it is local, or a name below /usr/share/zoneinfo such as Europe/Berlin");
  }
  request.container.process.timezone = value;
  return {};
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const std::string& zone = container.process.timezone;
  if (zone.empty()) return {};
  const std::string file =
      zone == "local" ? std::string("/etc/localtime") : "/usr/share/zoneinfo/" + zone;
  const Result<struct stat> look = builder.world.look(file);
  if (!look || !S_ISREG(look->st_mode)) {
    return fail(ErrorKind::InvalidArgument,
                format("--tz: this host has no file {}", quoted(file)),
                "ls /usr/share/zoneinfo shows the zones; the package tzdata brings them");
  }
  constexpr const char* kPlace = "/etc/localtime";
  if (builder.find_mount(kPlace) != nullptr) return {};  // a volume of the user's is there
  builder.spec.mounts.push_back({.destination = kPlace,
                                 .type = "bind",
                                 .source = file,
                                 .options = {"bind", "ro", "nosuid", "nodev", "noexec"}});
  return {};
}

}  // namespace

const Option kTz{
    .flag = {"tz",
             0,
             Arity::Value,
             "ZONE",
             "The time zone inside, such as Europe/Berlin; local is the host's",
             Section::Process},
    .parse = parse,
    .apply = apply,
};

}  // namespace isle::options
