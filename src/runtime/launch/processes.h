#pragma once
// The only place that clones for containers (and the only one that forks to run code). The caller
// is single-threaded: checked.

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "kernel/fd.h"
#include "runtime/init/program.h"

namespace isle::runtime::launch {

struct Child {
  Pid pid;
  kernel::UniqueFd pidfd;
  kernel::UniqueFd life;  // of clone_paused: the child ends when this is closed
};

struct CloneRequest {
  std::uint64_t flags = 0;  // CLONE_NEW...
  int cgroup = -1;          // CLONE_INTO_CGROUP
  bool as_sibling = false;  // CLONE_PARENT: no pidfd then
};

// clone3(2); the child runs the program and never returns here.
Result<Child> clone_init(const CloneRequest& request, const init::Program& program);
// A child that only waits, until it or its parent ends: holder of a namespace.
Result<Child> clone_paused(std::uint64_t flags);
// fork(2): true in the child, which must end by _exit and is killed when its parent ends.
struct Forked {
  bool in_child = false;
  Child child;
};
Result<Forked> fork_stage();
// SIGKILL and reap.
void end_child(const Child& child);
// Waits; the status as of waitid(2): exit status, or 128 + signal.
int wait_child(const Child& child);

// Runs a program to its end, with an optional text on standard input.
struct ProgramRequest {
  std::vector<std::string> candidates;  // paths, tried in turn
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string input;
  int timeout_seconds = 0;  // 0: none
  // Appended to, made if need be; empty: output is ours, errors are collected.
  std::string output_file, error_file;
};
struct ProgramEnd {
  int status = 0;
  std::string error_output;  // the first 4 KiB
};
Result<ProgramEnd> run_program(const ProgramRequest& request);

}  // namespace isle::runtime::launch
