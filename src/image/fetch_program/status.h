#pragma once
// What a registry answers when it does not want to, in words.

#include <string>

#include "base/error.h"
#include "image/fetch_program/http.h"

namespace isle::image {

// "GET https://host/path: 404 Not Found, the registry says: "MANIFEST_UNKNOWN: manifest unknown"".
Error status_error(const std::string& method, const HttpResponse& response);

}  // namespace isle::image
