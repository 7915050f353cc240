// The grammar of digests, and their place in documents.
#include "oci/digest.h"

#include <algorithm>

#include "base/strings.h"
#include "oci/json_reader.h"

namespace isle::oci {
namespace {

bool is_lower_hex(std::string_view text) {
  return std::ranges::all_of(
      text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_algorithm(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || c == '+' || c == '.' || c == '_' ||
           c == '-';
  });
}

}  // namespace

Result<Digest> Digest::parse(std::string_view text) {
  const Cut parts = cut(text, ':');
  if (!parts.found || !is_algorithm(parts.before)) {
    return fail(ErrorKind::InvalidArgument,
                format("{} is no digest of the form sha256:HEX", quoted(text)));
  }
  if (parts.before != "sha256" && parts.before != "sha512") {
    return fail(ErrorKind::Unsupported,
                format("digest algorithm {} is not supported, only sha256 and sha512",
                       quoted(parts.before)));
  }
  const std::size_t length = parts.before == "sha256" ? 64 : 128;
  if (parts.after.size() != length || !is_lower_hex(parts.after)) {
    return fail(
        ErrorKind::InvalidArgument,
        format(
            "{}: a {} digest is {} hex digits in lower case", quoted(text), parts.before, length));
  }
  Digest digest;
  digest.text_ = std::string(text);
  return digest;
}

void read_value(const json::Value& value, Digest& out, const JsonPath& at, ReadLog& log) {
  std::string text;
  read_value(value, text, at, log);
  if (log.error) return;
  Result<Digest> digest = Digest::parse(text);
  if (!digest) return log.complain(at, digest.error().message);
  out = std::move(*digest);
}

json::Value write_value(const Digest& digest) { return digest.str(); }

}  // namespace isle::oci
