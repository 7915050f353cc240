#pragma once
// RFC 4648, the ordinary alphabet with padding: how names and passwords are written in headers and
// in auth.json. Hides nothing from anybody.

#include <optional>
#include <string>
#include <string_view>

namespace isle::image {

std::string to_base64(std::string_view bytes);
// nullopt: not base64. Padding may be missing, as some programs leave it out.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace isle::image
