// --hostname and --domainname: names of the UTS namespace, uts_namespaces(7).
#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {
namespace {

// Names go into /etc/hosts as they are.
Result<std::string> check_host_name(std::string_view value, std::string_view flag) {
  bool valid = !value.empty() && value.size() <= 64;  // __NEW_UTS_LEN
  for (char c : value) {
    valid = valid && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.' || c == '_');
  }
  if (valid) return std::string(value);
  return fail(ErrorKind::InvalidArgument,
              format("--{} cannot be {}", flag, quoted(value)),
              "use letters, digits, \"-\", \"_\" and \".\", at most 64 of them");
}

}  // namespace

const Option kHostname{
    .flag = {"hostname",
             'h',
             Arity::Value,
             "NAME",
             "The host name inside (default: the beginning of the container's id)",
             Section::Namespaces},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.namespaces.hostname = TRY(check_host_name(value, "hostname"));
      return {};
    },
    .apply = nullptr,  // --uts decides whether there is one to set
};

const Option kDomainname{
    .flag =
        {"domainname", 0, Arity::Value, "NAME", "The NIS domain name inside", Section::Namespaces},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.namespaces.domainname = TRY(check_host_name(value, "domainname"));
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
