#include "base/strings.h"
#include "runtime/relay/far_end.h"

namespace isle::runtime {

namespace {

// ctrl-X sends X with all but its five low bits cleared: ctrl-a is 1, ctrl-[ is 27.
std::optional<char> key_byte(std::string_view key) {
  if (key.size() == 1) return key[0];
  if (!key.starts_with("ctrl-") || key.size() != 6) return std::nullopt;
  const char letter = key[5];
  const bool usable = (letter >= 'a' && letter <= 'z') || (letter >= '@' && letter <= '_');
  if (!usable) return std::nullopt;
  return static_cast<char>(letter & 0x1f);
}

}  // namespace

Result<std::string> parse_detach_keys(std::string_view text) {
  std::string bytes;
  if (text.empty()) return bytes;
  for (const std::string_view key : split(text, ',')) {
    const std::optional<char> byte = key_byte(key);
    if (!byte) {
      return fail(ErrorKind::InvalidArgument,
                  format("detach keys {}: {} is no key", quoted(text), quoted(key)),
                  "write single characters or ctrl-a to ctrl-z, ctrl-@ [ \\ ] ^ _, with commas "
                  "between them");
    }
    bytes += *byte;
  }
  return bytes;
}

DetachFilter::Passed DetachFilter::feed(std::string_view typed) {
  Passed passed;
  if (keys_.empty()) {
    passed.data = typed;
    return passed;
  }
  for (const char byte : typed) {
    if (byte != keys_[matched_]) {
      passed.data.append(keys_, 0, std::exchange(matched_, 0));
      if (byte != keys_[0]) {
        passed.data += byte;
        continue;
      }
    }
    if (++matched_ == keys_.size()) {
      passed.detach = true;
      return passed;
    }
  }
  return passed;
}

}  // namespace isle::runtime
