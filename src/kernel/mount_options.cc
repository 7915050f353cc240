#include "kernel/mount_options.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/strings.h"
#include "kernel/kernel_abi.h"

namespace isle::kernel {

namespace {
enum class Change : unsigned char { Set, Clear };

struct AttributeRow {
  std::string_view word;
  Change change;
  std::uint64_t attribute;
};

// Each word has a form with r before it, for the whole tree.
constexpr auto kAttributes = std::to_array<AttributeRow>({
    {"ro", Change::Set, MOUNT_ATTR_RDONLY},
    {"rw", Change::Clear, MOUNT_ATTR_RDONLY},
    {"nosuid", Change::Set, MOUNT_ATTR_NOSUID},
    {"suid", Change::Clear, MOUNT_ATTR_NOSUID},
    {"nodev", Change::Set, MOUNT_ATTR_NODEV},
    {"dev", Change::Clear, MOUNT_ATTR_NODEV},
    {"noexec", Change::Set, MOUNT_ATTR_NOEXEC},
    {"exec", Change::Clear, MOUNT_ATTR_NOEXEC},
    {"nosymfollow", Change::Set, MOUNT_ATTR_NOSYMFOLLOW},
    {"symfollow", Change::Clear, MOUNT_ATTR_NOSYMFOLLOW},
    {"nodiratime", Change::Set, MOUNT_ATTR_NODIRATIME},
    {"diratime", Change::Clear, MOUNT_ATTR_NODIRATIME},
});

// One field of three values, not bits: relatime is 0, and is what a cleared mode falls back to.
constexpr auto kAccessTimes = std::to_array<AttributeRow>({
    {"noatime", Change::Set, MOUNT_ATTR_NOATIME},
    {"atime", Change::Clear, MOUNT_ATTR_NOATIME},
    {"relatime", Change::Set, MOUNT_ATTR_RELATIME},
    {"strictatime", Change::Set, MOUNT_ATTR_STRICTATIME},
    {"nostrictatime", Change::Clear, MOUNT_ATTR_STRICTATIME},
});

struct PropagationRow {
  std::string_view word;
  PropagationChange change;
};

constexpr auto kPropagations = std::to_array<PropagationRow>({
    {"shared", {.flag = MS_SHARED, .recursive = false}},
    {"rshared", {.flag = MS_SHARED, .recursive = true}},
    {"slave", {.flag = MS_SLAVE, .recursive = false}},
    {"rslave", {.flag = MS_SLAVE, .recursive = true}},
    {"private", {.flag = MS_PRIVATE, .recursive = false}},
    {"rprivate", {.flag = MS_PRIVATE, .recursive = true}},
    {"unbindable", {.flag = MS_UNBINDABLE, .recursive = false}},
    {"runbindable", {.flag = MS_UNBINDABLE, .recursive = true}},
});

// fs/fs_context.c takes these for every file system; a pair undo each other.
struct SuperblockRow {
  std::string_view word;
  std::string_view opposite;
};
constexpr auto kSuperblock = std::to_array<SuperblockRow>({
    {"sync", "async"},
    {"async", "sync"},
    {"dirsync", ""},
    {"lazytime", "nolazytime"},
    {"nolazytime", "lazytime"},
});

// Words that ask for what already is:
//  - norelatime: a mount without another mode is relatime whatever one says (Linux 2.6.30);
//  - silent, loud: a flag of mount(2) about the kernel's log, which fsconfig does not have;
//  - mand, nomand: mandatory locks are gone, the kernel ignores both (5.15);
//  - iversion, noiversion: always on where a file system has it (6.1).
constexpr auto kNoChange = std::to_array<std::string_view>({
    "defaults",
    "norelatime",
    "rnorelatime",
    "silent",
    "loud",
    "mand",
    "nomand",
    "iversion",
    "noiversion",
});

// mount(8) acts on these itself; they never reach the kernel.
constexpr auto kOnlyMount8 = std::to_array<std::string_view>({
    "auto",    "noauto",  "user",   "nouser",    "users",      "owner",   "noowner",
    "group",   "nogroup", "nofail", "fail",      "_netdev",    "comment", "helper",
    "uhelper", "loop",    "offset", "sizelimit", "encryption", "move",
});

bool has_word(const auto& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

const AttributeRow* find_row(const auto& rows, std::string_view word) {
  const auto* row = std::ranges::find(rows, word, &AttributeRow::word);
  return row == rows.end() ? nullptr : row;
}

void apply(MountAttributes& to, const AttributeRow& row) {
  const bool set = row.change == Change::Set;
  to.set = set ? to.set | row.attribute : to.set & ~row.attribute;
  to.clear = set ? to.clear & ~row.attribute : to.clear | row.attribute;
}

void apply_access_time(MountAttributes& to, const AttributeRow& row) {
  const std::uint64_t mode = to.set & MOUNT_ATTR__ATIME;
  to.clear |= MOUNT_ATTR__ATIME;
  // "strictatime,atime": atime undoes noatime only.
  if (row.change == Change::Clear && mode != row.attribute) return;
  to.set &= ~std::uint64_t{MOUNT_ATTR__ATIME};
  if (row.change == Change::Set) to.set |= row.attribute;
}

bool take_attribute(MountAttributes& to, std::string_view word) {
  if (const AttributeRow* row = find_row(kAttributes, word)) {
    apply(to, *row);
    return true;
  }
  if (const AttributeRow* row = find_row(kAccessTimes, word)) {
    apply_access_time(to, *row);
    return true;
  }
  return false;
}

bool take_any_attribute(MountOptions& options, std::string_view word) {
  if (take_attribute(options.attributes, word)) {
    if (word == "ro" || word == "rw") options.read_only = word == "ro";
    return true;
  }
  return word.starts_with('r') && take_attribute(options.recursive, word.substr(1));
}

bool take_kind(MountOptions& options, std::string_view word) {
  if (word == "bind" || word == "rbind") {
    options.bind = true;
    options.recursive_bind = word == "rbind";
  } else if (word == "remount") {
    options.remount = true;
  } else if (word == "tmpcopyup") {
    options.copy_up = true;
  } else if (word == "idmap" || word == "ridmap") {
    options.id_mapping = word == "idmap" ? MountIdMap::Mount : MountIdMap::Tree;
  } else if (const auto change = parse_propagation(word)) {
    options.propagation.push_back(*change);
  } else {
    return false;
  }
  return true;
}

bool take_superblock(MountOptions& options, std::string_view word) {
  const auto* row = std::ranges::find(kSuperblock, word, &SuperblockRow::word);
  if (row == kSuperblock.end()) return false;
  std::erase_if(options.superblock, [&](const MountParameter& parameter) {
    return parameter.key == row->word || parameter.key == row->opposite;
  });
  options.superblock.push_back({.key = std::string(word), .value = {}});
  return true;
}

constexpr std::string_view kSubdirectory = "X-mount.subdir";

// As a path that is walked component by component it has neither a beginning slash nor "..".
Result<void> take_subdirectory(MountOptions& options, std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  bool leads_out = path.empty();
  for (const std::string_view part : split(path, '/')) leads_out = leads_out || part == "..";
  if (leads_out) {
    return fail(
        ErrorKind::InvalidArgument,
        format("mount option {}: {} is no path beneath the source", kSubdirectory, quoted(path)));
  }
  options.subdirectory = path;
  return {};
}

Result<void> take_data(MountOptions& options, std::string_view word) {
  const Cut parts = cut(word, '=');
  if (parts.before == kSubdirectory) return take_subdirectory(options, parts.after);
  if (has_word(kOnlyMount8, parts.before) || parts.before.starts_with("x-") ||
      parts.before.starts_with("X-")) {
    return fail(ErrorKind::InvalidArgument,
                format("mount option {} means nothing to the kernel", quoted(word)),
                "it is for /etc/fstab and mount(8); leave it out");
  }
  if (parts.before.empty()) {
    return fail(ErrorKind::InvalidArgument, format("mount option {} has no name", quoted(word)));
  }
  MountParameter parameter{.key = std::string(parts.before), .value = {}};
  if (parts.found) parameter.value = std::string(parts.after);
  options.data.push_back(std::move(parameter));
  return {};
}

Result<void> take(MountOptions& options, std::string_view word) {
  if (has_word(kNoChange, word)) return {};
  if (take_any_attribute(options, word) || take_kind(options, word) ||
      take_superblock(options, word)) {
    return {};
  }
  return take_data(options, word);
}

// Up to the next comma that divides; quotes and backslashes stay, they are the file system's.
std::string_view next_word(std::string_view& rest) {
  bool in_quotes = false;
  std::size_t at = 0;
  for (; at < rest.size(); ++at) {
    if (rest[at] == '\\') {
      ++at;
    } else if (rest[at] == '"') {
      in_quotes = !in_quotes;
    } else if (rest[at] == ',' && !in_quotes) {
      break;
    }
  }
  const std::string_view word = rest.substr(0, at);
  rest = at < rest.size() ? rest.substr(at + 1) : std::string_view();
  return word;
}
}  // namespace

Result<MountOptions> parse_mount_options(const std::vector<std::string>& words) {
  MountOptions options;
  for (std::string_view rest : words) {
    if (rest.empty()) continue;  // podman 5 --systemd=always has one, and means nothing by it
    do {
      TRY(take(options, next_word(rest)));
    } while (!rest.empty());
  }
  return options;
}

std::vector<std::string> mount_option_words() {
  std::vector<std::string> words = {
      "bind", "rbind", "remount", "tmpcopyup", "idmap", "ridmap", std::string(kSubdirectory)};
  const auto add_attributes = [&words](const auto& rows) {
    for (const AttributeRow& row : rows) {
      words.emplace_back(row.word);
      words.push_back("r" + std::string(row.word));
    }
  };
  add_attributes(kAttributes);
  add_attributes(kAccessTimes);
  for (const PropagationRow& row : kPropagations) words.emplace_back(row.word);
  for (const SuperblockRow& row : kSuperblock) words.emplace_back(row.word);
  words.insert(words.end(), kNoChange.begin(), kNoChange.end());
  std::ranges::sort(words);
  return words;
}

std::optional<PropagationChange> parse_propagation(std::string_view word) {
  const auto* row = std::ranges::find(kPropagations, word, &PropagationRow::word);
  if (row == kPropagations.end()) return std::nullopt;
  return row->change;
}

std::string_view propagation_word(PropagationChange change) {
  const auto* row = std::ranges::find(kPropagations, change, &PropagationRow::change);
  return row == kPropagations.end() ? "unknown" : row->word;
}

std::string attribute_words(std::uint64_t attributes) {
  std::vector<std::string> words;
  for (const AttributeRow& row : kAttributes) {
    if (row.change != Change::Set || (attributes & row.attribute) == 0) continue;
    words.emplace_back(row.word);
    attributes &= ~row.attribute;
  }
  const std::uint64_t mode = attributes & MOUNT_ATTR__ATIME;
  if (mode == MOUNT_ATTR_NOATIME) words.emplace_back("noatime");
  if (mode == MOUNT_ATTR_STRICTATIME) words.emplace_back("strictatime");
  attributes &= ~std::uint64_t{MOUNT_ATTR__ATIME};
  if (attributes != 0) words.push_back(format("{:#x}", attributes));
  return join(words, ",");
}

}  // namespace isle::kernel
