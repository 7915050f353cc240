#include "image/layer/member_path.h"

#include <climits>

#include "base/strings.h"

namespace isle::image {

Result<MemberPath> member_path(std::string_view text) {
  if (text.empty()) return fail(ErrorKind::Corrupt, "layer: a member has no name");
  MemberPath path;
  for (const std::string_view part : split(text, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      return fail(ErrorKind::Corrupt, format("layer: {} leads upwards", quoted(text)));
    }
    if (part.size() > NAME_MAX) {
      return fail(ErrorKind::Corrupt, format("layer: {} has a name too long", quoted(text)));
    }
    path.parent = path.str();
    path.name = part;
  }
  if (path.parent.size() + path.name.size() >= PATH_MAX - 1) {
    return fail(ErrorKind::Corrupt, format("layer: {} is too long", quoted(text)));
  }
  return path;
}

}  // namespace isle::image
