// --mount: the long spelling of a mount. A missing source is an error here. What becomes of all
// three spellings says mount_spec.cc.
#include <algorithm>

#include "base/strings.h"
#include "options/mount_spec.h"
#include "options/mount_words.h"
#include "options/rows.h"
#include "options/values.h"
#include "volume/volume.h"

namespace isle::options {
namespace {

struct Words {
  std::string_view type = "volume";
  std::string_view source, target, subpath;
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
                                  {"U", "U", ""},
                                  {"chown", "U", ""},
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
      {"volume-driver", "volumes have the driver local only"},
      {"volume-opt", "isle volume create takes what a volume is made with"},
      {"volume-label", "isle volume create takes what a volume is made with"},
      {"glob", "name each source"},
      {"consistency", "it has no meaning on Linux"},
  };
  const auto* row = std::ranges::find(kRows, key, &Row::key);
  return row == std::end(kRows) ? std::string_view() : row->reason;
}

Result<std::string_view> relabel_word(std::string_view value) {
  if (value == "shared") return "z";
  if (value == "private") return "Z";
  return fail(ErrorKind::InvalidArgument,
              format("--mount: relabel cannot be {}", quoted(value)),
              "it is shared or private");
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
  } else if (key == "volume-subpath" || key == "image-subpath" || key == "subpath") {
    words.subpath = parts.after;
  } else if (key == "idmap") {
    words.add(word);
  } else if (key == "relabel") {
    words.add(TRY(relabel_word(parts.after)));
  } else if (key == "volume-nocopy") {
    if (!parts.found || TRY(parse_bool(parts.after, "--mount volume-nocopy"))) words.add("nocopy");
  } else if (key == "tmpfs-size") {
    words.add(format("size={}", TRY(parse_size(parts.after, "mount"))));
  } else if (key == "tmpfs-mode") {
    words.add(format("mode={}", parts.after));
  } else if (!TRY(take_switch(words, key, parts))) {
    return fail(
        ErrorKind::InvalidArgument,
        format("--mount: unknown key {}", quoted(key)),
        "keys are type, source, target, readonly, bind-propagation, bind-nonrecursive, "
        "exec, dev, suid, U, idmap, relabel, subpath, volume-nocopy, tmpfs-size, tmpfs-mode, "
        "tmpcopyup");
  }
  return {};
}

Result<record::MountRequest> bind_request(const Words& words) {
  if (words.source.empty()) {
    return fail(
        ErrorKind::InvalidArgument, "--mount type=bind: the source is missing", "add source=/PATH");
  }
  if (!words.subpath.empty()) {
    return fail(ErrorKind::InvalidArgument,
                "--mount type=bind: subpath is of volumes and images",
                "name the directory itself: source=/PATH/SUBPATH");
  }
  record::MountRequest mount{.type = "bind", .make_source = false};
  mount.source = TRY(absolute_path(words.source));
  mount.target = TRY(mount_target(words.target, "mount"));
  TRY(take_mount_words(mount, words.options, "mount"));
  return mount;
}

Result<record::MountRequest> volume_or_image(const Words& words) {
  record::MountRequest mount{.type = std::string(words.type)};
  mount.source = words.source;
  mount.target = TRY(mount_target(words.target, "mount"));
  if (!words.subpath.empty()) mount.subpath = TRY(subpath_of(words.subpath, "mount subpath"));
  TRY(take_mount_words(mount, words.options, "mount"));
  return mount;
}

Result<record::MountRequest> image_request(const Words& words) {
  if (words.source.empty()) {
    return fail(
        ErrorKind::InvalidArgument, "--mount type=image: the image is missing", "add source=IMAGE");
  }
  record::MountRequest mount = TRY(volume_or_image(words));
  if (mount.chown || mount.id_mapped || mount.overlay) {
    return fail(ErrorKind::InvalidArgument,
                "--mount type=image: U, O and idmap are of volumes and directories",
                "an image's files are the container's already; rw=true lets it write");
  }
  const bool asked = std::ranges::find(mount.options, "rw") != mount.options.end();
  const bool read_only = std::ranges::find(mount.options, "ro") != mount.options.end();
  if (!asked && !read_only) mount.options.emplace_back("ro");
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
    return volume_or_image(words);
  }
  if (words.type == "image") return image_request(words);
  for (const std::string_view known : {"glob", "ramfs", "devpts", "npipe", "cluster"}) {
    if (words.type != known) continue;
    return fail(ErrorKind::Unsupported,
                format("--mount: mounts of type {} do not exist yet", quoted(words.type)),
                "type=bind, type=volume, type=image and type=tmpfs do");
  }
  return fail(ErrorKind::InvalidArgument,
              format("--mount: there is no type {}", quoted(words.type)),
              "it is bind, volume, image or tmpfs");
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

}  // namespace

const Option kMount{
    .flag = {"mount",
             0,
             Arity::Value,
             "KEY=VALUE,...",
             "Mount as said by keys: type=bind|volume|image|tmpfs, source=, target=, readonly, "
             "subpath=, idmap, bind-propagation=, tmpfs-size=, tmpfs-mode=",
             Section::Files},
    .parse = parse,
    .apply = apply_mounts,
};

}  // namespace isle::options
