#pragma once
// Why: the writing side of `fields` (see json_reader.h). Members keep the order of the list;
// what may be absent and is empty, false or zero is left out.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/json.h"
#include "oci/json_reader.h"

namespace isle::oci {

class ObjectWriter {
 public:
  template <typename T>
  using Ref = const T&;

  template <typename T>
  void required(std::string_view name, const T& value, Names = {});
  template <typename T>
  void optional(std::string_view name, const T& value, Names = {});
  template <typename T>
  void always(std::string_view name, const T& value, Names = {}) {
    required(name, value);
  }
  template <typename Body>
  void nested(std::string_view name, Body body) {
    ObjectWriter inner;
    body(inner);
    if (!inner.members_.empty()) add(name, json::Value(std::move(inner.members_)));
  }

  json::Value finish() && { return json::Value(std::move(members_)); }

 private:
  json::Object members_;
  void add(std::string_view name, json::Value value) {
    members_.push_back({.key = std::string(name), .value = std::move(value)});
  }
};

// Declared first, so that each may hold the others.
template <typename T>
json::Value write_value(const std::vector<T>& values);
template <typename T>
json::Value write_value(const std::map<std::string, T>& values);

inline json::Value write_value(const std::string& value) { return value; }
template <typename T>
  requires std::is_arithmetic_v<T>
json::Value write_value(T value) {
  if constexpr (std::is_same_v<T, bool>) {
    return value;
  } else if (std::in_range<std::int64_t>(value)) {
    return static_cast<std::int64_t>(value);
  } else {
    return static_cast<std::uint64_t>(value);
  }
}

template <typename T>
  requires std::is_class_v<T>
json::Value write_value(const T& value) {
  ObjectWriter writer;
  fields(writer, value);
  return std::move(writer).finish();
}

template <typename T>
json::Value write_value(const std::optional<T>& value) {
  return value ? write_value(*value) : json::Value();
}

template <typename T>
json::Value write_value(const std::vector<T>& values) {
  json::Array items;
  items.reserve(values.size());
  for (const T& value : values) items.push_back(write_value(value));
  return items;
}

template <typename T>
json::Value write_value(const std::map<std::string, T>& values) {
  json::Object members;
  members.reserve(values.size());
  for (const auto& [key, value] : values) {
    members.push_back({.key = key, .value = write_value(value)});
  }
  return members;
}

template <typename T>
void ObjectWriter::required(std::string_view name, const T& value, Names) {
  add(name, write_value(value));
}

template <typename T>
bool is_absent(const T& value) {
  if constexpr (std::is_arithmetic_v<T>) {
    return value == T{};
  } else if constexpr (requires { value.has_value(); }) {
    return !value.has_value();
  } else {
    return value.empty();
  }
}

template <typename T>
void ObjectWriter::optional(std::string_view name, const T& value, Names) {
  if (!is_absent(value)) add(name, write_value(value));
}

}  // namespace isle::oci
