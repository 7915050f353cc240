// --user and --group-add: who the command is inside.
#include "base/strings.h"
#include "options/passwd.h"
#include "options/rows.h"

namespace isle::options {
namespace {

Result<void> check_mapped(const SpecBuilder& builder, bool group, std::uint32_t id) {
  if (builder.is_mapped(group, id)) return {};
  return fail(
      ErrorKind::InvalidArgument,
      format("{} {} is not mapped in the container's user namespace", group ? "gid" : "uid", id),
      "run it as a mapped id, or map more of them (--uidmap, --userns auto)");
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  const record::Process& asked = container.process;
  std::string wanted = asked.user.empty() ? builder.image.user : asked.user;
  if (wanted.empty()) wanted = builder.default_user;
  const ResolvedUser user = TRY(resolve_user(wanted, asked.groups, builder.world.read_inside));
  TRY(check_mapped(builder, false, user.uid));
  TRY(check_mapped(builder, true, user.gid));
  oci::User& target = builder.process().user;
  target.uid = user.uid;
  target.gid = user.gid;
  // Rootless: setgroups(2) is denied by a map of one id (user_namespaces(7)), so the groups of the
  // image's files are left out, while those that were asked for are an error.
  const bool may_set = builder.host.privileged || builder.maps_ids();
  for (std::uint32_t gid : user.groups) {
    // Whose map is joined is another's: an ordinary user's, of one id like his own.
    if (builder.is_mapped(true, gid) && (may_set || !asked.groups.empty())) {
      target.additional_gids.push_back(gid);
    } else if (!asked.groups.empty()) {
      TRY_STEP(check_mapped(builder, true, gid), "--group-add");
    }
  }
  builder.home = user.home;
  return {};
}

}  // namespace

const Option kUser{
    .flag = {"user",
             'u',
             Arity::Value,
             "USER[:GROUP]",
             "Run the command as this user and group, by name or number",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.process.user = value;
      return {};
    },
    .apply = apply,
};

const Option kGroupAdd{
    .flag = {"group-add",
             0,
             Arity::Value,
             "GROUP",
             "Give the command one more group, by name or number",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      if (value == "keep-groups") {
        return fail(
            ErrorKind::Unsupported, "--group-add keep-groups is not supported", "name the groups");
      }
      request.container.process.groups.emplace_back(value);
      return {};
    },
    .apply = nullptr,
};

}  // namespace isle::options
