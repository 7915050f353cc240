#pragma once
// Why: each document of the standards is read strictly, and every complaint names the JSON path
// ("linux.resources.memory.limit: expected a number, found a string"). A struct says its members
// once, in a template `fields(io, struct)` of one line a member; the same list reads (ObjectReader)
// and writes (ObjectWriter in json_writer.h), so the two cannot drift apart.
// null counts as absent, as Go's decoder has it, since most documents are written by Go programs.

#include <concepts>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace isle::oci {

// The values an enumerated text may have; empty: any.
using Names = std::span<const std::string_view>;

// Where in the document we are: a chain on the stack, put into words only for a complaint.
struct JsonPath {
  static constexpr std::size_t kNoIndex = std::numeric_limits<std::size_t>::max();
  const JsonPath* parent = nullptr;
  std::string_view name;
  std::size_t index = kNoIndex;

  std::string str() const;
};

// What reading found: the first error stops the rest; unknown members are for the caller's log.
struct ReadLog {
  std::optional<Error> error;
  std::vector<std::string> unknown;  // paths

  void complain(const JsonPath& at, std::string_view what);
  void mismatch(const JsonPath& at, std::string_view expected, const json::Value& found);
};

void read_value(const json::Value& value, bool& out, const JsonPath& at, ReadLog& log);
void read_value(const json::Value& value, std::string& out, const JsonPath& at, ReadLog& log);
// nullopt-free helpers of the integer template: false after a complaint.
bool read_signed(const json::Value& value,
                 std::int64_t& out,
                 std::int64_t least,
                 std::int64_t most,
                 const JsonPath& at,
                 ReadLog& log);
bool read_unsigned(const json::Value& value,
                   std::uint64_t& out,
                   std::uint64_t most,
                   const JsonPath& at,
                   ReadLog& log);

void check_names(const std::string& value, Names allowed, const JsonPath& at, ReadLog& log);
void check_names(const std::vector<std::string>& values,
                 Names allowed,
                 const JsonPath& at,
                 ReadLog& log);
template <typename T>
void check_names(const std::map<std::string, T>& values,
                 Names allowed,
                 const JsonPath& at,
                 ReadLog& log) {
  for (const auto& [key, value] : values) check_names(key, allowed, at, log);
}
template <typename T>
void check_names(const T&, Names, const JsonPath&, ReadLog&) {}

// One object while it is read.
class ObjectReader {
 public:
  template <typename T>
  using Ref = T&;

  ObjectReader(const json::Object& members, const JsonPath& at, ReadLog& log)
      : members_(members), at_(at), log_(log), taken_(members.size(), false) {}

  // Must be there.
  template <typename T>
  void required(std::string_view name, T& out, Names allowed = {});
  // May be absent.
  template <typename T>
  void optional(std::string_view name, T& out, Names allowed = {});
  // May be absent, but is always written.
  template <typename T>
  void always(std::string_view name, T& out, Names allowed = {}) {
    optional(name, out, allowed);
  }
  // An object whose members belong to the struct around it; `body` takes the inner reader.
  template <typename Body>
  void nested(std::string_view name, Body body);

  // The member, marked as known; null pointer when absent or null.
  const json::Value* take(std::string_view name);
  // Adds members nobody took to the log.
  void finish();

  const JsonPath& at() const { return at_; }
  ReadLog& log() { return log_; }

 private:
  const json::Object& members_;
  const JsonPath& at_;
  ReadLog& log_;
  std::vector<bool> taken_;
};

template <std::integral T>
  requires(!std::same_as<T, bool>)
void read_value(const json::Value& value, T& out, const JsonPath& at, ReadLog& log) {
  if constexpr (std::is_signed_v<T>) {
    std::int64_t wide = 0;
    constexpr auto kLimits = std::numeric_limits<T>();
    if (read_signed(value, wide, kLimits.min(), kLimits.max(), at, log)) out = static_cast<T>(wide);
  } else {
    std::uint64_t wide = 0;
    if (read_unsigned(value, wide, std::numeric_limits<T>::max(), at, log)) {
      out = static_cast<T>(wide);
    }
  }
}

// Any struct that has `fields`.
template <typename T>
  requires std::is_class_v<T>
void read_value(const json::Value& value, T& out, const JsonPath& at, ReadLog& log) {
  const json::Object* members = value.object();
  if (members == nullptr) return log.mismatch(at, "an object", value);
  ObjectReader reader(*members, at, log);
  fields(reader, out);
  reader.finish();
}

template <typename T>
void read_value(const json::Value& value, std::optional<T>& out, const JsonPath& at, ReadLog& log) {
  read_value(value, out.emplace(), at, log);
}

template <typename T>
void read_value(const json::Value& value, std::vector<T>& out, const JsonPath& at, ReadLog& log) {
  const json::Array* items = value.array();
  if (items == nullptr) return log.mismatch(at, "an array", value);
  out.reserve(items->size());
  for (std::size_t i = 0; i < items->size() && !log.error; ++i) {
    const JsonPath item{.parent = &at, .name = {}, .index = i};
    read_value((*items)[i], out.emplace_back(), item, log);
  }
}

template <typename T>
void read_value(const json::Value& value,
                std::map<std::string, T>& out,
                const JsonPath& at,
                ReadLog& log) {
  const json::Object* members = value.object();
  if (members == nullptr) return log.mismatch(at, "an object", value);
  for (const json::Member& member : *members) {
    if (log.error) return;
    const JsonPath place{.parent = &at, .name = member.key};
    read_value(member.value, out[member.key], place, log);
  }
}

template <typename T>
void ObjectReader::required(std::string_view name, T& out, Names allowed) {
  if (take(name) == nullptr) {
    return log_.complain({.parent = &at_, .name = name}, "is required but absent");
  }
  optional(name, out, allowed);
}

template <typename T>
void ObjectReader::optional(std::string_view name, T& out, Names allowed) {
  const json::Value* value = take(name);
  if (value == nullptr || log_.error) return;
  const JsonPath place{.parent = &at_, .name = name};
  read_value(*value, out, place, log_);
  if (!allowed.empty()) check_names(out, allowed, place, log_);
}

template <typename Body>
void ObjectReader::nested(std::string_view name, Body body) {
  const json::Value* value = take(name);
  if (value == nullptr || log_.error) return;
  const JsonPath place{.parent = &at_, .name = name};
  const json::Object* members = value->object();
  if (members == nullptr) return log_.mismatch(place, "an object", *value);
  ObjectReader inner(*members, place, log_);
  body(inner);
  inner.finish();
}

// A whole document; `unknown` (if given) receives the paths of members isle does not know.
template <typename T>
Result<T> read_document(const json::Value& value, std::vector<std::string>* unknown = nullptr) {
  T out;
  ReadLog log;
  read_value(value, out, JsonPath{}, log);
  if (log.error) return std::unexpected(std::move(*log.error));
  if (unknown != nullptr) *unknown = std::move(log.unknown);
  return out;
}

}  // namespace isle::oci
