#include "kernel/mountinfo.h"

#include <algorithm>
#include <charconv>

#include "base/strings.h"

namespace isle::kernel {
namespace {

bool read_number(std::string_view text, int& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size() && number >= 0;
}

void read_tag(std::string_view tag, MountLine& mount) {
  const Cut parts = cut(tag, ':');
  int number = 0;
  if (tag == "unbindable") mount.unbindable = true;
  if (!read_number(parts.after, number)) return;
  if (parts.before == "shared") mount.shared = number;
  if (parts.before == "master") mount.master = number;
  if (parts.before == "propagate_from") mount.propagate_from = number;
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

}  // namespace

std::string unescape_mount(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) && is_octal(text[i + 2]) &&
        is_octal(text[i + 3])) {
      plain.push_back(static_cast<char>((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 +
                                        (text[i + 3] - '0')));
      i += 3;
    } else {
      plain.push_back(text[i]);
    }
  }
  return plain;
}

std::optional<MountLine> parse_mount_line(std::string_view line) {
  const std::vector<std::string_view> words = split(line, ' ');
  const auto dash = std::ranges::find(words, std::string_view("-"));
  const auto before = static_cast<std::size_t>(dash - words.begin());
  if (before < 6 || words.size() < before + 3) return std::nullopt;
  MountLine mount;
  if (!read_number(words[0], mount.id) || !read_number(words[1], mount.parent)) {
    return std::nullopt;
  }
  mount.device = words[2];
  mount.root = unescape_mount(words[3]);
  mount.point = unescape_mount(words[4]);
  mount.options = words[5];
  for (std::size_t i = 6; i < before; ++i) read_tag(words[i], mount);
  mount.type = unescape_mount(words[before + 1]);
  mount.source = unescape_mount(words[before + 2]);
  if (words.size() > before + 3) mount.super_options = words[before + 3];
  return mount;
}

std::vector<MountLine> parse_mounts(std::string_view mountinfo) {
  std::vector<MountLine> mounts;
  for (const std::string_view line : split(mountinfo, '\n')) {
    if (auto mount = parse_mount_line(line)) mounts.push_back(std::move(*mount));
  }
  return mounts;
}

std::vector<MountLine> parse_mounts_of(std::string_view mountinfo, std::string_view type) {
  std::vector<MountLine> mounts;
  const std::string wanted = format(" - {} ", type);
  std::size_t at = 0;
  while ((at = mountinfo.find(wanted, at)) != std::string_view::npos) {
    const std::size_t end = std::min(mountinfo.find('\n', at), mountinfo.size());
    const std::size_t newline = mountinfo.rfind('\n', at);
    const std::size_t begin = newline == std::string_view::npos ? 0 : newline + 1;
    auto mount = parse_mount_line(mountinfo.substr(begin, end - begin));
    if (mount && mount->type == type) mounts.push_back(std::move(*mount));
    at = end;
  }
  return mounts;
}

}  // namespace isle::kernel
