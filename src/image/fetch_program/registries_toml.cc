// registries.conf, version 2. Names of registries are ASCII; other letters stand in comments only.
#include "image/fetch_program/registries.h"

#include "base/strings.h"
#include "base/toml.h"

namespace isle::image {
namespace {

// Reads the members of one table; the first thing that is wrong is kept, unknown names are told.
class Reader {
 public:
  Reader(std::string file, std::vector<std::string>& warnings)
      : file_(std::move(file)), warnings_(warnings) {}

  const std::optional<Error>& error() const { return error_; }

  void refuse(const toml::node& at, std::string_view what, ErrorKind kind) {
    if (error_) return;
    error_ =
        fail(kind, format("{}, line {}: {}", quoted(file_), at.source().begin.line, what)).error();
  }
  void mismatch(const toml::node& at, std::string_view name, std::string_view expected) {
    refuse(at, format("{} is not {}", quoted(name), expected), ErrorKind::InvalidArgument);
  }
  void unknown(const toml::node& at, std::string_view name) {
    warnings_.push_back(format(
        "{}, line {}: isle does not know {}", quoted(file_), at.source().begin.line, quoted(name)));
  }

  void take(const toml::node& value, std::string_view name, std::string& out) {
    if (const auto* text = value.as_string()) {
      out = text->get();
    } else {
      mismatch(value, name, "a text");
    }
  }
  void take(const toml::node& value, std::string_view name, bool& out) {
    if (const auto* boolean = value.as_boolean()) {
      out = boolean->get();
    } else {
      mismatch(value, name, "true or false");
    }
  }
  void take(const toml::node& value,
            std::string_view name,
            std::optional<std::vector<std::string>>& out) {
    const toml::array* items = value.as_array();
    if (items == nullptr) return mismatch(value, name, "a list of texts");
    out.emplace();
    for (const toml::node& item : *items) take(item, name, out->emplace_back());
  }
  // Each table of an array of tables.
  template <typename Take>
  void each(const toml::node& value, std::string_view name, Take take_one) {
    const toml::array* items = value.as_array();
    if (items == nullptr) return mismatch(value, name, "a list of tables");
    for (const toml::node& item : *items) {
      const toml::table* table = item.as_table();
      if (table == nullptr) return mismatch(item, name, "a table");
      take_one(*table);
    }
  }

  Mirror mirror(const toml::table& table, bool digest_only);
  RegistryEntry entry(const toml::table& table);
  void aliases(const toml::node& value, std::map<std::string, std::string>& out);

 private:
  std::string file_;
  std::vector<std::string>& warnings_;
  std::optional<Error> error_;
};

Mirror Reader::mirror(const toml::table& table, bool digest_only) {
  Mirror mirror;
  std::string use = digest_only ? "digest-only" : "all";
  for (const auto& [key, value] : table) {
    if (key == "location") {
      take(value, key, mirror.location);
    } else if (key == "insecure") {
      take(value, key, mirror.insecure);
    } else if (key == "pull-from-mirror") {
      take(value, key, use);
    } else {
      unknown(value, key);
    }
  }
  if (mirror.location.empty()) mismatch(table, "location", "there");
  if (use == "digest-only") {
    mirror.use = MirrorUse::DigestOnly;
  } else if (use == "tag-only") {
    mirror.use = MirrorUse::TagOnly;
  } else if (use != "all") {
    mismatch(table, "pull-from-mirror", "all, digest-only or tag-only");
  }
  return mirror;
}

RegistryEntry Reader::entry(const toml::table& table) {
  RegistryEntry entry;
  bool digest_only = false;
  const toml::node* mirrors = nullptr;
  for (const auto& [key, value] : table) {
    if (key == "prefix") {
      take(value, key, entry.prefix);
    } else if (key == "location") {
      take(value, key, entry.location);
    } else if (key == "insecure") {
      take(value, key, entry.insecure);
    } else if (key == "blocked") {
      take(value, key, entry.blocked);
    } else if (key == "mirror-by-digest-only") {
      take(value, key, digest_only);
    } else if (key == "mirror") {
      mirrors = &value;
    } else {
      unknown(value, key);
    }
  }
  if (mirrors != nullptr) {
    each(*mirrors, "mirror", [&](const toml::table& one) {
      entry.mirrors.push_back(mirror(one, digest_only));
    });
  }
  if (entry.prefix.empty()) entry.prefix = entry.location;
  if (entry.prefix.empty()) mismatch(table, "location", "there, nor is \"prefix\"");
  return entry;
}

void Reader::aliases(const toml::node& value, std::map<std::string, std::string>& out) {
  const toml::table* table = value.as_table();
  if (table == nullptr) return mismatch(value, "aliases", "a table");
  for (const auto& [key, target] : *table) take(target, key, out[std::string(key.str())]);
}

}  // namespace

Result<Registries> parse_registries(std::string_view text, const std::string& name) {
  const Result<toml::table> parsed = read_toml(text, name);
  if (!parsed) return std::unexpected(parsed.error());
  Registries out;
  Reader reader(name, out.warnings);
  for (const auto& [key, value] : *parsed) {
    if (key == "unqualified-search-registries") {
      reader.take(value, key, out.search);
    } else if (key == "short-name-mode") {
      reader.take(value, key, out.short_name_mode);
    } else if (key == "credential-helpers") {
      reader.take(value, key, out.credential_helpers);
    } else if (key == "aliases") {
      reader.aliases(value, out.aliases);
    } else if (key == "registry") {
      reader.each(value, key, [&](const toml::table& table) {
        out.entries.push_back(reader.entry(table));
      });
    } else if (key == "registries") {
      reader.refuse(value,
                    "the form of version 1, [registries.search] and its like, is not read; write "
                    "unqualified-search-registries and [[registry]]",
                    ErrorKind::Unsupported);
    } else {
      reader.unknown(value, key);
    }
  }
  if (reader.error()) return std::unexpected(*reader.error());
  return out;
}

}  // namespace isle::image
