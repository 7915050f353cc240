#include "engine/copy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>

#include "base/strings.h"
#include "engine/container_root.h"
#include "image/tree_transfer.h"
#include "kernel/beneath.h"

namespace isle::engine {
namespace {

// One side of a copy: the host's tree, or the container's, whose links lead no further than it.
class Side {
 public:
  explicit Side(int root) : root_(root) {}
  static Side host() { return Side(-1); }

  Result<kernel::UniqueFd> at(const std::string& path, int flags) const {
    if (root_ >= 0) return kernel::open_in_root(root_, path, flags);
    return kernel::open_file(HostPath(path), flags);
  }
  Result<End> look(const std::string& path) const {
    End end{.path = path};
    const Result<kernel::UniqueFd> file = at(path, O_PATH);
    if (!file && file.error().kind == ErrorKind::NotFound) return end;
    if (!file) return std::unexpected(file.error());
    struct stat status{};
    if (fstat(file->get(), &status) != 0) return fail_call(errno, format("stat({})", path));
    end.exists = true;
    end.is_directory = S_ISDIR(status.st_mode);
    return end;
  }
  std::string words() const { return root_ >= 0 ? "in the container" : "on the host"; }

 private:
  int root_;
};

constexpr int kDirectory = O_RDONLY | O_DIRECTORY;

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Where the link at the end of `path` leads, as long as it does.
Result<std::string> follow_link(const Side& side, std::string path) {
  constexpr int kMostLinks = 40;
  for (int i = 0; i < kMostLinks; ++i) {
    const auto link = side.at(path, O_PATH | O_NOFOLLOW);
    char text[PATH_MAX];
    if (!link) return std::unexpected(link.error());
    const ssize_t size = readlinkat(link->get(), "", text, sizeof text);
    if (size < 0) return path;  // it is none
    const std::string to(text, static_cast<std::size_t>(size));
    path = to.starts_with('/') ? to : format("{}/{}", parent_of(path), to);
  }
  return fail(ErrorKind::InvalidArgument, format("{} leads in a circle", quoted(path)));
}

struct Source {
  image::TreeSource tree;
  End end;
};

// A directory is opened itself; of anything else its parent, in which it is the one entry.
Result<Source> open_source(const Side& side, const std::string& typed, bool follow) {
  Source source;
  const std::string path = follow ? TRY(follow_link(side, typed)) : typed;
  const auto file = side.at(path, O_PATH | (path.ends_with('/') ? 0 : O_NOFOLLOW));
  if (!file) {
    if (file.error().kind != ErrorKind::NotFound) return std::unexpected(file.error());
    return fail(ErrorKind::NotFound, format("there is no {} {}", quoted(typed), side.words()));
  }
  struct stat status{};
  if (fstat(file->get(), &status) != 0) return fail_call(errno, format("stat({})", typed));
  source.end = {.path = typed, .exists = true, .is_directory = S_ISDIR(status.st_mode)};
  if (source.end.is_directory) {
    source.tree.directories.push_back(TRY(side.at(path, kDirectory)));
    return source;
  }
  source.tree.directories.push_back(TRY(side.at(parent_of(path), kDirectory)));
  source.tree.only = path.substr(path.rfind('/') + 1);
  return source;
}

std::string last_name(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  return std::string(path.substr(path.rfind('/') + 1));
}

image::TreeTarget into_container(const CopyRequest& request, const ContainerRoot& root) {
  image::TreeTarget target{.uids = root.uids, .gids = root.gids};
  if (!request.archive) target.owner = image::TreeTarget::Owner{.uid = 0, .gid = 0};
  return target;
}

image::TreeTarget onto_host(const CopyRequest& request) {
  image::TreeTarget target{.special = request.archive, .uids = {}, .gids = {}};
  if (!request.archive) target.owner = image::TreeTarget::Owner{.uid = geteuid(), .gid = getegid()};
  return target;
}

std::vector<std::string> warnings_of(const image::CopyReport& report) {
  if (report.left_out == 0) return {};
  return {format("{} devices were left out", report.left_out)};
}

using Warnings = std::vector<std::string>;

Result<Warnings> copy_between(const Paths& paths,
                              Source source,
                              const Side& to,
                              const std::string& typed,
                              image::TreeTarget target) {
  const Landing landing = TRY(landing_of(source.end, TRY(to.look(typed))));
  source.tree.name = landing.name;
  const auto directory = to.at(landing.directory, kDirectory);
  if (!directory && directory.error().kind == ErrorKind::NotFound) {
    return fail(
        ErrorKind::NotFound,
        format("the directory {} does not exist {}", quoted(landing.directory), to.words()));
  }
  if (!directory) return std::unexpected(directory.error());
  target.directory = directory->get();
  return warnings_of(TRY(image::transfer_tree(paths.store, source.tree, target)));
}

Result<Warnings> take_archive(const Paths& paths,
                              const CopyRequest& request,
                              const ContainerRoot& root,
                              const Side& inside) {
  image::TreeTarget target = into_container(request, root);
  target.owner.reset();  // the archive says whose its files are
  const kernel::UniqueFd directory = TRY_STEP(inside.at(request.inside, kDirectory),
                                              format("open {} in the container", request.inside));
  target.directory = directory.get();
  return warnings_of(TRY(image::extract_tree(paths.store, STDIN_FILENO, target)));
}

Result<Warnings> give_archive(const Paths& paths, Source source) {
  if (source.end.is_directory && !source.end.path.ends_with("/.")) {
    source.tree.name = last_name(source.end.path);
    if (source.tree.name == "/") source.tree.name.clear();
  }
  TRY(image::pack_tree(paths.store, source.tree, STDOUT_FILENO));
  return Warnings();
}

}  // namespace

Result<Warnings> copy(const Paths& paths, const CopyRequest& request) {
  const Listed listed = TRY(find_container(paths, request.container));
  // Before the process gets mounts of its own, so that relative paths are the caller's.
  Source from_host;
  const bool from_archive = request.into_container && request.outside == "-";
  if (request.into_container && !from_archive) {
    from_host = TRY(open_source(Side::host(), request.outside, request.follow));
  }
  const ContainerRoot root = TRY(open_container_root(paths, listed));
  const Side inside(root.directory.get());
  if (from_archive) return take_archive(paths, request, root, inside);
  if (request.into_container) {
    return copy_between(
        paths, std::move(from_host), inside, request.inside, into_container(request, root));
  }
  Source source = TRY(open_source(inside, request.inside, request.follow));
  source.tree.uids = root.uids;
  source.tree.gids = root.gids;
  if (request.outside == "-") return give_archive(paths, std::move(source));
  return copy_between(paths, std::move(source), Side::host(), request.outside, onto_host(request));
}

}  // namespace isle::engine
