// Writes config.json: the lists of spec_fields*.h for writing.
#include "oci/runtime_spec_json.h"
#include "oci/spec_fields.h"  // IWYU pragma: keep (templates find the fields)

namespace isle::oci {

json::Value write_spec(const Spec& spec) { return write_value(spec); }

json::Value write_process(const Process& process) { return write_value(process); }

json::Value write_resources(const Resources& resources) { return write_value(resources); }

}  // namespace isle::oci
