#pragma once
// The one protocol between parent, stage and init: fixed-size records on a SOCK_SEQPACKET pair
// that every actor inherits close-on-exec.
//
//   stage, init -> parent   Failed{step, errno, text}   the launch is over
//                           Reached{barrier}            I wait here
//                           Made{value = pid}           the stage cloned init (CLONE_PARENT)
//                           Console + SCM_RIGHTS        the terminal's master
//                           Listener + SCM_RIGHTS       the seccomp filter's, for its agent
//   parent -> stage, init   Go{barrier}
//   end of file             every holder has called exec or died: what it was, waitpid says
//
//        parent                    stage                      init
//   clone stage (or init) ─────▶ setns, unshare
//   ◀─ Reached, Go(UserMade) ──▶ clone init ───────────────▶ wait Prepared
//   ◀─────────── Made(pid) ───── exit
//   id maps, cgroup, oom score
//   Go(Prepared) ──────────────────────────────────────────▶ mounts ...
//   ◀──────────────────────────────────── Reached(RootMounted) (only with hooks or copy-up)
//   Go(RootMounted) ───────────────────────────────────────▶ pivot_root ... exec
//   ◀──────────────────────────────────── end of file
//
// With `create`, init's last step before exec is to accept on the start socket; the record or the
// end of file then travels on that connection to `start`.

#include <cstdint>

namespace isle::runtime {

enum class Barrier : std::uint32_t {
  None = 0,
  UserMade,     // the stage made the user namespace; the parent writes its id maps
  Prepared,     // id maps written, cgroup attached
  RootMounted,  // root file system and mounts are there; copy-up and hooks may run
  ReadyToExec,  // everything but exec is done
};

enum class ReportKind : std::uint32_t { Failed = 1, Reached, Go, Made, Console, Listener };

struct Report {
  ReportKind kind;
  Barrier barrier;
  std::uint32_t step;  // index in LaunchPlan::steps
  std::uint32_t left;  // Failed: steps of init behind it; `start` knows only the end of the plan
  std::int32_t errnum;
  std::int32_t value;
  char call[28];   // name of the system call that failed, NUL-terminated
  char text[208];  // detail such as the file system context's own message, NUL-terminated
};

}  // namespace isle::runtime
