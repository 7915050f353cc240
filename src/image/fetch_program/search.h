#pragma once
// Looking for repositories by a word: the search of docker's first protocol, which Docker Hub and
// some others still have, else the catalogue, filtered here.

#include <string>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "image/fetch_program/endpoint.h"

namespace isle::image {

// Objects with "name", and where the registry tells "description", "stars", "official",
// "automated".
Result<json::Value> search_registry(Endpoint& endpoint, const std::string& term, unsigned limit);

}  // namespace isle::image
