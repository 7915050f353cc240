#pragma once
// The name of content: "sha256:" and 64 hex digits, or "sha512:" and 128. A Digest that exists is
// well-formed, so its hex text is safe as a file name. Source: image-spec descriptor.md, "Digests".

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace isle::oci {

class Digest {
 public:
  Digest() = default;
  // InvalidArgument: not of the form; Unsupported: an algorithm isle does not verify.
  static Result<Digest> parse(std::string_view text);

  bool empty() const { return text_.empty(); }
  const std::string& str() const { return text_; }  // "sha256:..."
  std::string_view algorithm() const { return std::string_view(text_).substr(0, colon()); }
  std::string_view hex() const { return std::string_view(text_).substr(colon() + 1); }
  // The first 12 digits, as lists show them.
  std::string_view short_hex() const { return hex().substr(0, 12); }
  auto operator<=>(const Digest&) const = default;

 private:
  std::string text_;
  std::size_t colon() const { return text_.find(':'); }
};

struct JsonPath;
struct ReadLog;
void read_value(const json::Value& value, Digest& out, const JsonPath& at, ReadLog& log);
json::Value write_value(const Digest& digest);

}  // namespace isle::oci
