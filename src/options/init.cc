// --init: process 1 is a small program of isle's that reaps orphans and passes signals on.
#include "options/rows.h"

namespace isle::options {
namespace {

constexpr const char* kInside = "/run/isle-init";

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  if (!container.process.init) return {};
  if (builder.host.init_program.empty()) {
    return fail(ErrorKind::NotFound,
                "--init: the program isle-init is missing",
                "it belongs beside isle itself");
  }
  builder.spec.mounts.push_back({.destination = kInside,
                                 .type = "bind",
                                 .source = builder.host.init_program,
                                 .options = {"bind", "ro", "nosuid", "nodev", "private"},
                                 .uid_mappings = {},
                                 .gid_mappings = {}});
  oci::Strings& args = builder.process().args;
  args.insert(args.begin(), {kInside, "--"});
  return {};
}

}  // namespace

const Option kInit{
    .flag = {"init",
             0,
             Arity::Switch,
             nullptr,
             "Run a small init as process 1, which reaps orphans and forwards signals",
             Section::Process},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      request.container.process.init = value == "true";
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
