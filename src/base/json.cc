// The only file that sees RapidJSON: its SAX reader fills our Value, its writer prints it.
#include "base/json.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <limits>

// Sixteen bytes at once where every processor of the kind has the instructions.
#ifdef __SSE2__
#define RAPIDJSON_SSE2
#endif
#include <rapidjson/error/en.h>
#include <rapidjson/prettywriter.h>
#include <rapidjson/reader.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "base/strings.h"

namespace isle::json {

Value::Value() = default;
Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;
Value::Value(Array value) : data_(std::move(value)) {}
Value::Value(Object value) : data_(std::move(value)) {}
Value::Value(const std::vector<std::string>& strings) {
  Array array;
  for (const std::string& string : strings) array.emplace_back(string);
  data_ = std::move(array);
}
Value::Value(const std::map<std::string, std::string>& strings) {
  Object object;
  for (const auto& [key, value] : strings) object.push_back({.key = key, .value = value});
  data_ = std::move(object);
}

std::string_view Value::kind() const {
  if (is_null()) return "null";
  if (boolean() != nullptr) return "boolean";
  if (string() != nullptr) return "string";
  if (array() != nullptr) return "array";
  if (object() != nullptr) return "object";
  return "number";
}

const Value* Value::find(std::string_view key) const {
  if (const Object* members = object()) {
    for (const Member& member : *members) {
      if (member.key == key) return &member.value;
    }
  }
  return nullptr;
}

Value& Value::operator[](std::string_view key) {
  if (is_null()) data_ = Object{};
  Object& members = std::get<Object>(data_);
  for (Member& member : members) {
    if (member.key == key) return member.value;
  }
  return members.emplace_back(Member{.key = std::string(key), .value = {}}).value;
}

void Value::push_back(Value value) {
  if (is_null()) data_ = Array{};
  std::get<Array>(data_).push_back(std::move(value));
}

namespace {

constexpr std::size_t kMaxDepth = 64;

// "\udece" alone: RapidJSON takes a low half for a character, and could not read what it then
// writes. In UTF-8 a surrogate is 0xED and a byte from 0xA0 on, which is valid nowhere else.
bool has_lone_surrogate(std::string_view text) {
  for (std::size_t at = text.find('\xED'); at != std::string_view::npos;
       at = text.find('\xED', at + 1)) {
    if (at + 1 < text.size() && static_cast<unsigned char>(text[at + 1]) >= 0xA0) return true;
  }
  return false;
}

// Builds a Value from parser events. The stack holds the open containers.
class Builder : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Builder> {
 public:
  bool Null() { return add(Value()); }
  bool Bool(bool value) { return add(Value(value)); }
  bool Int(int value) { return add(Value(value)); }
  bool Uint(unsigned value) { return add(Value(value)); }
  bool Int64(std::int64_t value) { return add(Value(value)); }
  bool Uint64(std::uint64_t value) {
    constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return add(value <= kMax ? Value(static_cast<std::int64_t>(value)) : Value(value));
  }
  bool Double(double value) { return add(Value(value)); }
  bool String(const char* text, rapidjson::SizeType size, bool) {
    if (has_lone_surrogate({text, size})) return refuse("half of a surrogate pair in a text");
    return add(Value(std::string(text, size)));
  }
  bool StartObject() { return open(Value(Object{})); }
  bool StartArray() { return open(Value(Array{})); }
  bool EndObject(rapidjson::SizeType) { return close(); }
  bool EndArray(rapidjson::SizeType) { return close(); }
  bool Key(const char* text, rapidjson::SizeType size, bool) {
    std::string key(text, size);
    if (has_lone_surrogate(key)) return refuse("half of a surrogate pair in a name");
    if (stack_.back().value.find(key) != nullptr)
      return refuse("member " + quoted(key) + " stands twice");
    stack_.back().key = std::move(key);
    return true;
  }

  Value root;
  std::string refusal;

 private:
  struct Open {
    Value value;
    std::string key;
  };
  std::vector<Open> stack_;

  bool refuse(std::string why) {
    refusal = std::move(why);
    return false;
  }
  bool open(Value value) {
    if (stack_.size() >= kMaxDepth) return refuse("nested deeper than 64 levels");
    stack_.push_back({.value = std::move(value), .key = {}});
    return true;
  }
  bool close() {
    Value done = std::move(stack_.back().value);
    stack_.pop_back();
    return add(std::move(done));
  }
  bool add(Value value) {
    if (stack_.empty()) {
      root = std::move(value);
      return true;
    }
    Open& top = stack_.back();
    if (Object* members = top.value.object()) {
      members->push_back({.key = std::move(top.key), .value = std::move(value)});
      top.key.clear();
    } else {
      top.value.array()->push_back(std::move(value));
    }
    return true;
  }
};

template <typename Writer>
void emit(Writer& writer, const Value& value);

void text_of(auto& writer, const std::string& text) {
  writer.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

template <typename Writer>
void emit_members(Writer& writer, const Object& members) {
  writer.StartObject();
  for (const Member& member : members) {
    writer.Key(member.key.data(), static_cast<rapidjson::SizeType>(member.key.size()));
    emit(writer, member.value);
  }
  writer.EndObject();
}

template <typename Writer>
void emit(Writer& writer, const Value& value) {
  if (const bool* boolean = value.boolean()) {
    writer.Bool(*boolean);
  } else if (const std::int64_t* integer = value.integer()) {
    writer.Int64(*integer);
  } else if (const std::uint64_t* big = value.big_unsigned()) {
    writer.Uint64(*big);
  } else if (const double* number = value.number()) {
    writer.Double(*number);
  } else if (const std::string* string = value.string()) {
    text_of(writer, *string);
  } else if (const Array* array = value.array()) {
    writer.StartArray();
    for (const Value& item : *array) emit(writer, item);
    writer.EndArray();
  } else if (const Object* object = value.object()) {
    emit_members(writer, *object);
  } else {
    writer.Null();
  }
}

// "line 3, column 7" of a byte offset.
std::string place(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (const char c : text.substr(0, offset)) {
    column = c == '\n' ? 1 : column + 1;
    if (c == '\n') ++line;
  }
  return format("line {}, column {}", line, column);
}

constexpr std::size_t kPadding = 16;

// Every byte is ASCII, so that no encoding has to be checked, and none is a control character from
// 0x1A to 0x1F: RapidJSON 1.1 looks for quotes sixteen bytes at once then, and takes those for
// text.
bool is_plain(std::string_view text) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  constexpr std::uint64_t kFrom1a = 0x6666666666666666;  // makes the high bit of 0x1A and above
  constexpr std::uint64_t kFrom20 = 0x6060606060606060;
  std::uint64_t seen = 0;
  for (std::size_t at = 0; at < text.size(); at += sizeof seen) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, std::min(sizeof word, text.size() - at));
    seen |= word | ((word + kFrom1a) & ~(word + kFrom20));
  }
  return (seen & kHighBits) == 0;
}

}  // namespace

Result<Value> parse(std::string_view text) {
  // A length-bound copy: RapidJSON's in-memory stream wants NUL-terminated text, and a NUL
  // inside would end the document early and in silence.
  if (text.find('\0') != std::string_view::npos) {
    return fail(ErrorKind::Corrupt, "not JSON: it holds a NUL byte");
  }
  // Its check of UTF-8 takes up to three bytes after a cut-off character without looking for the
  // NUL, and its search for a quote sixteen at once, hence the padding.
  std::string copy;
  copy.reserve(text.size() + kPadding);
  copy.append(text).append(kPadding, '\0');
  rapidjson::StringStream stream(copy.c_str());
  rapidjson::Reader reader;
  Builder builder;
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag;
  constexpr unsigned kChecked = kFlags | rapidjson::kParseValidateEncodingFlag;
  const rapidjson::ParseResult result = is_plain(copy) ? reader.Parse<kFlags>(stream, builder)
                                                       : reader.Parse<kChecked>(stream, builder);
  if (result.IsError()) {
    const std::string why =
        builder.refusal.empty() ? rapidjson::GetParseError_En(result.Code()) : builder.refusal;
    return fail(ErrorKind::Corrupt, format("not JSON: {}: {}", place(text, result.Offset()), why));
  }
  return std::move(builder.root);
}

std::string write(const Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  emit(writer, value);
  return {buffer.GetString(), buffer.GetSize()};
}

std::string write_pretty(const Value& value, int spaces) {
  rapidjson::StringBuffer buffer;
  rapidjson::PrettyWriter<rapidjson::StringBuffer> writer(buffer);
  writer.SetIndent(' ', static_cast<unsigned>(spaces));
  emit(writer, value);
  return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace isle::json
