// The names that a completion offers, as they are at this moment. What cannot be read offers none:
// nobody wants an error in the middle of a line.
#include <algorithm>
#include <array>

#include "base/strings.h"
#include "cli/completion.h"
#include "cli/image_list.h"
#include "engine/containers.h"
#include "engine/networking.h"
#include "engine/volumes.h"
#include "kernel/signal.h"

namespace isle::cli {
namespace {

using Names = std::vector<Candidate>;

enum class Which : unsigned char { All, Running, Stopped, Paused };

struct CommandRow {
  std::string_view command;
  Which which;
};
constexpr std::array kRows = {CommandRow{"attach", Which::Running},
                              CommandRow{"exec", Which::Running},
                              CommandRow{"healthcheck run", Which::Running},
                              CommandRow{"kill", Which::Running},
                              CommandRow{"pause", Which::Running},
                              CommandRow{"port", Which::Running},
                              CommandRow{"start", Which::Stopped},
                              CommandRow{"stats", Which::Running},
                              CommandRow{"stop", Which::Running},
                              CommandRow{"top", Which::Running},
                              CommandRow{"unpause", Which::Paused}};

// "container stop" is "stop".
Which which_of(std::string_view command) {
  if (command.starts_with("container "))
    command.remove_prefix(std::string_view("container ").size());
  const auto* row = std::ranges::find(kRows, command, &CommandRow::command);
  return row == kRows.end() ? Which::All : row->which;
}

bool is_wanted(const engine::Listed& listed, Which which) {
  switch (which) {
    case Which::Running: return listed.running();
    case Which::Stopped: return !listed.running();
    case Which::Paused: return listed.status == runtime::Status::Paused;
    case Which::All: break;
  }
  return true;
}

Names containers(const engine::Paths& paths, Which which) {
  Names names;
  const auto listing = engine::list_containers(paths, true);
  if (!listing) return names;
  for (const engine::Listed& listed : listing->containers) {
    if (!is_wanted(listed, which)) continue;
    names.push_back(
        {.word = listed.container.name,
         .about = format("{} ({})", listed.container.storage.root.image, listed.word())});
  }
  return names;
}

Names images(const engine::Paths& paths) {
  Names names;
  const auto listed = listed_images(paths.store);
  if (!listed) return names;
  for (const ListedImage& image : *listed) {
    if (image.repository.empty()) continue;
    names.push_back({.word = image.tag.empty() ? image.repository
                                               : format("{}:{}", image.repository, image.tag),
                     .about = std::string(image.id.short_hex())});
  }
  return names;
}

Names volumes(const engine::Paths& paths) {
  Names names;
  const auto list = engine::volumes_of(paths).list();
  if (!list) return names;
  for (const volume::Volume& volume : *list) names.push_back({.word = volume.name, .about = ""});
  return names;
}

Names networks(const engine::Paths& paths) {
  Names names;
  const auto list = network::list_networks(engine::network_places(paths));
  if (!list) return names;
  for (const record::Network& network : *list) {
    names.push_back({.word = network.name, .about = network.driver});
  }
  return names;
}

Names and_then(Names first, Names second) {
  first.insert(
      first.end(), std::make_move_iterator(second.begin()), std::make_move_iterator(second.end()));
  return first;
}

Names plain(std::string_view words) {
  Names names;
  for (const std::string_view word : split(words, ' ')) {
    names.push_back({.word = std::string(word), .about = ""});
  }
  return names;
}

Names signals() {
  Names names;
  constexpr int kFirstRealTime = 32;
  names.reserve(kFirstRealTime);
  for (int i = 1; i < kFirstRealTime; ++i) {
    names.push_back({.word = kernel::signal_name(i), .about = std::to_string(i)});
  }
  return names;
}

struct ValueRow {
  std::string_view flag, values;
};
constexpr std::array kValues = {
    ValueRow{"cgroupns", "host private"},
    ValueRow{"condition", "not-running next-exit removed running paused created healthy unhealthy"},
    ValueRow{"explain", "json only"},
    ValueRow{"format", "json table"},
    ValueRow{"health-on-failure", "none kill restart stop"},
    ValueRow{"image-volume", "anonymous tmpfs ignore"},
    ValueRow{"ipc", "host none private shareable container:"},
    ValueRow{"log-driver", "json-file k8s-file journald none"},
    ValueRow{"log-opt", "max-size= max-file= tag= labels= env="},
    ValueRow{"mount", "type=bind, type=volume, type=tmpfs,"},
    ValueRow{"pid", "host private container:"},
    ValueRow{"pull", "always missing never newer"},
    ValueRow{"restart", "no on-failure always unless-stopped"},
    ValueRow{"security-opt", "no-new-privileges seccomp= apparmor= label= mask= unmask="},
    ValueRow{"storage-driver", "overlay zfs fuse-overlayfs btrfs vfs"},
    ValueRow{"userns", "auto host keep-id nomap"},
    ValueRow{"uts", "host private container:"},
};

bool is_filter_of_containers(std::string_view command, std::string_view flag) {
  return flag == "filter" && (command == "ps" || command.starts_with("container "));
}

}  // namespace

std::vector<Candidate> names_for(std::string_view command, std::string_view metavar) {
  const auto paths = engine::Paths::open();
  if (!paths) return {};
  if (metavar.starts_with("CONTAINER")) return containers(*paths, which_of(command));
  if (metavar.starts_with("IMAGE")) return images(*paths);
  if (metavar.starts_with("VOLUME")) return volumes(*paths);
  if (metavar.starts_with("NETWORK")) return networks(*paths);
  if (metavar.starts_with("NAME") && command == "inspect") {
    return and_then(containers(*paths, Which::All), images(*paths));
  }
  return {};
}

std::vector<Candidate> values_for(std::string_view command, const options::Flag& flag) {
  const std::string_view name = flag.name;
  if (name == "signal" || name == "stop-signal") return signals();
  if (name == "network" || name == "net") {
    const auto paths = engine::Paths::open();
    return and_then(plain("none host container:"), paths ? networks(*paths) : Names{});
  }
  if (name == "volumes-from") return names_for("", "CONTAINER");
  if (is_filter_of_containers(command, name)) {
    return plain(
        "ancestor= before= command= exited= expose= health= id= label= name= network= publish= "
        "restart-policy= since= status= until= volume=");
  }
  const auto* row = std::ranges::find(kValues, name, &ValueRow::flag);
  if (row != kValues.end()) return plain(row->values);
  return flag.metavar == nullptr ? Names{} : names_for(command, flag.metavar);
}

}  // namespace isle::cli
