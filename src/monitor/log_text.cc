#include "monitor/log_text.h"

#include <ctime>

#include "base/strings.h"

namespace isle::monitor {

namespace {

// Sequences by their first byte; `least` and `most` bound the second one (RFC 3629: no overlong
// forms, no surrogates, nothing above U+10FFFF).
struct Lead {
  unsigned char first, last;
  std::size_t length;
  unsigned char least, most;
};
constexpr Lead kLeads[] = {{0x00, 0x7f, 1, 0x00, 0x00},
                           {0xc2, 0xdf, 2, 0x80, 0xbf},
                           {0xe0, 0xe0, 3, 0xa0, 0xbf},
                           {0xe1, 0xec, 3, 0x80, 0xbf},
                           {0xed, 0xed, 3, 0x80, 0x9f},
                           {0xee, 0xef, 3, 0x80, 0xbf},
                           {0xf0, 0xf0, 4, 0x90, 0xbf},
                           {0xf1, 0xf3, 4, 0x80, 0xbf},
                           {0xf4, 0xf4, 4, 0x80, 0x8f}};

bool continues(std::string_view text, const Lead& lead) {
  if (text.size() < lead.length) return false;
  for (std::size_t i = 1; i < lead.length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const unsigned char least = i == 1 ? lead.least : 0x80;
    const unsigned char most = i == 1 ? lead.most : 0xbf;
    if (byte < least || byte > most) return false;
  }
  return true;
}

// Bytes of the UTF-8 sequence at the beginning of `text`, 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  for (const Lead& lead : kLeads) {
    if (first < lead.first || first > lead.last) continue;
    return continues(text, lead) ? lead.length : 0;
  }
  return 0;
}

void append_control(std::string& out, unsigned char c) {
  constexpr const char* kDigits = "0123456789abcdef";
  switch (c) {
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default:
      out += "\\u00";
      out += kDigits[c >> 4];
      out += kDigits[c & 15];
  }
}

}  // namespace

void append_json_text(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const auto c = static_cast<unsigned char>(text[0]);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += text[0];
      text.remove_prefix(1);
    } else if (c < 0x20 || c == 0x7f) {
      append_control(out, c);
      text.remove_prefix(1);
    } else if (const std::size_t length = utf8_length(text); length > 0) {
      out += text.substr(0, length);
      text.remove_prefix(length);
    } else {
      out += "\xef\xbf\xbd";
      text.remove_prefix(1);
    }
  }
}

std::string log_time(std::int64_t time_ns) {
  const std::time_t seconds = time_ns / 1'000'000'000;
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) return "1970-01-01T00:00:00Z";
  return format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z",
                parts.tm_year + 1900,
                parts.tm_mon + 1,
                parts.tm_mday,
                parts.tm_hour,
                parts.tm_min,
                parts.tm_sec,
                time_ns % 1'000'000'000);
}

}  // namespace isle::monitor
