#include "oci/mounts_json.h"

#include "oci/spec_fields.h"  // IWYU pragma: keep (templates find the fields)

namespace isle::oci {

Result<std::vector<Mount>> read_mounts(std::string_view text) {
  const json::Value document = TRY(json::parse(text));
  return read_document<std::vector<Mount>>(document);
}

}  // namespace isle::oci
