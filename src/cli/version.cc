// isle version.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/output/rows.h"
#include "oci/runtime_spec.h"

namespace isle::cli {
namespace {

struct VersionRequest {
  Format format;
};

constexpr CommandFlag<VersionRequest> kFlags[] = {
    {{"format",
      'f',
      options::Arity::Value,
      "FORMAT",
      "json, or a template such as \"{{.Client.Version}}\"",
      options::Section::General},
     [](VersionRequest& request, std::string_view value) -> Result<void> {
       request.format = TRY(Format::parse(value));
       return {};
     }},
};

// Docker's and podman's names; nothing is asked of a server here.
json::Value version_json() {
  json::Value client;
  client["Version"] = ISLE_VERSION;
  client["RuntimeSpec"] = std::string(oci::kRuntimeSpecVersion);
  json::Value value;
  value["Client"] = std::move(client);
  return value;
}

Result<std::string> show(Arguments arguments) {
  VersionRequest request;
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  if (!operands.empty()) {
    return fail(ErrorKind::InvalidArgument,
                format("version: {} is too much", quoted(operands[0])),
                "version takes flags only");
  }
  if (request.format.is_json()) return json::write_pretty(version_json()) + "\n";
  if (!request.format.is_table()) return request.format.lines({version_json()});
  return format("isle {}\nOCI runtime specification {}\n", ISLE_VERSION, oci::kRuntimeSpecVersion);
}

}  // namespace

int version_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("version"), {kFlags[0].flag});
  const auto text = show(arguments);
  if (!text) return complain(text.error());
  print(*text);
  return 0;
}

}  // namespace isle::cli
