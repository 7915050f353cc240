// A fresh directory is one mkdir(2) where the parents are there already, which is the usual case;
// full paths are as cheap as a directory fd here, so that only v2 keeps one (CLONE_INTO_CGROUP).

#include "kernel/cgroup/group.h"

#include <cerrno>
#include <ranges>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/cgroup/group_tree.h"
#include "kernel/cgroup/hints.h"

namespace isle::kernel::cgroup {

Result<std::string> check_group_path(std::string_view path) {
  std::string checked;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty()) continue;
    if (part == "." || part == "..") {
      return fail(
          ErrorKind::InvalidArgument,
          format(
              "cgroup path {} holds \"{}\", which could lead out of the tree", quoted(path), part));
    }
    for (const char byte : part) {
      if (static_cast<unsigned char>(byte) < ' ' || byte == '\x7f') {
        return fail(ErrorKind::InvalidArgument,
                    format("cgroup path {} holds a control character", quoted(path)));
      }
    }
    if (part.size() > 255) {
      return fail(ErrorKind::InvalidArgument,
                  format("a name in cgroup path {} has more than 255 bytes", quoted(path)));
    }
    checked += '/';
    checked += part;
  }
  if (!checked.empty()) return checked;
  return fail(ErrorKind::InvalidArgument,
              format("cgroup path {} is the root of the tree, which cannot be limited or removed",
                     quoted(path)));
}

Result<Group> Group::at(const Layout& layout,
                        std::string_view path,
                        ControllerSet controllers,
                        From from) {
  const std::string checked = TRY(check_group_path(path));
  Group group;
  for (const Hierarchy& tree : layout.hierarchies) {
    const ControllerSet wanted = tree.controllers & controllers;
    if (wanted.empty()) continue;
    const std::string base = from == From::Base && tree.base != "/" ? tree.base : "";
    const std::string place = base + checked;
    group.places_.push_back(Place{.version = tree.version,
                                  .mount = tree.mount,
                                  .path = place,
                                  .top = tree.directory(base),
                                  .directory = tree.directory(place),
                                  .controllers = tree.controllers,
                                  .wanted = wanted,
                                  .fd = UniqueFd()});
  }
  return group;
}

Group Group::reopen(const Layout& layout, const std::vector<std::string>& directories) {
  Group group;
  for (const std::string& directory : directories) {
    const Hierarchy* tree = layout.holding(directory);
    if (tree == nullptr || directory.size() <= tree->mount.size()) continue;
    group.places_.push_back(Place{.version = tree->version,
                                  .mount = tree->mount,
                                  .path = directory.substr(tree->mount.size()),
                                  .top = tree->mount,
                                  .directory = directory,
                                  .controllers = tree->controllers,
                                  .wanted = tree->controllers,
                                  .fd = UniqueFd()});
  }
  return group;
}

std::vector<std::string> Group::directories() const {
  std::vector<std::string> list;
  list.reserve(places_.size());
  for (const Place& place : places_) list.push_back(place.directory);
  return list;
}

ControllerSet Group::controllers() const {
  ControllerSet all;
  for (const Place& place : places_) all = all | place.controllers;
  return all;
}

const Group::Place* Group::find(Controller controller) const {
  for (const Place& place : places_) {
    if (place.controllers.has(controller)) return &place;
  }
  return nullptr;
}

const Group::Place* Group::v2() const {
  for (const Place& place : places_) {
    if (place.version == Version::V2) return &place;
  }
  return nullptr;
}

const std::string* Group::directory(Controller controller) const {
  const Place* place = find(controller);
  return place == nullptr ? nullptr : &place->directory;
}

const std::string* Group::v2_directory() const {
  const Place* place = v2();
  return place == nullptr ? nullptr : &place->directory;
}

namespace {

std::unexpected<Error> mkdir_failed(int errnum, const std::string& directory) {
  return fail_call(errnum,
                   format("mkdir({})", directory),
                   "cannot make a control group",
                   errnum == EAGAIN ? "cgroup.max.descendants or cgroup.max.depth of a parent is "
                                      "reached"
                                    : write_hint("", errnum));
}

// True if it was made by this call; parents are made as well and noted in `made`.
Result<bool> make(const std::string& mount,
                  const std::string& directory,
                  std::vector<std::string>& made) {
  const auto note = [&made](const std::string& path) {
    if (mkdir(path.c_str(), 0755) != 0) return false;
    made.push_back(path);
    return true;
  };
  if (note(directory)) return true;
  // Another process may remove an empty parent between two calls: again, but not for ever.
  for (int round = 0; round < 100 && errno == ENOENT; ++round) {
    for (const std::string& level : levels(mount, directory)) {
      if (!note(level) && errno != EEXIST) break;
      if (level == directory && !made.empty() && made.back() == level) return true;
    }
  }
  if (errno == EEXIST) return false;
  return mkdir_failed(errno, directory);
}

Result<void> refuse_occupied(const std::string& directory) {
  const std::vector<Pid> held = TRY(processes_of(directory));
  if (!held.empty()) {
    return fail(ErrorKind::Conflict,
                format("control group {} is in use by process {}{}",
                       quoted(directory),
                       held.front().value,
                       held.size() > 1 ? format(" and {} more", held.size() - 1) : ""),
                "choose another cgroup path, or end what runs there");
  }
  const std::string state = TRY(read_group_file(directory, "freezer.state")).value_or("");
  const std::string v2_state = TRY(read_group_file(directory, "cgroup.freeze")).value_or("");
  if (state.starts_with("FR") || v2_state.starts_with('1')) {
    return fail(
        ErrorKind::Conflict,
        format("control group {} is frozen: what starts there would never run", quoted(directory)),
        "thaw it or remove it");
  }
  return {};
}

// A group below a threaded one takes threads only, and says so in cgroup.type (cgroup-v2.rst,
// "Threads"). A domain that has threaded groups below takes processes as ever.
Result<void> refuse_threaded(const std::string& directory) {
  const auto type = TRY(read_group_file(directory, "cgroup.type"));
  if (!type || type->starts_with("domain\n") || type->starts_with("domain threaded")) return {};
  return fail(ErrorKind::Conflict,
              format("control group {} is threaded (its cgroup.type is {}), so no process can be "
                     "started in it",
                     quoted(directory),
                     quoted(trim(*type))),
              "choose a parent that is a domain, as cgroup.type of the groups above tells");
}

}  // namespace

Result<void> Group::create_in(const Place& place,
                              const CreateOptions& options,
                              std::vector<std::string>& made) const {
  const bool fresh = TRY(make(place.mount, place.directory, made));
  if (!fresh && !options.join_existing) TRY(refuse_occupied(place.directory));
  if (place.version == Version::V2) {
    TRY(refuse_threaded(place.directory));
    return hand_down(place.top, place.directory, place.wanted, options.required & place.wanted);
  }
  if (place.controllers.has(Controller::Cpuset)) return fill_cpuset(place.mount, place.directory);
  return {};
}

Result<void> Group::create(const CreateOptions& options) {
  std::vector<std::string> made;
  for (const Place& place : places_) {
    Result<void> created = create_in(place, options, made);
    if (created) continue;
    for (const std::string& directory : made | std::views::reverse) rmdir(directory.c_str());
    return created;
  }
  created_ = true;
  return {};
}

Result<int> Group::clone_fd() {
  for (Place& place : places_) {
    if (place.version != Version::V2) continue;
    if (!place.fd) place.fd = TRY(open_file(HostPath(place.directory), O_RDONLY | O_DIRECTORY));
    return place.fd.get();
  }
  return -1;
}

Result<void> Group::attach(Pid pid, Part part) const {
  const std::string number = std::to_string(pid.value);
  for (const Place& place : places_) {
    if (part == (place.version == Version::V2 ? Part::V1 : Part::V2)) continue;
    TRY(write_group_file(place.wanted.words(), place.directory, "cgroup.procs", number));
  }
  return {};
}

// cgroup.procs of v1 moves all threads of a process and stops every fork and exit of the system for
// it, which waits for RCU; "tasks" moves the writing thread alone, without that lock (Linux 5.5).
Result<std::vector<Group::Door>> Group::open_doors() const {
  std::vector<Door> doors;
  for (const Place& place : places_) {
    if (place.version == Version::V2) continue;
    doors.push_back({.controllers = place.wanted.words(),
                     .tasks = TRY(open_file(HostPath(place.directory + "/tasks"), O_WRONLY))});
  }
  return doors;
}

Result<void> Group::delegate_to(Uid uid, Gid gid) const {
  const Place* place = v2();
  if (place == nullptr) {
    return fail(ErrorKind::Unsupported,
                "control groups are given to a user on cgroup v2 only",
                "v1's files are not safe to hand out");
  }
  std::vector<std::string> names = {place->directory};
  const std::string listed =
      TRY(read_group_file("/sys/kernel/cgroup", "delegate"))
          .value_or("cgroup.procs\ncgroup.threads\ncgroup.subtree_control\n");
  for (const std::string_view file : split(trim(listed), '\n')) {
    names.push_back(place->directory + "/" + std::string(file));
  }
  for (const std::string& name : names) {
    // The list names files of controllers that this group may not have.
    if (chown(name.c_str(), uid.value, gid.value) != 0 && errno != ENOENT) {
      return fail_call(errno, format("chown({}, {}, {})", name, uid.value, gid.value));
    }
  }
  return {};
}

namespace {
std::unexpected<Error> no_part(Controller controller, const std::string& file) {
  return fail(ErrorKind::Unsupported,
              format("no {} control group to set {} in", to_string(controller), file),
              format("this host has no {} controller, or the container was made without it",
                     to_string(controller)));
}
}  // namespace

Result<void> Group::write(Controller controller,
                          const std::string& file,
                          std::string_view value) const {
  const Place* place = find(controller);
  if (place == nullptr) return no_part(controller, file);
  return write_group_file(to_string(controller), place->directory, file, value);
}

Result<bool> Group::apply(const Write& write) const {
  const Place* place = write.v2 ? v2() : find(write.controller);
  if (place == nullptr) return no_part(write.controller, write.file);
  const auto put = [&](const std::string& file, const std::string& value) {
    return write_group_file(to_string(write.controller), place->directory, file, value);
  };
  Result<void> written = put(write.file, write.value);
  if (!written && written.error().errnum == ENOENT && !write.else_file.empty()) {
    written = put(write.else_file, write.else_value);
  }
  if (written) return true;
  if (write.optional && written.error().errnum == ENOENT) return false;
  return std::unexpected(std::move(written).error().within(write.why));
}

Result<std::optional<std::string>> Group::read(Controller controller,
                                               const std::string& file) const {
  const Place* place = find(controller);
  if (place == nullptr) return std::nullopt;
  return read_group_file(place->directory, file);
}

Result<std::optional<std::string>> Group::read_v2(const std::string& file) const {
  const Place* place = v2();
  if (place == nullptr) return std::nullopt;
  return read_group_file(place->directory, file);
}

}  // namespace isle::kernel::cgroup
