#pragma once
// registries.conf as values: where short names are looked for, and what is to be known of a
// registry. Source: containers-registries.conf(5), version 2. Pure.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace isle::image {

enum class MirrorUse : unsigned char { All, DigestOnly, TagOnly };

struct Mirror {
  std::string location;
  bool insecure = false;
  MirrorUse use = MirrorUse::All;
};

struct RegistryEntry {
  std::string prefix;    // "docker.io/library", "*.example.com"
  std::string location;  // what stands for the prefix; empty: the prefix itself
  bool insecure = false;
  bool blocked = false;
  std::vector<Mirror> mirrors;
};

struct Registries {
  std::optional<std::vector<std::string>> search;  // of unqualified names
  std::string short_name_mode;
  std::optional<std::vector<std::string>> credential_helpers;
  std::vector<RegistryEntry> entries;
  std::map<std::string, std::string> aliases;
  std::vector<std::string> warnings;
};

// `name` is the file's, for messages. Errors: InvalidArgument with the line; Unsupported: the form
// of version 1.
Result<Registries> parse_registries(std::string_view text, const std::string& name);

// What a later file says goes before: single values are replaced, tables by their prefix or name.
void merge(Registries& base, Registries&& later);

// The entry with the longest prefix of "docker.io/library/busybox"; null pointer if none.
const RegistryEntry* find_entry(const Registries& registries, std::string_view name);

// The name with `location` in place of the entry's prefix.
std::string relocate(const RegistryEntry& entry,
                     const std::string& location,
                     const std::string& name);

// Where names without a registry are looked for; docker.io if no file says.
std::vector<std::string> search_list(const Registries& registries);

// What a name without a registry may mean, in order; an alias is the only one then. Tag and digest
// stay. A name with a registry is itself. Errors: short-name-mode forbids a choice.
Result<std::vector<std::string>> meanings(const Registries& registries, const std::string& text);

}  // namespace isle::image
