#include "options/mount_words.h"

#include <algorithm>
#include <array>

#include "base/strings.h"
#include "kernel/mount_options.h"
#include "options/id_words.h"
#include "options/values.h"
#include "runtime/plan/proc_target.h"

namespace isle::options {
namespace {

bool has(const oci::Strings& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool has_propagation(const oci::Strings& words) {
  return std::ranges::any_of(
      words, [](const std::string& word) { return kernel::parse_propagation(word).has_value(); });
}

struct Refused {
  std::string_view word, reason;
};
constexpr std::array kRefusedBindWords = {
    Refused{"cached", "it has no meaning on Linux"},
    Refused{"delegated", "it has no meaning on Linux"},
    Refused{"consistent", "it has no meaning on Linux"},
};

Result<void> check_bind_word(std::string_view word, std::string_view flag) {
  for (const Refused& row : kRefusedBindWords) {
    if (cut(word, '=').before != row.word) continue;
    return fail(ErrorKind::Unsupported,
                format("--{}: option {}: {}", flag, quoted(word), row.reason));
  }
  const kernel::MountOptions options =
      TRY_STEP(kernel::parse_mount_options({std::string(word)}), format("--{}", flag));
  const bool is_of_bind = options.data.empty() && !options.remount && !options.copy_up &&
                          options.subdirectory.empty() &&
                          options.id_mapping == kernel::MountIdMap::None;
  if (is_of_bind) return {};
  return fail(ErrorKind::InvalidArgument,
              format("--{}: a bind mount has no option {}", flag, quoted(word)));
}

// What the engine does before or beside the mount. True if the word was one of these.
Result<bool> take_own_word(record::MountRequest& mount,
                           std::string_view word,
                           std::string_view flag) {
  const Cut parts = cut(word, '=');
  const std::string_view key = parts.before;
  if (word == "U" || word == "chown") {
    mount.chown = true;
  } else if (word == "z" || word == "Z") {
    mount.relabel = word;
  } else if (word == "O") {
    mount.overlay = true;
  } else if (key == "upperdir" || key == "workdir") {
    (key == "upperdir" ? mount.upper : mount.work) = TRY(absolute_path(parts.after));
  } else if (key == "idmap") {
    mount.id_mapped = true;
    mount.id_map = parts.after;
    TRY_STEP(parse_id_words(parts.after), format("--{}: option {}", flag, quoted(word)));
  } else if ((word == "nocopy" || word == "copy") && mount.type == "volume") {
    mount.no_copy = word == "nocopy";
  } else if (word == "nocopy" || word == "copy") {
    return fail(ErrorKind::Unsupported,
                format("--{}: option {}: only a volume is copied into", flag, quoted(word)));
  } else {
    return false;
  }
  return true;
}

// Words that say something together.
Result<void> check_own_words(const record::MountRequest& mount, std::string_view flag) {
  const auto refuse = [flag](std::string_view text, std::string_view hint) -> Result<void> {
    return fail(ErrorKind::InvalidArgument, format("--{}: {}", flag, text), std::string(hint));
  };
  if (mount.upper.empty() != mount.work.empty()) {
    return refuse("upperdir and workdir go together", "both on one file system, workdir empty");
  }
  if (!mount.upper.empty() && !mount.overlay) {
    return refuse("upperdir and workdir are of an overlay", "add O");
  }
  if (mount.overlay && mount.chown) {
    return refuse("U and O exclude each other: an overlay leaves its source as it is",
                  "leave one of them out");
  }
  if (mount.overlay && !mount.subpath.empty()) {
    return refuse("O and a subpath exclude each other", "leave one of them out");
  }
  return {};
}

// What docker and podman document; others could change what tmpfs is.
bool is_tmpfs_parameter(std::string_view key) {
  for (std::string_view known :
       {"size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "huge", "mpol"}) {
    if (key == known) return true;
  }
  return false;
}

Result<void> check_tmpfs_word(std::string_view word, std::string_view flag) {
  const kernel::MountOptions options =
      TRY_STEP(kernel::parse_mount_options({std::string(word)}), format("--{}", flag));
  for (const kernel::MountParameter& parameter : options.data) {
    if (is_tmpfs_parameter(parameter.key) && parameter.value) continue;
    return fail(ErrorKind::InvalidArgument,
                format("--{}: tmpfs has no option {}", flag, quoted(word)),
                "such as size=64m, mode=1777, uid=, gid=, nr_inodes=, ro, exec");
  }
  if (!options.bind && !options.remount) return {};
  return fail(ErrorKind::InvalidArgument,
              format("--{}: {} is not for a tmpfs", flag, quoted(word)));
}

void add_default(oci::Strings& words, const char* no, const char* yes) {
  if (!has(words, no) && !has(words, yes)) words.emplace_back(no);
}

}  // namespace

Result<std::string> mount_target(std::string_view text, std::string_view flag) {
  std::string target = TRY(inside_path(text, flag));
  if (target != "/") return target;
  return fail(ErrorKind::InvalidArgument,
              format("--{}: nothing can be mounted on the container's /", flag),
              "--rootfs takes a directory as the root");
}

Result<void> take_mount_words(record::MountRequest& mount,
                              std::string_view words,
                              std::string_view flag) {
  oci::Strings& out = mount.options;
  for (std::string_view word : split(words, ',')) {
    if (word.empty() || TRY(take_own_word(mount, word, flag))) continue;
    TRY(check_bind_word(word, flag));
    out.emplace_back(word);
  }
  TRY(check_own_words(mount, flag));
  if (!has(out, "bind") && !has(out, "rbind")) out.insert(out.begin(), "rbind");
  if (!has_propagation(out)) out.emplace_back("rprivate");
  // "ro" alone would leave what is mounted below the source writable.
  if (has(out, "ro") && has(out, "rbind")) out.emplace_back("rro");
  return {};
}

Result<record::MountRequest> volume_request(std::string_view name,
                                            std::string_view target,
                                            std::string_view words,
                                            std::string_view flag) {
  record::MountRequest mount{.type = "volume"};
  mount.source = name;
  mount.target = TRY(mount_target(target, flag));
  TRY(take_mount_words(mount, words, flag));
  return mount;
}

Result<std::string> subpath_of(std::string_view text, std::string_view flag) {
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  bool leads_out = text.empty();
  for (const std::string_view part : split(text, '/')) leads_out = leads_out || part == "..";
  if (!leads_out) return std::string(text);
  return fail(ErrorKind::InvalidArgument,
              format("--{}: {} is no path beneath what is mounted", flag, quoted(text)),
              "name a directory or file in it, without \"..\"");
}

Result<oci::Strings> tmpfs_options(std::string_view words, std::string_view flag) {
  oci::Strings out;
  for (std::string_view word : split(words, ',')) {
    if (word.empty() || word == "notmpcopyup") continue;
    TRY(check_tmpfs_word(word, flag));
    out.emplace_back(word);
  }
  add_default(out, "nosuid", "suid");
  add_default(out, "nodev", "dev");
  add_default(out, "noexec", "exec");
  return out;
}

Result<void> add_mount(record::Storage& storage,
                       record::MountRequest mount,
                       std::string_view flag) {
  for (const record::MountRequest& other : storage.mounts) {
    if (other.target != mount.target) continue;
    return fail(ErrorKind::InvalidArgument,
                format("--{}: {} is a mount point already", flag, quoted(mount.target)));
  }
  // Here the flag is known; what an image or another container brings the plan refuses.
  TRY(runtime::plan::check_proc_target(
      mount.type, mount.source, mount.target, format("--{}", flag)));
  storage.mounts.push_back(std::move(mount));
  return {};
}

}  // namespace isle::options
