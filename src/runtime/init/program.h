#pragma once
// What init interprets: prepared data, made by runtime/launch/freeze before the clone. Plain
// pointers and numbers into memory that init inherits; nothing here owns anything.

#include <cstddef>
#include <cstdint>

#include <sys/types.h>

#include "runtime/report.h"

namespace isle::runtime::init {

enum class Code : std::uint16_t {
  Call,
  Notify,
  Await,
  SetRoot,
  MountFs,
  BindMount,
  SetAttr,
  MakeNode,
  MakeLink,
  MakeDirectory,
  Mask,
  ReadonlyPath,
  OpenConsole,
  OwnStdio,
  PivotRoot,
  ChangeRoot,
  WriteProc,
  LoopbackUp,
  BoundCapabilities,
  AmbientCapabilities,
  EnterDirectory,
  FindCommand,
  CloseInherited,
  InstallListener,
  JoinGroups,
  AwaitStart,
  Exec,
};

struct Parameter {
  const char* key;
  const char* value;  // null: a flag
};

struct Attr {  // of mount_setattr(2); the kernel's struct mount_attr without the user namespace
  std::uint64_t set, clear;
  std::uint64_t propagation;
  bool recursive;
};

enum class TargetKind : std::uint8_t { Existing, Directory, File, LikeSource };

struct Target {
  const char* path;  // in the container
  TargetKind kind;
  bool refuse_symlinks;  // procfs and sysfs: a link could lead masks to a fake
  mode_t mode;           // of what has to be made
};

struct SystemCall {
  long number;
  std::uint64_t arguments[6];
};

struct Root {
  const char* type;
  const char* source;  // of a bind
  int tree;            // detached mount, -1 if none
  bool recursive;
  const Parameter* parameters;
  unsigned parameter_count;
  const char* legacy_data;  // overlay for kernels without "lowerdir+": mount(2)'s data
  const char* directory;    // where mount(2) may mount it first
  bool at_directory;        // mounted there, not over "/"
};

struct Mount {
  const char* type;
  const char* source;
  const char* beneath;  // only this part of the source; null: all
  int tree;
  bool recursive;
  std::uint32_t expected_device_major, expected_device_minor;  // 0:0: any source
  bool expected_block;  // a block device, not a character one
  const Parameter* parameters;
  unsigned parameter_count;
  const Attr* attrs;
  unsigned attr_count;
  Target target;
};

struct Node {
  const char* path;
  mode_t mode;
  std::uint32_t device;  // as mknodat(2) takes it
  uid_t uid;
  gid_t gid;
};

struct Owner {
  uid_t user;
  gid_t group;
};

struct Console {
  unsigned short height, width;
  bool bind_dev_console;
  uid_t owner;
};

struct Text {
  const char* path;
  const char* value;
  std::size_t length;
};

struct Capabilities {
  std::uint64_t mask;
  unsigned last;
};

struct Command {                  // FindCommand has the candidates only
  const char* const* candidates;  // null-terminated, as are the others
  const char* const* arguments;
  const char* const* environment;
};

struct Closing {
  unsigned first;
  int listener;  // stays open; -1: none
};

struct Door {
  int tasks;  // open for writing; joined, it is closed
  const char* controllers;
};

struct Doors {
  const Door* list;
  unsigned count;
};

struct Step {
  Code code;
  std::uint32_t index;     // in LaunchPlan::steps
  std::int32_t tolerated;  // errno that is no failure, or 0
  Barrier barrier;
  union {
    SystemCall call;  // Call, InstallListener
    Root root;
    Mount mount;
    Node node;
    Target target;  // MakeDirectory, Mask, ReadonlyPath
    Console console;
    Text text;  // WriteProc; MakeLink: path and target; EnterDirectory: path
    Capabilities capabilities;
    Command command;
    Closing close;
    int fd;       // ChangeRoot, AwaitStart
    Owner owner;  // OwnStdio
    Doors doors;  // JoinGroups
  };
};

struct Program {
  const Step* steps;
  unsigned count;
  int report_fd;  // SOCK_SEQPACKET, see runtime/report.h
  // The parent's end of it, inherited: closed first, or the parent's death would go unnoticed; or
  // -1.
  int parent_fd;
  int proc_fd;              // the host's /proc
  std::uint32_t* progress;  // shared memory: the step under way, for a death without a report
  std::int64_t* times;  // shared memory, one per plan step: CLOCK_REALTIME ns at its end; or null
};

// Never returns: becomes the command, or reports why not and exits with 127.
[[noreturn]] void run(const Program& program);

}  // namespace isle::runtime::init
