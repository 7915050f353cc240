// The rules of docker cp, which scripts rely on:
//   a file onto a file or a name that is not there: it gets that name
//   a file or directory onto a directory: it goes into it under its own name
//   a directory onto a name that is not there: it gets that name
//   DIR/. : what is in it, not itself
//   a trailing slash says that the target is a directory
#include "base/strings.h"
#include "engine/copy.h"

namespace isle::engine {
namespace {

struct Parts {
  std::string directory, name;
};

// "/a/b/" -> {"/a", "b"}; "b" -> {".", "b"}; "/" -> {"/", ""}
Parts parts_of(std::string_view path) {
  while (path.size() > 1 && path.ends_with('/')) path.remove_suffix(1);
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return {".", std::string(path)};
  return {std::string(slash == 0 ? "/" : path.substr(0, slash)),
          std::string(path.substr(slash + 1))};
}

bool means_content(std::string_view path) {
  return path == "." || path.ends_with("/.") || path == "/";
}

}  // namespace

Result<Landing> landing_of(const End& source, const End& target) {
  const bool content = means_content(source.path);
  if (target.exists && target.is_directory) {
    return Landing{.directory = target.path, .name = content ? "" : parts_of(source.path).name};
  }
  if (target.exists && source.is_directory) {
    return fail(ErrorKind::Conflict,
                format("{} is a file: a directory cannot take its place", quoted(target.path)));
  }
  if (target.path.ends_with('/') && !source.is_directory) {
    return fail(ErrorKind::NotFound,
                format("the directory {} does not exist", quoted(target.path)),
                "make it first, or leave the slash out");
  }
  Parts parts = parts_of(target.path);
  return Landing{.directory = std::move(parts.directory), .name = std::move(parts.name)};
}

}  // namespace isle::engine
