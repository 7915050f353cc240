// isle netavark: what podman asks of its network program (netavark(1)), done by isle. An error is a
// document on standard output, {"error": "..."}, with status 1.
#include "network/netavark.h"

#include <unistd.h>

#include "base/ip_address.h"
#include "base/json.h"
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "engine/networking.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

struct NetavarkRequest {
  std::string config, rootless = "false", aardvark, plugins, file, servers;
  bool version = false;
};

constexpr CommandFlag<NetavarkRequest> kFlags[] = {
    {{"config",
      'c',
      Arity::Value,
      "DIR",
      "Taken since podman gives it: what isle has wired stands below ISLE_RUN",
      Section::General},
     take_text<NetavarkRequest, &NetavarkRequest::config>},
    {{"rootless",
      'r',
      Arity::Value,
      "BOOL",
      "Only false: isle wires for root's podman",
      Section::General},
     take_text<NetavarkRequest, &NetavarkRequest::rootless>},
    {{"aardvark-binary",
      'a',
      Arity::Value,
      "PATH",
      "Taken since podman gives it: isle-dns serves names",
      Section::General},
     take_text<NetavarkRequest, &NetavarkRequest::aardvark>},
    {{"plugin-directory",
      0,
      Arity::Value,
      "DIR",
      "Taken since podman gives it: a network of a driver isle lacks is refused by name",
      Section::General},
     take_text<NetavarkRequest, &NetavarkRequest::plugins>},
    {{"file", 'f', Arity::Value, "FILE", "Read it, not standard input (-)", Section::General},
     take_text<NetavarkRequest, &NetavarkRequest::file>},
    {{"network-dns-servers",
      0,
      Arity::Value,
      "LIST",
      "update: addresses, with commas; empty: the host's",
      Section::General},
     take_text<NetavarkRequest, &NetavarkRequest::servers>},
    {{"version", 'V', Arity::Switch, nullptr, "Show the version", Section::General},
     take_switch<NetavarkRequest, &NetavarkRequest::version>},
};

Result<network::ForeignRequest> read_request(const NetavarkRequest& options) {
  const bool from_file = !options.file.empty() && options.file != "-";
  const std::string text =
      TRY(from_file ? kernel::read_file(HostPath(options.file)) : kernel::read_all(STDIN_FILENO));
  return TRY_STEP(network::read_netavark_request(text), "read the request");
}

Result<std::string> set_up(const engine::Paths& paths,
                           const network::ForeignRequest& request,
                           std::string_view space) {
  const kernel::UniqueFd opened = TRY(kernel::open_file(HostPath(std::string(space)), O_RDONLY));
  const record::Wiring wiring = TRY(network::set_up_foreign(
      engine::network_places(paths), request, opened.get(), engine::holders_alive(paths)));
  return network::netavark_answer(request, wiring);
}

Result<std::string> tear_down(const engine::Paths& paths,
                              const network::ForeignRequest& request,
                              std::string_view space) {
  const kernel::UniqueFd opened =
      TRY(kernel::open_if_exists(HostPath(std::string(space)), O_RDONLY));
  oci::Strings networks;
  for (const record::Attachment& attachment : request.attachments) {
    networks.push_back(attachment.network);
  }
  TRY(network::tear_down_foreign(
      engine::network_places(paths), request.holder, networks, opened ? opened.get() : -1));
  return std::string();
}

Result<std::string> update(const engine::Paths& paths,
                           const NetavarkRequest& options,
                           std::string_view network) {
  oci::Strings servers;
  for (const std::string_view server : split(options.servers, ',')) {
    if (!server.empty()) servers.push_back(TRY(IpAddress::parse(server)).str());
  }
  TRY(network::change_foreign_servers(
      engine::network_places(paths), std::string(network), servers));
  return std::string();
}

std::string version_text() {
  json::Value value{json::Object{}};
  value["version"] = ISLE_VERSION;
  value["program"] = "isle";
  return json::write(value) + "\n";
}

Result<std::string> run(Arguments arguments) {
  NetavarkRequest options;
  const auto words = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, options));
  if (options.version) return format("netavark of isle {}\n", ISLE_VERSION);
  TRY(check_operands("netavark", words, 1, 2, "command"));
  if (words[0] == "version") return version_text();
  const bool sets_up = words[0] == "setup";
  if (!sets_up && words[0] != "teardown" && words[0] != "update") {
    return fail(ErrorKind::Unsupported,
                format("netavark: isle has no command {}", quoted(words[0])),
                "setup, teardown, update and version are there");
  }
  TRY(check_operands("netavark", words, 2, 2, words[0] == "update" ? "network" : "namespace"));
  if (TRY(options::parse_bool(options.rootless, "rootless"))) {
    return fail(ErrorKind::Unsupported,
                "isle wires containers of root's podman, not of an ordinary user's",
                "leave helper_binaries_dir as it was in the user's containers.conf");
  }
  const engine::Paths paths = TRY(engine::Paths::open());
  if (words[0] == "update") return update(paths, options, words[1]);
  const network::ForeignRequest request = TRY(read_request(options));
  return sets_up ? set_up(paths, request, words[1]) : tear_down(paths, request, words[1]);
}

}  // namespace

int netavark_command(Arguments arguments) {
  if (wants_help(arguments)) {
    return print_command_help(*find_command("netavark"), flags_of(kFlags));
  }
  const auto text = run(arguments);
  if (text) return finish(text);
  json::Value error{json::Object{}};
  const Error& said = text.error();
  error["error"] =
      said.hint.empty() ? said.describe() : format("{} ({})", said.describe(), said.hint);
  print(json::write(error) + "\n");
  return 1;
}

}  // namespace isle::cli
