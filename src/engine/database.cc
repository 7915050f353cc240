#include "engine/database.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <ctime>
#include <memory>
#include <optional>
#include <utility>

#include "base/parallel.h"
#include "base/strings.h"
#include "engine/note.h"
#include "image/snapshot/snapshot.h"
#include "kernel/beneath.h"
#include "kernel/file_lock.h"
#include "monitor/network.h"
#include "record/names.h"

namespace isle::engine {
namespace {

// Ranges for --userns auto: above what distributions give to users in /etc/subuid, below 2^31,
// which some file systems and tools treat as negative.
constexpr std::uint32_t kFirstRange = 0x10000000;
constexpr std::uint32_t kRangeSize = 0x10000;
constexpr std::uint32_t kRanges = 0x6000;
constexpr std::time_t kUnfinishedSeconds = 60;

Result<std::array<std::uint64_t, 4>> random_words() {
  std::array<std::uint64_t, 4> words{};
  if (getrandom(words.data(), sizeof words, 0) != sizeof words) {
    return fail_call(errno, "getrandom(32)");
  }
  return words;
}

std::optional<std::string> link_text(const HostPath& path) {
  char text[PATH_MAX];
  const ssize_t length = readlink(path.c_str(), text, sizeof text);
  if (length < 0) return std::nullopt;
  return std::string(text, static_cast<std::size_t>(length));
}

// False: the name exists. The directory is made when it is not there.
Result<bool> make_link(const std::string& text, const HostPath& directory, std::string_view name) {
  const HostPath path = directory / name;
  for (bool again : {true, false}) {
    if (symlink(text.c_str(), path.c_str()) == 0) return true;
    if (errno == EEXIST) return false;
    if (errno != ENOENT || !again) break;
    TRY(make_directories(directory));
  }
  return fail_call(errno, format("symlink({})", path.str()));
}

// Held by who gives a container another name.
Result<kernel::UniqueFd> lock_renames(const HostPath& directory) {
  kernel::UniqueFd file = TRY(kernel::open_file(directory, O_RDONLY | O_DIRECTORY, 0));
  TRY(kernel::lock_file(file.get(), LOCK_EX, directory.str()));
  return file;
}

// Absent: no names.
std::vector<std::string> names_in(const HostPath& directory) {
  std::vector<std::string> names;
  const auto close = [](DIR* stream) { closedir(stream); };
  const std::unique_ptr<DIR, decltype(close)> stream(opendir(directory.c_str()), close);
  if (stream == nullptr) return names;
  while (const dirent* entry = readdir(stream.get())) {
    if (entry->d_name[0] != '.') names.emplace_back(entry->d_name);
  }
  return names;
}

}  // namespace

Result<std::string> random_id() {
  std::string id;
  for (std::uint64_t word : TRY(random_words())) id += format("{:016x}", word);
  return id;
}

// The record comes first, so that a name never leads to nothing; what a crash leaves in between
// is a container without a name, which ps lists and rm removes.
Result<void> Database::add(record::Container& container) const {
  container.id = TRY(random_id());
  timespec now{};
  static_cast<void>(clock_gettime(CLOCK_REALTIME, &now));  // fails with a wrong clock only
  container.created = now.tv_sec;
  container.created_nanoseconds = now.tv_nsec;
  TRY(make_directories(paths_.container(container.id)));
  Result<void> added = container.name.empty() ? add_by_any_name(container) : add_named(container);
  if (added) note(paths_, container, "create");
  if (!added) static_cast<void>(image::remove_container_files(paths_.store, container.id));
  return added;
}

Result<void> Database::add_named(const record::Container& container) const {
  if (TRY(write_and_link(container))) return {};
  if (TRY(drop_stale_name(container.name)) && TRY(write_and_link(container))) return {};
  return std::unexpected(name_is_taken(container.name));
}

// Nobody renames while we look, so a name that its container does not know is of no use.
Result<bool> Database::drop_stale_name(const std::string& name) const {
  const kernel::UniqueFd lock = TRY(lock_renames(paths_.names()));
  const HostPath link = paths_.names() / name;
  const auto id = link_text(link);
  if (!id) return true;
  const Result<record::Container> holder = load(*id);
  const bool stale = holder ? holder->name != name : holder.error().kind == ErrorKind::NotFound;
  return stale && unlink(link.c_str()) == 0;
}

Error Database::name_is_taken(const std::string& name) const {
  const auto holder = link_text(paths_.names() / name);
  return {
      .kind = ErrorKind::Conflict,
      .message = format(
          "the name {} belongs to container {}", quoted(name), holder.value_or("").substr(0, 12)),
      .call = {},
      .errnum = 0,
      .steps = {},
      .hint = format("choose another, or remove it: isle rm {}", name)};
}

Result<void> Database::add_by_any_name(record::Container& container) const {
  for (int tries = 0;; ++tries) {
    const std::uint64_t random = TRY(random_words())[0];
    container.name = record::random_name(random);
    // A number as well, once the plain names are used up.
    if (tries > 5) container.name += format("{}", random >> 40);
    if (TRY(write_and_link(container))) return {};
  }
}

Result<bool> Database::write_and_link(const record::Container& container) const {
  const kernel::UniqueFd file =
      TRY(kernel::open_file(paths_.container(container.id) / "record.json",
                            O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW,
                            0600));
  TRY(kernel::write_all(file.get(), record::write_container(container)));
  return make_link(container.id, paths_.names(), container.name);
}

Result<record::Container> Database::load(std::string_view id) const {
  const HostPath file = paths_.container(id) / "record.json";
  const std::string text = TRY(kernel::read_small_file(file));
  return TRY_STEP(record::read_container(text), format("read {}", file.str()));
}

Result<std::string> Database::id_of(std::string_view text) const {
  if (record::check_name(text)) {
    if (const auto id = link_text(paths_.names() / text)) return *id;
  }
  std::vector<std::string> found;
  for (std::string& id : ids()) {
    if (!text.empty() && id.starts_with(text)) found.push_back(std::move(id));
  }
  if (found.size() == 1) return found[0];
  if (found.empty()) {
    // Who was killed before the name's link was made left a record that has it all the same.
    for (const record::Container& container : TRY(list()).containers) {
      if (container.name == text) return container.id;
    }
    return fail(ErrorKind::NotFound,
                format("there is no container {}", quoted(text)),
                "isle ps -a lists them");
  }
  return fail(ErrorKind::Conflict,
              format("{} containers have an id that begins with {}", found.size(), quoted(text)),
              "give more digits");
}

Result<record::Container> Database::find(std::string_view text) const {
  const std::string id = TRY(id_of(text));
  Result<record::Container> container = load(id);
  if (!container && container.error().kind == ErrorKind::NotFound) {
    return fail(ErrorKind::NotFound, format("container {} is being made or removed", quoted(text)));
  }
  return container;
}

// A directory that never got its record, by somebody who was killed.
void Database::drop_unfinished(std::string_view id) const {
  struct stat status{};
  if (stat(paths_.container(id).c_str(), &status) != 0) return;
  if (std::time(nullptr) - status.st_mtime < kUnfinishedSeconds) return;
  static_cast<void>(image::remove_container_files(paths_.store, id));
}

std::vector<std::string> Database::ids() const { return names_in(paths_.containers()); }

Result<std::optional<record::Container>> Database::read(int opened, const std::string& id) const {
  const std::string name = id + "/record.json";
  const kernel::UniqueFd file = TRY(kernel::open_beneath_if_exists(opened, name, O_RDONLY));
  if (!file) {
    drop_unfinished(id);
    return std::nullopt;
  }
  const std::string step = format("read {}", (paths_.containers() / name).str());
  const std::string text = TRY_STEP(kernel::read_small(file.get()), step);
  return TRY_STEP(record::read_container(text), step);
}

Result<Database::List> Database::list() const {
  const std::vector<std::string> names = ids();
  if (names.empty()) return List();
  const kernel::UniqueFd opened = TRY(kernel::open_file(paths_.containers(), O_PATH | O_DIRECTORY));
  std::vector<Result<std::optional<record::Container>>> read_ones(names.size());
  for_each_index(names.size(), [&](std::size_t i) { read_ones[i] = read(opened.get(), names[i]); });
  List list;
  for (auto& one : read_ones) {
    if (!one) {
      list.broken.push_back(std::move(one).error());
    } else if (*one) {
      list.containers.push_back(std::move(**one));
    }
  }
  return list;
}

Result<void> Database::write(const record::Container& container) const {
  return kernel::replace_file(paths_.container(container.id) / "record.json",
                              record::write_container(container),
                              0600,
                              false);
}

// Who is killed in here leaves a name that no record agrees with; drop_stale_name finds it.

Result<void> Database::rename(record::Container& container, std::string name) const {
  const kernel::UniqueFd lock = TRY(lock_renames(paths_.names()));
  if (!TRY(make_link(container.id, paths_.names(), name))) {
    return std::unexpected(name_is_taken(name));
  }
  const HostPath taken = paths_.names() / name;
  const std::string before = std::exchange(container.name, std::move(name));
  Result<void> written = write(container);
  unlink((written ? paths_.names() / before : taken).c_str());
  return written;
}

Result<void> Database::remove(const record::Container& container) const {
  if (!container.namespaces.user.empty()) {
    for (const std::string& range : names_in(paths_.id_ranges())) {
      const HostPath link = paths_.id_ranges() / range;
      if (link_text(link) == container.id) unlink(link.c_str());
    }
  }
  monitor::release_network(paths_.container(container.id));
  TRY(image::remove_container_files(paths_.store, container.id));
  // Last: who is killed before leaves one that is found by its name, and can be removed again.
  const HostPath name = paths_.names() / container.name;
  if (link_text(name) == container.id) unlink(name.c_str());
  note(paths_, container, "destroy");
  return {};
}

Result<std::uint32_t> Database::reserve_ids(std::string_view id) const {
  const std::uint64_t start = TRY(random_words())[0];
  for (std::uint32_t i = 0; i < kRanges; ++i) {
    const auto slot = static_cast<std::uint32_t>((start + i) % kRanges);
    const std::uint32_t first = kFirstRange + slot * kRangeSize;
    if (TRY(make_link(std::string(id), paths_.id_ranges(), format("{}", first)))) return first;
  }
  return fail(ErrorKind::Unavailable,
              "all ranges of ids for --userns auto are taken",
              "remove containers that are not needed (isle ps -a)");
}

}  // namespace isle::engine
