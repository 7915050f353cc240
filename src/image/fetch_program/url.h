#pragma once
// As much of URLs as redirects and credentials need. RFC 3986; libcurl parses what it is given
// again.

#include <string>
#include <string_view>

#include "base/error.h"

namespace isle::image {

// "https://host:port", in lower case: what may share credentials. Without a scheme: "".
std::string origin_of(std::string_view url);
// "host:port" or "host", of a URL.
std::string_view host_of(std::string_view url);
// Of "host:port" or "host": 127.0.0.0/8, [::1] and localhost.
bool is_loopback(std::string_view host);

// What a Location header means to the page it came with. InvalidArgument: no http(s) URL.
Result<std::string> resolve_url(std::string_view base, const std::string& location);
// For the value of a query's parameter: all but letters, digits and -._~ as %XX.
std::string escape_query(std::string_view text);

}  // namespace isle::image
