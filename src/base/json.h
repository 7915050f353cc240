#pragma once
// Why: RapidJSON is heavy to compile, so it stays in json.cc; the rest of isle sees this small
// value. Objects keep the order of their members, and duplicates are an error.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace isle::json {

class Value;
using Array = std::vector<Value>;
struct Member;
using Object = std::vector<Member>;

class Value {
 public:
  // Defined below Member, where an Object is complete, or in json.cc: compiled once, not a hundred
  // times.
  Value();
  Value(const Value& other);
  Value(Value&& other) noexcept;
  Value& operator=(const Value& other);
  Value& operator=(Value&& other) noexcept;
  ~Value();
  Value(std::nullptr_t);
  Value(bool value);
  Value(int value);
  Value(unsigned value);
  Value(std::int64_t value);
  Value(std::uint64_t value);  // above INT64_MAX only; else stored signed
  Value(double value);
  Value(const char* value);
  Value(std::string_view value);
  Value(std::string value);
  Value(Array value);
  Value(Object value);
  Value(const std::vector<std::string>& strings);
  Value(const std::map<std::string, std::string>& strings);

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  // Pointers are null when the value is of another kind.
  const bool* boolean() const { return std::get_if<bool>(&data_); }
  const std::int64_t* integer() const { return std::get_if<std::int64_t>(&data_); }
  const std::uint64_t* big_unsigned() const { return std::get_if<std::uint64_t>(&data_); }
  const double* number() const { return std::get_if<double>(&data_); }
  const std::string* string() const { return std::get_if<std::string>(&data_); }
  const Array* array() const { return std::get_if<Array>(&data_); }
  const Object* object() const { return std::get_if<Object>(&data_); }
  Array* array() { return std::get_if<Array>(&data_); }
  Object* object() { return std::get_if<Object>(&data_); }
  // "null", "boolean", "number", "string", "array" or "object".
  std::string_view kind() const;

  // Member of an object, null pointer if absent or if this is no object.
  const Value* find(std::string_view key) const;
  // Member of an object, made when absent; a null value becomes an object first.
  Value& operator[](std::string_view key);
  // Appends to an array; a null value becomes an array first.
  void push_back(Value value);

 private:
  std::
      variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Array, Object>
          data_;
};

struct Member {
  std::string key;
  Value value;
};

inline Value::Value(std::nullptr_t) {}
inline Value::Value(bool value) : data_(value) {}
inline Value::Value(int value) : data_(static_cast<std::int64_t>(value)) {}
inline Value::Value(unsigned value) : data_(static_cast<std::int64_t>(value)) {}
inline Value::Value(std::int64_t value) : data_(value) {}
inline Value::Value(std::uint64_t value) : data_(value) {}
inline Value::Value(double value) : data_(value) {}
inline Value::Value(const char* value) : data_(std::string(value)) {}
inline Value::Value(std::string_view value) : data_(std::string(value)) {}
inline Value::Value(std::string value) : data_(std::move(value)) {}

// Parses one document of at most 64 levels; errors (Corrupt) say line and column.
Result<Value> parse(std::string_view text);
// Without white space.
std::string write(const Value& value);
// Indented by `spaces`.
std::string write_pretty(const Value& value, int spaces = 2);

}  // namespace isle::json
