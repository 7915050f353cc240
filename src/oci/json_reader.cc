// The parts of the reader that are not templates: complaints and single values.
#include "oci/json_reader.h"

#include <algorithm>

#include "base/strings.h"

namespace isle::oci {
namespace {

bool is_plain(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

std::string_view with_article(std::string_view kind) {
  if (kind == "array") return "an array";
  if (kind == "object") return "an object";
  if (kind == "string") return "a string";
  if (kind == "number") return "a number";
  if (kind == "boolean") return "a boolean";
  return "null";
}

std::string listed(Names names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ", ";
    text += name;
  }
  return text;
}

}  // namespace

std::string JsonPath::str() const {
  if (parent == nullptr && name.empty()) return {};
  const std::string before = parent == nullptr ? "" : parent->str();
  if (index != kNoIndex) return format("{}[{}]", before, index);
  if (!is_plain(name)) return format("{}[{}]", before, quoted(name));
  return before.empty() ? std::string(name) : format("{}.{}", before, name);
}

void ReadLog::complain(const JsonPath& at, std::string_view what) {
  if (error) return;
  const std::string place = at.str();
  error = Error{.kind = ErrorKind::InvalidArgument,
                .message = format("{}: {}", place.empty() ? "document" : place, what),
                .call = {},
                .steps = {},
                .hint = {}};
}

void ReadLog::mismatch(const JsonPath& at, std::string_view expected, const json::Value& found) {
  complain(at, format("expected {}, found {}", expected, with_article(found.kind())));
}

void read_value(const json::Value& value, bool& out, const JsonPath& at, ReadLog& log) {
  const bool* boolean = value.boolean();
  if (boolean == nullptr) return log.mismatch(at, "a boolean", value);
  out = *boolean;
}

void read_value(const json::Value& value, std::string& out, const JsonPath& at, ReadLog& log) {
  const std::string* text = value.string();
  if (text == nullptr) return log.mismatch(at, "a string", value);
  // The kernel's interfaces end a text at NUL: what would be cut short in silence is refused.
  if (text->find('\0') != std::string::npos) return log.complain(at, "holds a NUL byte");
  out = *text;
}

bool read_signed(const json::Value& value,
                 std::int64_t& out,
                 std::int64_t least,
                 std::int64_t most,
                 const JsonPath& at,
                 ReadLog& log) {
  if (const std::int64_t* number = value.integer()) {
    out = *number;
    if (out >= least && out <= most) return true;
    log.complain(at, format("{} is not between {} and {}", out, least, most));
  } else if (const std::uint64_t* big = value.big_unsigned()) {
    log.complain(at, format("{} is not between {} and {}", *big, least, most));
  } else if (const double* real = value.number()) {
    log.complain(at, format("expected a whole number, found {}", *real));
  } else {
    log.mismatch(at, "a number", value);
  }
  return false;
}

bool read_unsigned(const json::Value& value,
                   std::uint64_t& out,
                   std::uint64_t most,
                   const JsonPath& at,
                   ReadLog& log) {
  if (const std::uint64_t* big = value.big_unsigned()) {
    out = *big;
  } else {
    std::int64_t number = 0;
    if (!read_signed(value,
                     number,
                     std::numeric_limits<std::int64_t>::min(),
                     std::numeric_limits<std::int64_t>::max(),
                     at,
                     log)) {
      return false;
    }
    if (number < 0) {
      log.complain(at, format("{} is not between 0 and {}", number, most));
      return false;
    }
    out = static_cast<std::uint64_t>(number);
  }
  if (out <= most) return true;
  log.complain(at, format("{} is not between 0 and {}", out, most));
  return false;
}

void check_names(const std::string& value, Names allowed, const JsonPath& at, ReadLog& log) {
  if (value.empty() || std::ranges::find(allowed, value) != allowed.end()) return;
  log.complain(at, format("{} is none of {}", quoted(value), listed(allowed)));
}

void check_names(const std::vector<std::string>& values,
                 Names allowed,
                 const JsonPath& at,
                 ReadLog& log) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    check_names(values[i], allowed, {.parent = &at, .name = {}, .index = i}, log);
  }
}

const json::Value* ObjectReader::take(std::string_view name) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i].key != name) continue;
    taken_[i] = true;
    return members_[i].value.is_null() ? nullptr : &members_[i].value;
  }
  return nullptr;
}

void ObjectReader::finish() {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (taken_[i] || log_.error) continue;
    log_.unknown.push_back(JsonPath{.parent = &at_, .name = members_[i].key}.str());
  }
}

}  // namespace isle::oci
