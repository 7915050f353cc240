#include "image/layer/member_path.h"

#include <climits>

#include "base/strings.h"

namespace isle::image {

Result<MemberPath> member_path(std::string_view text) {
  if (text.empty()) return fail(ErrorKind::Corrupt, "layer: a member has no name");
  MemberPath path;
  std::string whole;
  std::size_t last = 0;  // where the last name begins
  whole.reserve(text.size());
  for (const std::string_view part : split(text, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      return fail(ErrorKind::Corrupt, format("layer: {} leads upwards", quoted(text)));
    }
    if (part.size() > NAME_MAX) {
      return fail(ErrorKind::Corrupt, format("layer: {} has a name too long", quoted(text)));
    }
    if (!whole.empty()) whole += '/';
    last = whole.size();
    whole += part;
  }
  if (whole.size() > kMaxMemberPath) {
    return fail(
        ErrorKind::Corrupt,
        format("layer: {}... is too long: {} bytes", quoted(text.substr(0, 64)), whole.size()));
  }
  if (last > 0) path.parent = whole.substr(0, last - 1);
  path.name = whole.substr(last);
  return path;
}

}  // namespace isle::image
