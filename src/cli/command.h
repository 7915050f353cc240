#pragma once
// A command of isle: a file, a row of commands.cc.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "options/command_line.h"

namespace isle::cli {

using Arguments = std::span<const char* const>;

struct Command {
  const char* name;
  const char* synopsis;             // "[FLAGS] IMAGE [COMMAND [ARGUMENT...]]"
  const char* help;                 // one sentence, no full stop; null: for isle's own use
  int (*run)(Arguments arguments);  // what stands behind the name; the exit status
};

// All of them, in the order help shows them.
std::span<const Command> commands();
// "run", or of a group "image ls".
const Command* find_command(std::string_view name);

// It runs a command of the caller's: behind its first operand no flag is its own.
bool runs_another(const Command& command);

// Commands that share a first word; the names of its commands have it, too ("image ls").
struct Group {
  const char* name;
  const char* about;  // one sentence, no full stop
  std::span<const Command> commands;
};
std::span<const Group* const> groups();
int run_group(const Group& group, Arguments arguments);
extern const Group kContainerGroup, kHealthcheckGroup, kImageGroup, kManifestGroup, kNetworkGroup,
    kNsGroup, kSystemGroup, kVolumeGroup;

// What a command's own flags do to its request.
template <typename Request>
struct CommandFlag {
  options::Flag flag;
  Result<void> (*take)(Request& request, std::string_view value);
};

// Parses by the rows; gives the operands.
template <typename Request, std::size_t Count>
Result<std::vector<std::string_view>> take_flags(const CommandFlag<Request> (&rows)[Count],
                                                 Arguments arguments,
                                                 options::Operands operands,
                                                 Request& request) {
  std::vector<options::Flag> flags;
  for (const auto& row : rows) flags.push_back(row.flag);
  options::CommandLine line = TRY(options::parse_command_line(flags, arguments, operands));
  for (const options::GivenFlag& given : line.flags) {
    TRY(rows[given.index].take(request, given.value));
  }
  return std::move(line.operands);
}

// What --format json|table says.
Result<bool> is_json(std::string_view format_name);
// Prints the error as isle's; gives `status`.
int complain(const Error& error, int status = kExitEngine);
// There is no such command; tells of the nearest one.
int unknown_command(std::string_view name);
// No container was named on the command line.
int complain_of_none(std::string_view command, const char* hint);
// Prints the text, or the error.
int finish(const Result<std::string>& text);
void warn(const std::string& line);
void print(std::string_view text);

// "--help" among the flags of any command but those that parse it themselves.
bool wants_help(Arguments arguments);
int print_command_help(const Command& command, const std::vector<options::Flag>& flags);
std::vector<options::Flag> flags_of_command(const Command& command);

// The commands.
int attach_command(Arguments arguments);
int boot_command(Arguments arguments);
int cni_command(Arguments arguments);
int commit_command(Arguments arguments);
int complete_command(Arguments arguments);
int completion_command(Arguments arguments);
int container_command(Arguments arguments);
int container_inspect_command(Arguments arguments);
int container_prune_command(Arguments arguments);
int cp_command(Arguments arguments);
int create_command(Arguments arguments);
int diff_command(Arguments arguments);
int doctor_command(Arguments arguments);
int events_command(Arguments arguments);
int exists_command(Arguments arguments);
int export_command(Arguments arguments);
int exec_command(Arguments arguments);
int healthcheck_command(Arguments arguments);
int help_command(Arguments arguments);
int history_command(Arguments arguments);
int image_command(Arguments arguments);
int image_inspect_command(Arguments arguments);
int image_prune_command(Arguments arguments);
int image_mount_command(Arguments arguments);
int image_unmount_command(Arguments arguments);
int image_why_command(Arguments arguments);
int images_command(Arguments arguments);
int import_command(Arguments arguments);
int info_command(Arguments arguments);
int inspect_command(Arguments arguments);
int load_command(Arguments arguments);
int kill_command(Arguments arguments);
int logs_command(Arguments arguments);
int login_command(Arguments arguments);
int logout_command(Arguments arguments);
int manifest_command(Arguments arguments);
int ns_command(Arguments arguments);
int pause_command(Arguments arguments);
int netavark_command(Arguments arguments);
int network_command(Arguments arguments);
int port_command(Arguments arguments);
int ps_command(Arguments arguments);
int pull_command(Arguments arguments);
int push_command(Arguments arguments);
int rename_command(Arguments arguments);
int restart_command(Arguments arguments);
int rm_command(Arguments arguments);
int rmi_command(Arguments arguments);
int run_command(Arguments arguments);
int search_command(Arguments arguments);
int save_command(Arguments arguments);
int stats_command(Arguments arguments);
int start_command(Arguments arguments);
int stop_command(Arguments arguments);
int system_command(Arguments arguments);
int system_prune_command(Arguments arguments);
int tag_command(Arguments arguments);
int top_command(Arguments arguments);
int tree_command(Arguments arguments);
int unpause_command(Arguments arguments);
int untag_command(Arguments arguments);
int update_command(Arguments arguments);
int version_command(Arguments arguments);
int volume_command(Arguments arguments);
int wait_command(Arguments arguments);

// The whole program.
int main(int count, const char* const* words);

}  // namespace isle::cli
