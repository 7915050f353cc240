// TOML as isle.conf has it.
#include "cli/config.h"

#include <algorithm>

#include "base/strings.h"
#include "base/toml.h"

namespace isle::cli {
namespace {

class Reader {
 public:
  Reader(std::string_view text, const std::string& file) : lines_(split(text, '\n')), file_(file) {}

  std::string place(const toml::node& at) const {
    return format("{}, line {}", quoted(file_), at.source().begin.line);
  }

  Result<std::string> word(const toml::node& value, std::string_view key) const {
    if (const auto* text = value.as_string()) return checked(value, text->get());
    if (const auto* number = value.as_integer()) return std::to_string(number->get());
    if (const auto* boolean = value.as_boolean()) return std::string(*boolean ? "true" : "false");
    if (const auto* number = value.as_floating_point()) return format("{}", number->get());
    return fail(ErrorKind::InvalidArgument,
                format("{}: {} is a text, a number, true, false, or a list of these",
                       place(value),
                       quoted(key)));
  }

  Result<std::vector<std::string>> words(const toml::node& value, std::string_view key) const {
    std::vector<std::string> words;
    if (const toml::array* list = value.as_array()) {
      words.reserve(list->size());
      for (const toml::node& item : *list) words.push_back(TRY(word(item, key)));
    } else {
      words.push_back(TRY(word(value, key)));
    }
    return words;
  }

 private:
  std::vector<std::string_view> lines_;
  const std::string& file_;

  Result<std::string> checked(const toml::node& value, const std::string& text) const {
    const std::size_t line = value.source().begin.line;
    const bool replaced = line >= 1 && line <= lines_.size() &&
                          text.find('?') != std::string::npos &&
                          std::ranges::any_of(lines_[line - 1], is_beyond_ascii);
    if (!replaced) return text;
    return fail(ErrorKind::Unsupported,
                format("{}: letters beyond ASCII are for comments only", place(value)));
  }
};

Result<std::vector<ConfiguredFlag>> flags_in(const toml::table& document, const Reader& reader) {
  std::vector<ConfiguredFlag> flags;
  for (const auto& [name, value] : document) {
    const toml::table* section = value.as_table();
    if (section == nullptr) {
      return fail(ErrorKind::InvalidArgument,
                  format("{}: {} stands in no section", reader.place(value), quoted(name.str())),
                  "a section is a command: [run]");
    }
    for (const auto& [key, entry] : *section) {
      ConfiguredFlag flag{.section = std::string(name.str()),
                          .key = std::string(key.str()),
                          .values = {},
                          .place = reader.place(entry)};
      flag.values = TRY(reader.words(entry, key.str()));
      flags.push_back(std::move(flag));
    }
  }
  return flags;
}

}  // namespace

Result<std::vector<ConfiguredFlag>> parse_config(std::string_view text, const std::string& file) {
  return flags_in(TRY(read_toml(text, file)), Reader(text, file));
}

}  // namespace isle::cli
