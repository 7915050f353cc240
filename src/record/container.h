#pragma once
// What was asked of a container, as plain data: the option table fills it, the engine keeps it
// as containers/ID/record.json, and each option turns its part into the OCI specification.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "record/life.h"
#include "record/namespaces.h"
#include "record/network_wish.h"
#include "record/process.h"
#include "record/resources.h"
#include "record/security.h"
#include "record/storage.h"

namespace isle::record {

struct Container {
  std::string id;  // 64 hexadecimal digits
  std::string name;
  std::int64_t created = 0;              // seconds since 1970
  std::int64_t created_nanoseconds = 0;  // of that second
  bool remove = false;                   // --rm: it goes when its command ends
  Process process;
  Namespaces namespaces;
  Networking networking;
  Storage storage;
  Resources resources;
  Security security;
  Life life;
  oci::StringMap labels, annotations;
};

// Letters, digits and "_.-", beginning with a letter or digit: InvalidArgument says so.
Result<void> check_name(std::string_view name);

// `now` with what `change` sets; what it leaves out stays.
Result<void> merge_resources(Resources& now, const Resources& change);

// Corrupt names the JSON path.
Result<Container> read_container(std::string_view text);
std::string write_container(const Container& container);
json::Value container_json(const Container& container);

}  // namespace isle::record
