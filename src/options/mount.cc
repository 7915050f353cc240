// --mount: the long spelling of a mount, and what becomes of all three spellings. A missing source
// is an error here.
#include <algorithm>

#include "base/strings.h"
#include "options/mount_words.h"
#include "options/rows.h"
#include "options/values.h"
#include "volume/volume.h"

namespace isle::options {
namespace {

struct Words {
  std::string_view type = "volume";
  std::string_view source, target, propagation;
  std::string options;  // divided by commas

  void add(std::string_view option) {
    options += format("{}{}", options.empty() ? "" : ",", option);
  }
};

// True if the key was one of these.
Result<bool> take_switch(Words& words, std::string_view key, const Cut& parts) {
  struct Row {
    std::string_view key, yes, no;
  };
  static constexpr Row kRows[] = {{"readonly", "ro", "rw"},
                                  {"ro", "ro", "rw"},
                                  {"rw", "rw", "ro"},
                                  {"bind-nonrecursive", "bind", "rbind"},
                                  {"exec", "exec", "noexec"},
                                  {"noexec", "noexec", "exec"},
                                  {"dev", "dev", "nodev"},
                                  {"nodev", "nodev", "dev"},
                                  {"suid", "suid", "nosuid"},
                                  {"nosuid", "nosuid", "suid"},
                                  {"tmpcopyup", "tmpcopyup", ""},
                                  {"notmpcopyup", "", "tmpcopyup"}};
  const auto* row = std::ranges::find(kRows, key, &Row::key);
  if (row == std::end(kRows)) return false;
  const bool yes = !parts.found || TRY(parse_bool(parts.after, format("--mount {}", key)));
  words.add(yes ? row->yes : row->no);
  return true;
}

// What docker or podman have and isle has not.
std::string_view refusal_of_key(std::string_view key) {
  struct Row {
    std::string_view key, reason;
  };
  static constexpr Row kRows[] = {
      {"volume-subpath", "a part of a volume cannot be mounted yet; mount all of it"},
      {"subpath", "a part of a volume cannot be mounted yet; mount all of it"},
      {"volume-driver", "volumes have the driver local only"},
      {"volume-opt", "isle volume create takes what a volume is made with"},
      {"volume-label", "isle volume create takes what a volume is made with"},
      {"U", "isle does not change the owner of what it mounts"},
      {"chown", "isle does not change the owner of what it mounts"},
      {"idmap", "id-mapped volumes do not exist yet"},
      {"glob", "name each source"},
      {"relabel", "SELinux labels are set by -v SOURCE:TARGET:z"},
      {"consistency", "it has no meaning on Linux"},
  };
  const auto* row = std::ranges::find(kRows, key, &Row::key);
  return row == std::end(kRows) ? std::string_view() : row->reason;
}

Result<void> take_word(Words& words, std::string_view word) {
  const Cut parts = cut(word, '=');
  const std::string_view key = parts.before;
  if (const std::string_view reason = refusal_of_key(key); !reason.empty()) {
    return fail(ErrorKind::Unsupported, format("--mount: {}: {}", key, reason));
  }
  if (key == "type") {
    words.type = parts.after;
  } else if (key == "source" || key == "src") {
    words.source = parts.after;
  } else if (key == "target" || key == "dst" || key == "destination") {
    words.target = parts.after;
  } else if (key == "bind-propagation") {
    words.add(parts.after);
  } else if (key == "volume-nocopy") {
    if (!parts.found || TRY(parse_bool(parts.after, "--mount volume-nocopy"))) words.add("nocopy");
  } else if (key == "tmpfs-size") {
    words.add(format("size={}", TRY(parse_size(parts.after, "mount"))));
  } else if (key == "tmpfs-mode") {
    words.add(format("mode={}", parts.after));
  } else if (!TRY(take_switch(words, key, parts))) {
    return fail(ErrorKind::InvalidArgument,
                format("--mount: unknown key {}", quoted(key)),
                "keys are type, source, target, readonly, bind-propagation, bind-nonrecursive, "
                "exec, dev, suid, volume-nocopy, tmpfs-size, tmpfs-mode, tmpcopyup");
  }
  return {};
}

Result<record::MountRequest> bind_request(const Words& words) {
  if (words.source.empty()) {
    return fail(
        ErrorKind::InvalidArgument, "--mount type=bind: the source is missing", "add source=/PATH");
  }
  record::MountRequest mount{.type = "bind", .make_source = false};
  mount.source = TRY(absolute_path(words.source));
  mount.target = TRY(mount_target(words.target, "mount"));
  mount.options = TRY(bind_options(words.options, "mount"));
  return mount;
}

Result<record::MountRequest> tmpfs_request(const Words& words) {
  if (!words.source.empty()) {
    return fail(ErrorKind::InvalidArgument, "--mount type=tmpfs: it has no source");
  }
  record::MountRequest mount{.type = "tmpfs", .source = "tmpfs", .make_source = false};
  mount.target = TRY(mount_target(words.target, "mount"));
  mount.options = TRY(tmpfs_options(words.options, "mount"));
  return mount;
}

Result<record::MountRequest> request_of(const Words& words) {
  if (words.type == "bind") return bind_request(words);
  if (words.type == "tmpfs") return tmpfs_request(words);
  if (words.type == "volume") {
    if (!words.source.empty()) TRY(volume::check_volume_name(words.source));
    return volume_request(words.source, words.target, words.options, "mount");
  }
  for (const std::string_view known : {"image", "glob", "ramfs", "devpts", "npipe", "cluster"}) {
    if (words.type != known) continue;
    return fail(ErrorKind::Unsupported,
                format("--mount: mounts of type {} do not exist yet", quoted(words.type)),
                "type=bind, type=volume and type=tmpfs do");
  }
  return fail(ErrorKind::InvalidArgument,
              format("--mount: there is no type {}", quoted(words.type)),
              "it is bind, volume or tmpfs");
}

Result<void> parse(RunRequest& request, std::string_view value) {
  Words words;
  for (std::string_view word : split(value, ',')) TRY(take_word(words, word));
  if (words.target.empty()) {
    return fail(ErrorKind::InvalidArgument,
                format("--mount {}: the target is missing", quoted(value)),
                "add target=/PATH");
  }
  return add_mount(request.container.storage, TRY(request_of(words)), "mount");
}

bool is_at_or_below(const std::string& path, const std::string& top) {
  return path == top || path.starts_with(top + "/");
}

Result<void> find_source(SpecBuilder& builder, const record::MountRequest& mount) {
  if (mount.type != "bind" || builder.world.look(mount.source)) return {};
  if (mount.make_source) {
    builder.directories.push_back(mount.source);
    return {};
  }
  return fail(ErrorKind::NotFound,
              format("--mount: the source {} does not exist", quoted(mount.source)),
              "make it first, or use --volume, which makes a directory");
}

// The user's mounts win over the default ones on and below the same place.
Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  for (const record::MountRequest& mount : container.storage.mounts) {
    TRY(find_source(builder, mount));
    std::erase_if(builder.spec.mounts, [&mount](const oci::Mount& old) {
      return is_at_or_below(old.destination, mount.target);
    });
  }
  for (const record::MountRequest& mount : container.storage.mounts) {
    if (mount.type == "volume") {
      builder.spec.mounts.push_back(TRY(builder.world.mount_of_volume(mount)));
      continue;
    }
    builder.spec.mounts.push_back({.destination = mount.target,
                                   .type = mount.type,
                                   .source = mount.source,
                                   .options = mount.options,
                                   .uid_mappings = {},
                                   .gid_mappings = {}});
  }
  return {};
}

}  // namespace

const Option kMount{
    .flag = {"mount",
             0,
             Arity::Value,
             "KEY=VALUE,...",
             "Mount as said by keys: type=bind|volume|tmpfs, source=, target=, readonly, "
             "bind-propagation=, tmpfs-size=, tmpfs-mode=",
             Section::Files},
    .parse = parse,
    .apply = apply,
};

}  // namespace isle::options
