#pragma once
// Why: shares of the processor's caches and memory bandwidth are given to groups, which are
// directories of the resctrl file system: a `schemata` file says the shares, a pid written to
// `tasks` joins, groups below `mon_groups` count (Documentation/arch/x86/resctrl.rst, Linux 4.10).

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/types.h"

namespace isle::kernel {

// Where it is mounted, which is always the same place; empty if it is not.
std::string find_resctrl();

struct ResctrlGroup {
  HostPath root;        // find_resctrl()
  std::string group;    // directory below it; "" is the group of everybody, the root itself
  std::string monitor;  // group below its mon_groups; "": none
};

// What has to be so before a process joins.
enum class ResctrlMaking : unsigned char {
  New,       // the group is made for this process
  MayExist,  // made when missing; one that is there must have the same schemata
  MustExist,
};

// Makes what has to be made, writes `schemata` (lines, in their order), and joins `pid` to group
// and monitoring group. What was made is removed again if anything fails.
Result<void> join_resctrl(const ResctrlGroup& group,
                          ResctrlMaking making,
                          const std::vector<std::string>& schemata,
                          Pid pid);
// Other shares for a group that is there: those domains change that `schemata` name. Returns what
// the file said before.
Result<std::string> change_schemata(const ResctrlGroup& group,
                                    const std::vector<std::string>& schemata);
// Removes the monitoring group, and the group itself if `whole`. What is not there is no error.
Result<void> remove_resctrl(const ResctrlGroup& group, bool whole);

// True if the text of a schemata file says what `line` asks for: "L3:0=f" is in "  L3:0=00f;1=00f".
bool schemata_has(std::string_view file, std::string_view line);

}  // namespace isle::kernel
