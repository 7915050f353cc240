// Files whose writing isolates or limits, devices, and the commands that are executed.
#include <algorithm>
#include <cerrno>
#include <string_view>

#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/strings.h"
#include "kernel/kernel_abi.h"
#include "toolbox/trace_words.h"

namespace isle::toolbox {

namespace {

constexpr std::size_t kMostText = 120;

std::optional<CallWords> said(std::string call, const char* about) {
  return CallWords{.call = std::move(call), .about = about};
}

std::string on_one_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ') c = ' ';
  }
  return text;
}

// What a file's writing is about; null: nothing of ours.
const char* about_file(std::string_view path) {
  const auto ends = [path](std::string_view word) { return path.ends_with(word); };
  if (ends("/uid_map") || ends("/gid_map") || ends("/setgroups")) return "ids";
  if (ends("/timens_offsets")) return "namespaces";
  if (path.find("/proc/sys/") != std::string_view::npos) return "settings";
  if (path.find("/proc/") != std::string_view::npos &&
      path.find("/attr/") != std::string_view::npos)
    return "labels";
  if (ends("/oom_score_adj")) return "settings";
  if (path.find("/cgroup") != std::string_view::npos) return "control groups";
  return nullptr;
}

std::string arguments_of(const RawCall& call, std::uint64_t address) {
  std::string words;
  for (std::uint64_t at = address + sizeof(std::uint64_t); words.size() < kMostText; at += 8) {
    const auto word = call.value<std::uint64_t>(at);
    if (word == 0) return words;
    words += ' ';
    words += call.text(word);
  }
  return words.substr(0, kMostText) + "...";
}

CallWords words_of_exec(const RawCall& call) {
  const bool at = call.number == SYS_execveat;
  return {.call = format("{}({}{})",
                         at ? "execveat" : "execve",
                         at ? call.path_at(0, 1) : call.text(call.arguments[0]),
                         arguments_of(call, call.arguments[at ? 2 : 1])),
          .about = "command",
          .expected = ENOENT};
}

std::optional<CallWords> words_of_device(std::string path,
                                         std::uint64_t mode,
                                         std::uint64_t device) {
  if (!S_ISCHR(mode) && !S_ISBLK(mode)) return std::nullopt;
  return said(
      format("mknod({}, {} {}:{})", path, S_ISCHR(mode) ? 'c' : 'b', major(device), minor(device)),
      "devices");
}

std::optional<CallWords> words_of_directory(const std::string& path) {
  if (!path.starts_with("/sys/fs/cgroup")) return std::nullopt;
  return said(format("mkdir({})", path), "control groups");
}

// Opening is not told: writing is.
std::optional<CallWords> words_of_opening(const std::string& path, std::uint64_t flags) {
  if ((flags & (O_WRONLY | O_RDWR)) == 0) return std::nullopt;
  const char* about = about_file(path);
  if (about == nullptr) return std::nullopt;
  return CallWords{.call = format("open({})", path),
                   .about = about,
                   .names_result = path,
                   .silent = true,
                   .expected = ENOENT};
}

std::optional<CallWords> words_of_writing(const RawCall& call) {
  const auto& a = call.arguments;
  const std::string path = call.named(static_cast<int>(a[0]));
  const char* about = path.starts_with('/') ? about_file(path) : nullptr;
  if (about == nullptr) return std::nullopt;
  const std::string text = on_one_line(call.bytes(a[1], std::min<std::size_t>(a[2], kMostText)));
  return said(format("write({}, {})", path, text), about);
}

// A program that decides for a control group: devices, on v2.
std::optional<CallWords> words_of_bpf(const RawCall& call) {
  if (call.arguments[0] != BPF_PROG_ATTACH) return std::nullopt;
  const auto group = static_cast<int>(call.value<std::uint32_t>(call.arguments[1]));
  return said(format("bpf(BPF_PROG_ATTACH, {})", call.file(group)), "control groups");
}

}  // namespace

std::optional<CallWords> words_of_files(const RawCall& call) {
  const auto& a = call.arguments;
  switch (call.number) {
    case SYS_execve:
    case SYS_execveat: return words_of_exec(call);
    case SYS_mknodat: return words_of_device(call.path_at(0, 1), a[2], a[3]);
    case SYS_mkdirat: return words_of_directory(call.path_at(0, 1));
    case SYS_openat: return words_of_opening(call.path_at(0, 1), a[2]);
    case SYS_openat2: return words_of_opening(call.path_at(0, 1), call.value<std::uint64_t>(a[2]));
#ifdef SYS_open  // x86
    case SYS_mknod: return words_of_device(call.text(a[0]), a[1], a[2]);
    case SYS_mkdir: return words_of_directory(call.text(a[0]));
    case SYS_open: return words_of_opening(call.text(a[0]), a[1]);
    case SYS_creat: return words_of_opening(call.text(a[0]), O_WRONLY);
#endif
    case SYS_write:
    case SYS_pwrite64: return words_of_writing(call);
    case SYS_bpf: return words_of_bpf(call);
    default: return std::nullopt;
  }
}

}  // namespace isle::toolbox
