#pragma once
// What a registry can be asked to list, page by page.

#include <string>
#include <vector>

#include "base/error.h"
#include "image/fetch_program/endpoint.h"

namespace isle::image {

Result<std::vector<std::string>> fetch_tags(Endpoint& endpoint);
// Every repository, where the registry tells: many do not.
Result<std::vector<std::string>> fetch_repositories(Endpoint& endpoint);

// The address in 'Link: </v2/_catalog?last=b&n=2>; rel="next"', RFC 8288; "" if there is none.
std::string next_page(std::string_view link);

}  // namespace isle::image
