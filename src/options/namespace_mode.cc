#include "options/namespace_mode.h"

#include <algorithm>

#include "base/strings.h"

namespace isle::options {

NamespaceMode read_mode(std::string_view text) {
  using Kind = NamespaceMode::Kind;
  if (text.empty() || text == "private") return {};
  if (text == "host") return {.kind = Kind::Host, .argument = {}};
  const Cut parts = cut(text, ':');
  if (parts.found && parts.before == "container") {
    return {.kind = Kind::Container, .argument = std::string(parts.after)};
  }
  if (parts.found && parts.before == "ns") {
    return {.kind = Kind::Path, .argument = std::string(parts.after)};
  }
  return {.kind = Kind::Other, .argument = std::string(text)};
}

Result<std::string> check_mode(std::string_view flag,
                               std::string_view value,
                               std::initializer_list<std::string_view> others) {
  using Kind = NamespaceMode::Kind;
  const NamespaceMode mode = read_mode(value);
  const bool known = mode.kind != Kind::Other || std::ranges::find(others, value) != others.end();
  const bool named = mode.kind != Kind::Container || !mode.argument.empty();
  const bool absolute = mode.kind != Kind::Path || mode.argument.starts_with('/');
  if (known && named && absolute && !value.empty()) return std::string(value);
  std::string words = "private, host, container:NAME or ns:/PATH";
  for (std::string_view other : others) words = format("{}, {}", other, words);
  return fail(ErrorKind::InvalidArgument,
              format("--{} cannot be {}", flag, quoted(value)),
              format("it is one of {}", words));
}

Result<void> add_namespace_mode(SpecBuilder& builder,
                                std::string_view type,
                                const NamespaceMode& mode) {
  using Kind = NamespaceMode::Kind;
  switch (mode.kind) {
    case Kind::Host: return {};
    case Kind::Container:
      if (!builder.host.privileged && type != "user" && builder.maps_ids()) {
        return fail(ErrorKind::Denied,
                    format("the {} namespace of container {} belongs to its user namespace",
                           type,
                           quoted(mode.argument)),
                    format("join that too: --userns container:{}", mode.argument));
      }
      builder.add_namespace(std::string(type),
                            TRY(builder.world.namespace_of(mode.argument, type)));
      return {};
    case Kind::Path: builder.add_namespace(std::string(type), mode.argument); return {};
    case Kind::Private:
    case Kind::Other: builder.add_namespace(std::string(type)); return {};
  }
  return {};
}

}  // namespace isle::options
