// --security-opt: what has no flag of its own. seccomp= is seccomp.cc's, mask= and unmask= are
// masks.cc's, to apply.
#include "base/strings.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

using Security = record::Security;

// "a:b" of paths.
Result<void> add_paths(oci::Strings& paths, std::string_view text, bool patterns) {
  for (std::string_view part : split(text, ':')) {
    if (patterns && lower(part) == "all") {
      paths.emplace_back("ALL");
    } else {
      paths.push_back(TRY(inside_path(part, "security-opt")));
    }
  }
  return {};
}

Result<void> take_seccomp(Security& security, std::string_view value) {
  security.seccomp = value == "unconfined" ? std::string(value) : TRY(absolute_path(value));
  return {};
}

Result<void> take_label(Security& security, std::string_view value) {
  if (value != "disable") {
    return fail(ErrorKind::Unsupported,
                format("--security-opt label={}: isle does not set SELinux labels yet", value),
                "label=disable is understood");
  }
  security.labels.emplace_back(value);
  return {};
}

Result<void> take_no_new_privileges(Security& security, std::string_view value) {
  security.no_new_privileges =
      value.empty() || TRY(parse_bool(value, "--security-opt no-new-privileges"));
  return {};
}

Result<void> take(Security& security, std::string_view key, std::string_view value) {
  if (key == "no-new-privileges") return take_no_new_privileges(security, value);
  if (key == "seccomp") return take_seccomp(security, value);
  if (key == "mask") return add_paths(security.mask, value, false);
  if (key == "unmask") return add_paths(security.unmask, value, true);
  if (key == "systempaths" && value == "unconfined") return add_paths(security.unmask, "ALL", true);
  if (key == "label") return take_label(security, value);
  if (key == "apparmor") {
    security.apparmor = value;
    return {};
  }
  return fail(ErrorKind::InvalidArgument,
              format("--security-opt: unknown key {}", quoted(key)),
              "keys are seccomp=, no-new-privileges, mask=, unmask=, systempaths=, label=, "
              "apparmor=");
}

Result<void> parse(RunRequest& request, std::string_view value) {
  // docker once wrote key:value, and still takes it.
  const std::size_t at = value.find_first_of("=:");
  const std::string_view key = value.substr(0, at);
  const std::string_view rest = at == std::string_view::npos ? "" : value.substr(at + 1);
  if (rest.empty() && key != "no-new-privileges") {
    return fail(ErrorKind::InvalidArgument,
                format("--security-opt: {} has no value", quoted(value)));
  }
  return take(request.container.security, key, rest);
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const Security& asked = container.security;
  builder.process().no_new_privileges = asked.no_new_privileges;
  if (asked.apparmor.empty() || asked.apparmor == "unconfined") return {};
  if (!builder.host.apparmor) {
    return fail(
        ErrorKind::Unsupported,
        format("--security-opt apparmor={}: AppArmor is not in force on this host", asked.apparmor),
        "apparmor=unconfined, or leave it out");
  }
  builder.process().apparmor_profile = asked.apparmor;
  return {};
}

}  // namespace

const Option kSecurityOpt{
    .flag =
        {"security-opt",
         0,
         Arity::Value,
         "KEY[=VALUE]",
         "seccomp=FILE|unconfined, no-new-privileges, mask=PATH[:PATH], unmask=ALL|PATH[:PATH], "
         "apparmor=PROFILE|unconfined, label=disable",
         Section::Security},
    .parse = parse,
    .apply = apply,
};

}  // namespace isle::options
