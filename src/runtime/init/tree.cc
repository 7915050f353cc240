// Names below the container's root. The image decides what is there, so every lookup is openat2(2)
// with RESOLVE_IN_ROOT (Linux 5.6): a symbolic link or ".." never leads out, and what is missing is
// made component by component in directories that were opened the same way.

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "runtime/init/state.h"

namespace isle::runtime::init {

namespace {

constexpr int kAgain = 11;
constexpr int kExists = 17;
constexpr int kNotFound = 2;
constexpr int kNameTooLong = 36;
constexpr unsigned kPathMax = 4096;

long open_in_root(State& state, const char* path, std::uint64_t flags, bool refuse_symlinks) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  if (refuse_symlinks) how.resolve |= RESOLVE_NO_SYMLINKS;
  // The kernel asks for another try when a rename raced with ".."; bounded.
  long fd = -kAgain;
  for (int attempt = 0; attempt < 128 && fd == -kAgain; ++attempt) {
    fd = traced(
        state, "openat2", SYS_openat2, word(state.root_fd), word(path), word(&how), sizeof how);
  }
  return fd;
}

// The text of a path that can be cut at its slashes.
struct Cursor {
  char text[kPathMax];
  unsigned length;
};

long copy_path(Cursor& cursor, const char* path) {
  cursor.length = 0;
  while (path[cursor.length] != '\0') {
    if (cursor.length + 1 >= kPathMax) return -kNameTooLong;
    cursor.text[cursor.length] = path[cursor.length];
    ++cursor.length;
  }
  while (cursor.length > 1 && cursor.text[cursor.length - 1] == '/') --cursor.length;
  cursor.text[cursor.length] = '\0';
  return 0;
}

// Not traced: a failed call's name is still to be reported.
void close_fd(long fd) { kernel::raw::call(SYS_close, word(fd)); }

// The directory that `cursor` names up to `end`.
long open_prefix(State& state, Cursor& cursor, unsigned end) {
  if (end == 0) return open_in_root(state, "/", O_PATH | O_DIRECTORY, false);
  const char kept = cursor.text[end];
  cursor.text[end] = '\0';
  const long fd = open_in_root(state, cursor.text, O_PATH | O_DIRECTORY, false);
  cursor.text[end] = kept;
  return fd;
}

// The directory to begin at, which ends at `at`: mostly all is there, or all but the last.
long open_start(State& state, Cursor& cursor, unsigned& at) {
  long start = open_prefix(state, cursor, at);
  if (start != -kNotFound) return start;
  while (at > 0 && cursor.text[at - 1] == '/') --at;
  while (at > 0 && cursor.text[at - 1] != '/') --at;
  start = open_prefix(state, cursor, at);
  return start == -kNotFound ? open_prefix(state, cursor, at = 0) : start;
}

// Opens the directory that ends at `end` and whose name begins at `name`; made when missing.
long open_or_make(
    State& state, Cursor& cursor, long parent, unsigned name, unsigned end, mode_t mode) {
  const long there = open_prefix(state, cursor, end);
  if (there != -kNotFound) return there;
  const char kept = cursor.text[end];
  cursor.text[end] = '\0';
  const long made = traced(state, "mkdirat", SYS_mkdirat, parent, word(cursor.text + name), mode);
  cursor.text[end] = kept;
  return made == 0 || made == -kExists ? open_prefix(state, cursor, end) : made;
}

// Makes what is missing of the directories that end at `end` (exclusive), the last with `mode`; its
// descriptor.
long make_directories(State& state, Cursor& cursor, unsigned end, mode_t mode) {
  unsigned at = end;
  long parent = open_start(state, cursor, at);
  while (parent >= 0 && at < end) {
    while (at < end && cursor.text[at] == '/') ++at;
    const unsigned name = at;
    while (at < end && cursor.text[at] != '/') ++at;
    if (name == at) break;
    const long next = open_or_make(state, cursor, parent, name, at, at == end ? mode : 0755);
    close_fd(parent);
    parent = next;
  }
  return parent;
}

unsigned parent_length(const Cursor& cursor) {
  unsigned end = cursor.length;
  while (end > 0 && cursor.text[end - 1] != '/') --end;
  return end;
}

long make_file(State& state, Cursor& cursor) {
  const unsigned end = parent_length(cursor);
  const long parent = make_directories(state, cursor, end, 0755);
  if (parent < 0) return parent;
  const long made =
      traced(state, "mknodat", SYS_mknodat, parent, word(cursor.text + end), S_IFREG | 0644, 0);
  close_fd(parent);
  return made == -kExists ? 0 : made;
}

}  // namespace

long open_target(State& state, const Target& target) {
  const long there = open_in_root(state, target.path, O_PATH, target.refuse_symlinks);
  if (there != -kNotFound || target.kind == TargetKind::Existing) return there;
  Cursor cursor;  // NOLINT(cppcoreguidelines-pro-type-member-init): 4 KiB that copy_path fills
  if (const long error = copy_path(cursor, target.path); error != 0) return error;
  if (target.kind == TargetKind::Directory) {
    return make_directories(state, cursor, cursor.length, target.mode);
  }
  if (const long error = make_file(state, cursor); error < 0) return error;
  return open_in_root(state, target.path, O_PATH, target.refuse_symlinks);
}

long open_parent(State& state, const char* path, const char** name) {
  Cursor cursor;  // NOLINT(cppcoreguidelines-pro-type-member-init): 4 KiB that copy_path fills
  if (const long error = copy_path(cursor, path); error != 0) return error;
  const unsigned end = parent_length(cursor);
  *name = path + end;
  return make_directories(state, cursor, end, 0755);
}

long make_directory(State& state, const Target& target) {
  const long fd = open_target(state, target);
  if (fd >= 0) close_fd(fd);
  return fd < 0 ? fd : 0;
}

namespace {
// A node that is there already is right only if it is the same device.
long check_node(State& state, long parent, const char* name, const Node& node) {
  struct stat info{};
  const long result = traced(
      state, "newfstatat", SYS_newfstatat, parent, word(name), word(&info), AT_SYMLINK_NOFOLLOW);
  if (result < 0) return result;
  constexpr mode_t kType = S_IFMT;
  const bool same = (info.st_mode & kType) == (node.mode & kType) && info.st_rdev == node.device;
  if (!same) set_text(state, "another file of that name is there");
  return same ? 0 : -kExists;
}
}  // namespace

long make_node(State& state, const Node& node) {
  const char* name = nullptr;
  const long parent = open_parent(state, node.path, &name);
  if (parent < 0) return parent;
  long result = traced(state, "mknodat", SYS_mknodat, parent, word(name), node.mode, node.device);
  if (result == -kExists) {
    result = check_node(state, parent, name, node);
  } else if (result == 0 && (node.uid != 0 || node.gid != 0)) {
    result = traced(state,
                    "fchownat",
                    SYS_fchownat,
                    parent,
                    word(name),
                    node.uid,
                    node.gid,
                    AT_SYMLINK_NOFOLLOW);
  }
  close_fd(parent);
  return result;
}

long make_link(State& state, const Text& link) {
  const char* name = nullptr;
  const long parent = open_parent(state, link.path, &name);
  if (parent < 0) return parent;
  const long made = traced(state, "symlinkat", SYS_symlinkat, word(link.value), parent, word(name));
  close_fd(parent);
  return made == -kExists ? 0 : made;
}

}  // namespace isle::runtime::init
