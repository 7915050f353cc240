#include "kernel/seccomp_cache.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <span>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::kernel {

namespace {
// Raise when compile() gives another program for the same filter within one version of isle.
constexpr std::uint32_t kGeneration = 1;
constexpr std::uint64_t kMagic = 0x31504343'454c5349;  // "ISLECCP1" in a file
constexpr std::uint64_t kSlots = 1024;
constexpr std::size_t kLargestFile = std::size_t{1} << 20;

// What a file starts with; then the key, the instructions and the warnings (one a line).
struct Header {
  std::uint64_t magic = kMagic;
  std::uint64_t checksum = 0;  // of all that follows the header
  std::uint32_t key_size = 0;
  std::uint32_t instructions = 0;
  std::uint32_t warnings_size = 0;
  std::uint32_t flags = 0;
};
static_assert(sizeof(Header) == 32);
static_assert(sizeof(sock_filter) == 8);

// Eight bytes a step, multiplied and folded: quick, and good enough to choose a file.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0x9e3779b97f4a7c15U ^ text.size();
  while (!text.empty()) {
    std::uint64_t word = 0;
    const std::size_t size = std::min(text.size(), sizeof(word));
    std::memcpy(&word, text.data(), size);
    hash = (hash ^ word) * 0xd6e8feb86659fd93U;
    hash ^= hash >> 32;
    text.remove_prefix(size);
  }
  return hash;
}

void put(std::string& key, std::uint64_t number) {
  key.append(reinterpret_cast<const char*>(&number), sizeof(number));
}

void put(std::string& key, SeccompOutcome outcome) {
  put(key, (std::uint64_t{outcome.data} << 8) | static_cast<std::uint64_t>(outcome.action));
}

void put(std::string& key, const std::vector<std::string>& names) {
  put(key, names.size());
  for (const std::string& name : names) (key += name) += '\0';
}

// All that the program depends on. Every list has its length before it, so that two filters
// never have one key.
std::string key_of(const SeccompFilter& filter) {
  std::string key = ISLE_VERSION;
  key += '\0';
  put(key, kGeneration);
  put(key, filter.fallback);
  put(key, filter.flags);
  put(key, filter.architectures);
  put(key, filter.rules.size());
  for (const SeccompRule& rule : filter.rules) {
    put(key, rule.names);
    put(key, rule.outcome);
    put(key, rule.conditions.size());
    for (const auto& [index, op, value, value_two] : rule.conditions) {
      put(key, (std::uint64_t{index} << 8) | static_cast<std::uint64_t>(op));
      put(key, value);
      put(key, value_two);
    }
  }
  return key;
}

// Owned by us, and nobody else may write.
bool is_ours(int fd, mode_t kind) {
  struct stat about{};
  return fstat(fd, &about) == 0 && (about.st_mode & S_IFMT) == kind && about.st_uid == geteuid() &&
         (about.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

template <typename T>
bool take(std::string_view& rest, std::span<T> into) {
  const std::size_t size = into.size_bytes();
  if (rest.size() < size) return false;
  std::ranges::copy(std::as_bytes(std::span(rest.substr(0, size))),
                    std::as_writable_bytes(into).begin());
  rest.remove_prefix(size);
  return true;
}

std::optional<SeccompProgram> decode(std::string_view file, std::string_view key) {
  Header header;
  if (!take(file, std::span(&header, 1)) || header.magic != kMagic) return std::nullopt;
  if (header.key_size != key.size() || !file.starts_with(key)) return std::nullopt;
  if (header.checksum != hash_of(file) || header.instructions > BPF_MAXINSNS) return std::nullopt;
  file.remove_prefix(key.size());
  SeccompProgram program;
  program.flags = header.flags;
  program.instructions.resize(header.instructions);
  if (!take(file, std::span(program.instructions))) return std::nullopt;
  if (file.size() != header.warnings_size) return std::nullopt;
  if (file.empty()) return program;
  for (std::string_view line : split(file, '\n')) program.warnings.emplace_back(line);
  return program;
}

std::string encode(const SeccompProgram& program, std::string_view key) {
  const std::string warnings = join(program.warnings, "\n");
  std::string body(key);
  body.append(reinterpret_cast<const char*>(program.instructions.data()),
              program.instructions.size() * sizeof(sock_filter));
  body += warnings;
  const Header header{.magic = kMagic,
                      .checksum = hash_of(body),
                      .key_size = static_cast<std::uint32_t>(key.size()),
                      .instructions = static_cast<std::uint32_t>(program.instructions.size()),
                      .warnings_size = static_cast<std::uint32_t>(warnings.size()),
                      .flags = program.flags};
  return std::string(reinterpret_cast<const char*>(&header), sizeof(header)) + body;
}

std::optional<SeccompProgram> read_program(const HostPath& directory,
                                           const std::string& name,
                                           std::string_view key) {
  const auto folder = open_file(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  if (!folder || !is_ours(folder->get(), S_IFDIR)) return std::nullopt;
  const auto file = open_at(folder->get(), name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!file || !is_ours(file->get(), S_IFREG)) return std::nullopt;
  const auto text = read_all(file->get(), kLargestFile);
  if (!text) return std::nullopt;
  return decode(*text, key);
}

bool make_directory(const HostPath& directory) {
  if (mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return true;
  const std::size_t slash = directory.str().rfind('/');
  if (errno != ENOENT || slash == std::string::npos || slash == 0) return false;
  mkdir(directory.str().substr(0, slash).c_str(), 0700);
  return mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST;
}

// Nothing is lost when it cannot be kept: the next start compiles again.
void keep_program(const HostPath& directory, const std::string& name, const std::string& content) {
  if (content.size() > kLargestFile || !make_directory(directory)) return;
  const auto folder = open_file(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  if (!folder || !is_ours(folder->get(), S_IFDIR)) return;
  static_cast<void>(replace_file(directory / name, content, 0600, false));
}
}  // namespace

Result<CachedSeccompProgram> compile_cached(const SeccompFilter& filter,
                                            const HostPath& directory) {
  const std::string key = key_of(filter);
  const std::string name = format("{:03x}", hash_of(key) % kSlots);
  if (auto found = read_program(directory, name, key)) {
    return CachedSeccompProgram{.program = *std::move(found), .from_cache = true};
  }
  CachedSeccompProgram made{.program = TRY(compile(filter)), .from_cache = false};
  keep_program(directory, name, encode(made.program, key));
  return made;
}

}  // namespace isle::kernel
