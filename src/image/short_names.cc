#include "image/short_names.h"

#include "image/resolve.h"

#include "base/strings.h"
#include "image/fetch_connection.h"
#include "image/fetch_wire.h"

namespace isle::image {

Result<Candidates> find_candidates(std::string_view text) {
  Candidates candidates;
  candidates.references.push_back(TRY(Reference::parse(text)));
  const std::string& domain = candidates.references.front().domain;
  if (text.starts_with(domain + "/") || domain != "docker.io") return candidates;
  FetchConnection connection = TRY(FetchConnection::open());
  json::Value request;
  request["resolve"] = text;
  const Packet answer = TRY(connection.ask(request));
  candidates.references.clear();
  candidates.is_short = true;
  for (const std::string& name : texts_member(answer.head, "names")) {
    candidates.references.push_back(
        TRY_STEP(Reference::parse(name), format("what {} stands for", quoted(text))));
  }
  candidates.warnings = texts_member(answer.head, "warnings");
  return candidates;
}

Result<std::string> name_here(const Store& store, std::string_view text) {
  std::string name(text);
  if (is_here(store, name) || !Reference::parse(name)) return name;
  const Result<Candidates> candidates = find_candidates(name);
  if (!candidates) return name;
  for (const Reference& candidate : candidates->references) {
    if (is_here(store, candidate.str())) return candidate.str();
  }
  return name;
}

Result<std::vector<std::string>> search_registries() {
  FetchConnection connection = TRY(FetchConnection::open());
  json::Value request;
  request["searchList"] = true;
  return texts_member(TRY(connection.ask(request)).head, "names");
}

}  // namespace isle::image
