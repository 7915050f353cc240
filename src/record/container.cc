// record.json: the structs' `fields`, read strictly, since only isle writes it.
#include "record/container.h"

#include "base/strings.h"
#include "oci/json_writer.h"
#include "oci/spec_fields.h"  // IWYU pragma: keep (templates find the fields)

namespace isle::record {

template <typename Io>
void fields(Io& io, typename Io::template Ref<Container> container) {
  io.required("id", container.id);
  io.optional("name", container.name);
  io.required("created", container.created);
  io.optional("createdNanoseconds", container.created_nanoseconds);
  io.optional("remove", container.remove);
  io.required("process", container.process);
  io.required("namespaces", container.namespaces);
  io.always("networking", container.networking);
  io.required("storage", container.storage);
  io.required("resources", container.resources);
  io.required("security", container.security);
  io.always("life", container.life);
  io.optional("labels", container.labels);
  io.optional("annotations", container.annotations);
}

namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '-';
}

}  // namespace

Result<void> check_name(std::string_view name) {
  bool valid =
      !name.empty() && name.size() <= 128 && name[0] != '_' && name[0] != '.' && name[0] != '-';
  for (char c : name) valid = valid && is_name_character(c);
  if (valid) return {};
  return fail(ErrorKind::InvalidArgument,
              format("{} cannot be a container's name", quoted(name)),
              "use letters, digits, \"_\", \".\" and \"-\", beginning with a letter or digit, at "
              "most 128 of them");
}

// As documents: a member that is absent in one is what was not asked.
Result<void> merge_resources(Resources& now, const Resources& change) {
  json::Value merged = oci::write_value(now);
  const json::Value asked = oci::write_value(change);
  for (const json::Member& member : *asked.object()) {
    merged[member.key] = member.value;
  }
  now = TRY(oci::read_document<Resources>(merged));
  return {};
}

Result<Container> read_container(std::string_view text) {
  Result<Container> container = oci::read_document<Container>(TRY(json::parse(text)));
  if (!container) container.error().kind = ErrorKind::Corrupt;
  return container;
}

json::Value container_json(const Container& container) { return oci::write_value(container); }

std::string write_container(const Container& container) {
  return json::write(container_json(container));
}

}  // namespace isle::record
