// --uts: whose host name the container sees.
#include "options/namespace_mode.h"
#include "options/rows.h"

namespace isle::options {
namespace {

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const record::Namespaces& asked = container.namespaces;
  const NamespaceMode mode = read_mode(asked.uts);
  const bool own = mode.kind == NamespaceMode::Kind::Private;
  if (!own && (!asked.hostname.empty() || !asked.domainname.empty())) {
    return fail(ErrorKind::InvalidArgument,
                "--hostname and --domainname need a UTS namespace of the container's own",
                "leave --uts out");
  }
  TRY(add_namespace_mode(builder, "uts", mode));
  if (!own) return {};
  const bool hosts_network = read_mode(asked.network).kind == NamespaceMode::Kind::Host;
  builder.spec.hostname = !asked.hostname.empty() ? asked.hostname
                          : hosts_network         ? builder.host.hostname
                                                  : container.id.substr(0, 12);
  builder.spec.domainname = asked.domainname;
  return {};
}

}  // namespace

const Option kUts{
    .flag = {"uts",
             0,
             Arity::Value,
             "MODE",
             "Host name namespace: private (default), host, container:NAME, ns:PATH",
             Section::Namespaces},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.namespaces.uts = TRY(check_mode("uts", value));
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
