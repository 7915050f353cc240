#include "image/fetch_program/registries.h"

#include <algorithm>

#include "base/strings.h"

namespace isle::image {
namespace {

// How much of the name the prefix takes; 0: it is none.
std::size_t match(std::string_view prefix, std::string_view name) {
  if (prefix.starts_with("*.")) {
    const std::string_view host = cut(name, '/').before;
    return host.size() > prefix.size() - 1 && host.ends_with(prefix.substr(1)) ? host.size() : 0;
  }
  if (!name.starts_with(prefix)) return 0;
  return name.size() == prefix.size() || name[prefix.size()] == '/' ? prefix.size() : 0;
}

bool has_registry(std::string_view text) {
  const Cut parts = cut(text, '/');
  return parts.found && (parts.before.find_first_of(".:") != std::string_view::npos ||
                         parts.before == "localhost");
}

// Without tag and digest.
std::string_view bare_name(std::string_view text) {
  text = cut(text, '@').before;
  const std::size_t colon = text.rfind(':');
  const bool is_tag = colon != std::string_view::npos && !text.substr(colon).contains('/');
  return is_tag ? text.substr(0, colon) : text;
}

}  // namespace

void merge(Registries& base, Registries&& later) {
  if (later.search) base.search = std::move(later.search);
  if (!later.short_name_mode.empty()) base.short_name_mode = std::move(later.short_name_mode);
  if (later.credential_helpers) base.credential_helpers = std::move(later.credential_helpers);
  for (auto& [name, target] : later.aliases) base.aliases[name] = std::move(target);
  for (RegistryEntry& entry : later.entries) {
    const auto same = std::ranges::find(base.entries, entry.prefix, &RegistryEntry::prefix);
    if (same != base.entries.end()) {
      *same = std::move(entry);
    } else {
      base.entries.push_back(std::move(entry));
    }
  }
  std::ranges::move(later.warnings, std::back_inserter(base.warnings));
}

const RegistryEntry* find_entry(const Registries& registries, std::string_view name) {
  const RegistryEntry* best = nullptr;
  for (const RegistryEntry& entry : registries.entries) {
    const bool longer = best == nullptr || entry.prefix.size() > best->prefix.size();
    if (longer && match(entry.prefix, name) > 0) best = &entry;
  }
  return best;
}

std::string relocate(const RegistryEntry& entry,
                     const std::string& location,
                     const std::string& name) {
  if (location.empty()) return name;
  return location + name.substr(match(entry.prefix, name));
}

std::vector<std::string> search_list(const Registries& registries) {
  return registries.search.value_or(std::vector<std::string>{"docker.io"});
}

Result<std::vector<std::string>> meanings(const Registries& registries, const std::string& text) {
  if (has_registry(text)) return std::vector{text};
  const std::string_view name = bare_name(text);
  const auto alias = registries.aliases.find(std::string(name));
  // An alias to nothing takes back one of another file.
  if (alias != registries.aliases.end() && !alias->second.empty()) {
    return std::vector{alias->second + text.substr(name.size())};
  }
  std::vector<std::string> all;
  for (const std::string& registry : search_list(registries))
    all.push_back(format("{}/{}", registry, text));
  if (all.empty()) {
    return fail(
        ErrorKind::InvalidArgument,
        format("{} names no registry, and unqualified-search-registries is empty", quoted(text)),
        format("write one before it, such as docker.io/{}", text));
  }
  if (all.size() > 1 && registries.short_name_mode == "enforcing") {
    return fail(
        ErrorKind::InvalidArgument,
        format(
            "{} may be any of {}, and short-name-mode is enforcing", quoted(text), join(all, ", ")),
        "write the whole name, or an alias into registries.conf");
  }
  return all;
}

}  // namespace isle::image
