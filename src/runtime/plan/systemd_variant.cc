// GVariant's text format, as far as properties of units need it: numbers, truth values, strings,
// arrays of these, each perhaps after the name of its type. "GVariant Text Format", GLib.

#include <charconv>
#include <optional>

#include "base/strings.h"
#include "runtime/plan/systemd_scope.h"

namespace isle::runtime::plan {

namespace {

constexpr std::string_view kBasic = "bynqiuxtdsog";
constexpr std::string_view kNumbers = "ynqiuxtd";

struct TypeName {
  std::string_view word;
  char type;
};
constexpr TypeName kTypes[] = {{"boolean", 'b'},
                               {"byte", 'y'},
                               {"int16", 'n'},
                               {"uint16", 'q'},
                               {"int32", 'i'},
                               {"uint32", 'u'},
                               {"int64", 'x'},
                               {"uint64", 't'},
                               {"double", 'd'},
                               {"string", 's'},
                               {"objectpath", 'o'},
                               {"signature", 'g'}};

bool fits(long long value, char type) {
  switch (type) {
    case 'y': return value >= 0 && value <= 0xff;
    case 'n': return value >= -0x8000 && value <= 0x7fff;
    case 'q': return value >= 0 && value <= 0xffff;
    case 'i': return value >= -0x80000000LL && value <= 0x7fffffffLL;
    case 'u': return value >= 0 && value <= 0xffffffffLL;
    default: return true;
  }
}

class VariantReader {
 public:
  explicit VariantReader(std::string_view text) : rest_(trim(text)) {}

  std::optional<kernel::UnitProperty> read() {
    kernel::UnitProperty result;
    result.type = prefix();
    if (result.type.size() == 1 && kBasic.find(result.type[0]) == std::string_view::npos) return {};
    const bool array = rest_.starts_with('[');
    if (array ? !read_array(result) : !read_one(result)) return {};
    skip();
    if (!rest_.empty() || result.type.empty()) return {};
    return result;
  }

 private:
  std::string_view rest_;

  void skip() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t')) rest_.remove_prefix(1);
  }

  // "uint64 ", "@as "; empty if there is none.
  std::string prefix() {
    std::string type;
    if (rest_.starts_with('@')) {
      const Cut parts = cut(rest_.substr(1), ' ');
      type = parts.before;
      rest_ = parts.after;
    }
    for (const TypeName& name : kTypes) {
      if (!rest_.starts_with(name.word) || rest_.size() == name.word.size()) continue;
      if (rest_[name.word.size()] != ' ') continue;
      type = name.type;
      rest_.remove_prefix(name.word.size());
      break;
    }
    skip();
    return type;
  }

  bool read_one(kernel::UnitProperty& result) {
    if (result.type.size() > 1) return false;
    char type = result.type.empty() ? '\0' : result.type[0];
    if (!read_value(type, result.values)) return false;
    result.type = type;
    return true;
  }

  bool read_array(kernel::UnitProperty& result) {
    if (!result.type.empty() && (result.type.size() != 2 || result.type[0] != 'a')) return false;
    char type = result.type.empty() ? '\0' : result.type[1];
    rest_.remove_prefix(1);
    for (skip(); !rest_.starts_with(']'); skip()) {
      if (!result.values.empty()) {
        if (!rest_.starts_with(',')) return false;
        rest_.remove_prefix(1);
        skip();
      }
      if (result.values.empty() && type == '\0') {
        const std::string first = prefix();
        if (!first.empty()) type = first[0];
      }
      if (!read_value(type, result.values)) return false;
    }
    rest_.remove_prefix(1);
    // An empty list has no type of its own.
    if (type == '\0' || kBasic.find(type) == std::string_view::npos) return false;
    result.type = std::string("a") + type;
    return true;
  }

  bool read_value(char& type, std::vector<std::string>& values) {
    if (rest_.starts_with('\'') || rest_.starts_with('"')) return read_text(type, values);
    const std::size_t end = std::min(rest_.find_first_of(" ,]"), rest_.size());
    const std::string word(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if (word == "true" || word == "false") {
      if (type != '\0' && type != 'b') return false;
      type = 'b';
      values.push_back(word);
      return true;
    }
    return read_number(word, type, values);
  }

  static bool read_hexadecimal(const std::string& word,
                               char type,
                               std::vector<std::string>& values) {
    const Result<unsigned long long> value = parse_uint(word.substr(2), "number", 16);
    if (!value || kNumbers.find(type) == std::string_view::npos || type == 'd') return false;
    if (type != 't' && *value > 0x7fffffffffffffffULL) return false;
    if (!fits(static_cast<long long>(*value), type)) return false;
    values.push_back(std::to_string(*value));
    return true;
  }

  static bool is_double(const std::string& word) {
    double value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    return error == std::errc() && end == word.data() + word.size();
  }

  static bool read_number(const std::string& word, char& type, std::vector<std::string>& values) {
    if (type == '\0') type = word.find_first_of(".eE") == std::string::npos ? 'i' : 'd';
    if (word.starts_with("0x")) return read_hexadecimal(word, type, values);
    if (type == 'd') {
      if (!is_double(word)) return false;
      values.push_back(word);
      return true;
    }
    if (kNumbers.find(type) == std::string_view::npos) return false;
    if (type == 't') {
      const Result<unsigned long long> value = parse_uint(word, "number");
      if (!value) return false;
      values.push_back(std::to_string(*value));
      return true;
    }
    const Result<long long> value = parse_int(word, "number");
    if (!value || !fits(*value, type)) return false;
    values.push_back(std::to_string(*value));
    return true;
  }

  bool read_text(char& type, std::vector<std::string>& values) {
    if (type == '\0') type = 's';
    if (type != 's' && type != 'o' && type != 'g') return false;
    const char quote = rest_[0];
    rest_.remove_prefix(1);
    std::string text;
    while (!rest_.empty() && rest_[0] != quote) {
      if (rest_[0] == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
      text += rest_[0];
      rest_.remove_prefix(1);
    }
    if (rest_.empty()) return false;
    rest_.remove_prefix(1);
    values.push_back(std::move(text));
    return true;
  }
};

std::unexpected<Error> not_understood(std::string_view name, std::string_view text) {
  return fail(ErrorKind::InvalidArgument,
              format("annotation org.systemd.property.{}: {} is no value", name, quoted(text)),
              "values are in GVariant's text format: uint64 5, 'text', ['a', 'b'], true");
}

// "TimeoutStopSec" is people's; the property of D-Bus is "TimeoutStopUSec", in microseconds.
bool is_in_seconds(std::string_view name) {
  if (!name.ends_with("Sec") || name.size() < 4) return false;
  const char before = name[name.size() - 4];
  return before >= 'a' && before <= 'z';
}

Result<void> to_microseconds(kernel::UnitProperty& property, std::string_view text) {
  const std::string& number = property.values.empty() ? "" : property.values[0];
  double seconds = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), seconds);
  constexpr double kMost = 1e13;  // 300,000 years
  if (property.type.size() != 1 || kNumbers.find(property.type[0]) == std::string_view::npos ||
      error != std::errc() || seconds < 0 || seconds > kMost) {
    return not_understood(property.name, text);
  }
  property.name.insert(property.name.size() - 3, "U");
  property.type = "t";
  property.values = {std::to_string(static_cast<std::uint64_t>(seconds * 1e6))};
  return {};
}

bool is_property_name(std::string_view name) {
  if (name.size() < 3) return false;
  for (const char letter : name) {
    if (!((letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'))) return false;
  }
  return true;
}

}  // namespace

Result<kernel::UnitProperty> parse_variant(std::string_view name, std::string_view text) {
  std::optional<kernel::UnitProperty> property = VariantReader(text).read();
  if (!property) return not_understood(name, text);
  property->name = name;
  if (is_in_seconds(name)) TRY(to_microseconds(*property, text));
  return std::move(*property);
}

Result<std::vector<kernel::UnitProperty>> annotated_properties(const oci::StringMap& annotations) {
  constexpr std::string_view kPrefix = "org.systemd.property.";
  std::vector<kernel::UnitProperty> properties;
  for (const auto& [key, text] : annotations) {
    if (!key.starts_with(kPrefix)) continue;
    const std::string name = key.substr(kPrefix.size());
    if (!is_property_name(name)) {
      return fail(ErrorKind::InvalidArgument,
                  format("annotation {}: {} is no name of a property", key, quoted(name)),
                  "names are of three letters and more, such as TimeoutStopUSec");
    }
    properties.push_back(TRY(parse_variant(name, text)));
  }
  return properties;
}

}  // namespace isle::runtime::plan
