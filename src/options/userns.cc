// --userns: which ids of the host those inside stand for, user_namespaces(7). Root's containers
// share the host's ids unless told; an ordinary user's always have a namespace, in which he is
// root by a map of one id.

#include <algorithm>

#include "base/strings.h"
#include "options/namespace_mode.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

using Kind = NamespaceMode::Kind;
constexpr std::uint32_t kRange = 65536;

void map(SpecBuilder& builder,
         bool group,
         std::uint32_t inside,
         std::uint32_t host,
         std::uint32_t size) {
  auto& ids = group ? builder.linux_().gid_mappings : builder.linux_().uid_mappings;
  ids.push_back({.container_id = inside, .host_id = host, .size = size});
}

// "auto" or "auto:size=N".
Result<std::uint32_t> auto_size(std::string_view text) {
  const Cut parts = cut(text, ':');
  if (!parts.found) return kRange;
  const Cut option = cut(parts.after, '=');
  if (option.before != "size") {
    return fail(ErrorKind::InvalidArgument,
                format("--userns auto: unknown option {}", quoted(option.before)),
                "it takes size=NUMBER; --uidmap and --gidmap say more");
  }
  return static_cast<std::uint32_t>(
      TRY(parse_between(option.after, "userns auto:size", 1, kRange)));
}

Result<void> map_subordinate(SpecBuilder& builder, std::uint32_t size) {
  for (bool group : {false, true}) {
    const auto range = builder.world.subordinate_ids(group);
    if (!range) {
      return fail(
          ErrorKind::NotFound,
          format("--userns: this user has no range in {}", group ? "/etc/subgid" : "/etc/subuid"),
          "have one added (usermod --add-subuids 100000-165535 --add-subgids "
          "100000-165535 USER), or leave --userns out: one id is mapped then");
    }
    map(builder, group, 0, range->first, std::min(size, range->size));
  }
  return {};
}

Result<void> map_range(SpecBuilder& builder, std::uint32_t size) {
  if (!builder.host.privileged) return map_subordinate(builder, size);
  const IdRange range = TRY(builder.world.reserve_ids(size));
  for (bool group : {false, true}) map(builder, group, 0, range.first, range.size);
  return {};
}

void map_self(SpecBuilder& builder, bool as_root) {
  const Host& host = builder.host;
  map(builder, false, as_root ? 0 : host.uid, host.uid, 1);
  map(builder, true, as_root ? 0 : host.gid, host.gid, 1);
  if (!as_root) builder.default_user = format("{}:{}", host.uid, host.gid);
}

void map_given(SpecBuilder& builder, const record::Namespaces& asked) {
  builder.linux_().uid_mappings = asked.uid_map.empty() ? asked.gid_map : asked.uid_map;
  builder.linux_().gid_mappings = asked.gid_map.empty() ? asked.uid_map : asked.gid_map;
}

Result<void> map_by_word(SpecBuilder& builder, const NamespaceMode& mode) {
  const std::string_view word = cut(mode.argument, ':').before;
  if (word == "auto") return map_range(builder, TRY(auto_size(mode.argument)));
  if (word == "nomap") return map_range(builder, kRange);
  if (word == "keep-id") {
    if (builder.host.privileged) {
      return fail(ErrorKind::InvalidArgument,
                  "--userns keep-id is for ordinary users",
                  "root keeps its id without it");
    }
    map_self(builder, false);
    return {};
  }
  if (builder.host.privileged) return map_range(builder, kRange);
  map_self(builder, true);
  return {};
}

// What a default mount asks for and the map does not have, or another's map may not have.
void fit_mounts(SpecBuilder& builder, bool joined) {
  for (oci::Mount& mount : builder.spec.mounts) {
    if (mount.type == "devpts" && (joined || !builder.is_mapped(true, 5))) {
      std::erase(mount.options, std::string("gid=5"));
    }
  }
}

Result<void> join_other(SpecBuilder& builder, const NamespaceMode& mode) {
  TRY(add_namespace_mode(builder, "user", mode));
  const bool joined =
      std::ranges::count(builder.linux_().namespaces, "user", &oci::Namespace::type) != 0;
  if (joined) fit_mounts(builder, true);
  return {};
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const record::Namespaces& asked = container.namespaces;
  const NamespaceMode mode = read_mode(asked.user);
  const bool given = !asked.uid_map.empty() || !asked.gid_map.empty();
  if (mode.kind == Kind::Host && !builder.host.privileged) {
    return fail(ErrorKind::Denied,
                "--userns host: an ordinary user's container needs a user "
                "namespace",
                "leave it out: your own id is mapped then");
  }
  const bool none = asked.user.empty() && !given && builder.host.privileged;
  if (none || mode.kind == Kind::Host) return {};
  if (mode.kind == Kind::Container || mode.kind == Kind::Path) {
    return join_other(builder, mode);
  }
  builder.add_namespace("user");
  if (given) {
    map_given(builder, asked);
  } else {
    TRY(map_by_word(builder, mode));
  }
  // Who asks to be apart is apart in every kind.
  if (!asked.user.empty()) builder.add_namespace("time");
  fit_mounts(builder, false);
  return {};
}

}  // namespace

const Option kUserns{
    .flag = {"userns",
             0,
             Arity::Value,
             "MODE",
             "User namespace: host (default for root), auto[:size=N] (a range of ids nobody else "
             "has), nomap (your own id is not inside), keep-id (you are yourself inside), "
             "container:NAME, ns:PATH",
             Section::Namespaces},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (value.starts_with("auto:")) TRY(auto_size(value));
      const std::string_view word = value.starts_with("auto:") ? "auto" : value;
      TRY(check_mode("userns", word, {"auto", "nomap", "keep-id"}));
      request.container.namespaces.user = value;
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
