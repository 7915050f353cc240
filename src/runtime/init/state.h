#pragma once
// The mutable state of the interpreter, and its system calls with a name for the report.

#include "kernel/raw/call.h"
#include "runtime/init/program.h"

namespace isle::runtime::init {

using kernel::raw::word;

struct State {
  const Program* program;
  int report_fd;
  int root_fd;       // top of the container's root mount, -1 before SetRoot
  int null_fd;       // the host's /dev/null once a mask needed it
  int mask_tree_fd;  // an empty read-only tmpfs, detached
  const char* call;  // the last system call's name, for the report
  char text[208];    // detail of a failure
};

// The kernel's answer to system call `number`, whose name is remembered for the report.
template <typename... Words>
inline long traced(State& state, const char* name, long number, Words... arguments) {
  state.call = name;
  return kernel::raw::call(number, static_cast<kernel::raw::Word>(arguments)...);
}

inline bool text_equal(const char* a, const char* b) {
  while (*a != '\0' && *a == *b) {
    ++a;
    ++b;
  }
  return *a == *b;
}

void set_text(State& state, const char* text);

// mount.cc: each returns 0 or -errno.
long set_root(State& state, const Root& root);
long mount_fs(State& state, const Mount& mount);
long bind_mount(State& state, const Mount& mount);
long set_attr(State& state, const Mount& mount);
long mask(State& state, const Target& target);
long readonly_path(State& state, const Target& target);
// tree.cc: names below the container's root.
// Opens (O_PATH) the target, making what is missing; the descriptor or -errno.
long open_target(State& state, const Target& target);
// Opens the directory that holds the last component of `path`, which it returns in `name`.
long open_parent(State& state, const char* path, const char** name);
long make_node(State& state, const Node& node);
long make_link(State& state, const Text& link);
long make_directory(State& state, const Target& target);
// listener.cc
long install_listener(State& state, const SystemCall& call);
// console.cc
long open_console(State& state, const Console& console);
long own_stdio(State& state, const Owner& owner);
// report.cc
long report(State& state, const Report& record, int fd_to_send);
long await_barrier(State& state, Barrier barrier);
void report_failure(State& state, const Step& step, int errnum);

}  // namespace isle::runtime::init
