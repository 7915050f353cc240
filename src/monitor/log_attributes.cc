#include "monitor/log_attributes.h"

#include "base/strings.h"

namespace isle::monitor {

namespace {

constexpr std::size_t kShortId = 12;

std::string option_of(const record::Container& container, const char* name) {
  const auto& options = container.life.log.options;
  const auto found = options.find(name);
  return found == options.end() ? std::string() : found->second;
}

Result<std::string> field_of(const record::Container& container, std::string_view name) {
  const record::RootSource& root = container.storage.root;
  if (name == ".Name") return container.name;
  if (name == ".ID") return container.id.substr(0, kShortId);
  if (name == ".FullID") return container.id;
  if (name == ".ImageName") return root.image;
  if (name == ".ImageID") return root.image_digest;
  return fail(ErrorKind::InvalidArgument,
              format("--log-opt tag: {} is not known", quoted(name)),
              "there are {{.Name}}, {{.ID}}, {{.FullID}}, {{.ImageName}} and {{.ImageID}}");
}

}  // namespace

Result<std::string> log_tag(const record::Container& container) {
  const std::string pattern = option_of(container, "tag");
  if (pattern.empty()) return container.id.substr(0, kShortId);
  std::string tag;
  std::string_view rest = pattern;
  for (std::size_t open = rest.find("{{"); open != std::string_view::npos; open = rest.find("{{")) {
    const std::size_t close = rest.find("}}", open);
    if (close == std::string_view::npos) break;
    tag += rest.substr(0, open);
    tag += TRY(field_of(container, trim(rest.substr(open + 2, close - open - 2))));
    rest.remove_prefix(close + 2);
  }
  tag += rest;
  return tag;
}

Result<oci::StringMap> log_attributes(const record::Container& container) {
  oci::StringMap attributes;
  const std::string labels = option_of(container, "labels");
  for (const std::string_view name : split(labels, ',')) {
    const auto label = container.labels.find(std::string(name));
    if (label != container.labels.end()) attributes.insert(*label);
  }
  const std::string variables = option_of(container, "env");
  for (const std::string_view name : split(variables, ',')) {
    for (const std::string& entry : container.process.env) {
      const Cut parts = cut(entry, '=');
      if (parts.before == name) attributes[std::string(name)] = std::string(parts.after);
    }
  }
  if (!option_of(container, "tag").empty()) attributes["tag"] = TRY(log_tag(container));
  return attributes;
}

}  // namespace isle::monitor
