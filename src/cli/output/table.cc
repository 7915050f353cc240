#include "cli/output/table.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace isle::cli {
namespace {

constexpr std::size_t kGap = 3;
// Cells are not cut shorter than an id.
constexpr std::size_t kLeastWidth = 12;
constexpr std::string_view kEllipsis = "\u2026";

bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Characters of UTF-8.
std::size_t width_of(std::string_view cell) {
  return cell.size() - static_cast<std::size_t>(std::ranges::count_if(cell, continues_character));
}

std::string shortened(const std::string& cell, std::size_t width) {
  if (width_of(cell) <= width) return cell;
  std::size_t end = 0;
  for (std::size_t characters = 0; end < cell.size(); ++end) {
    if (continues_character(cell[end])) continue;
    if (++characters == width) break;
  }
  return cell.substr(0, end).append(kEllipsis);
}

// Takes from the widest column until the row fits, or nothing more can be taken.
void fit(std::vector<std::size_t>& widths, std::size_t width) {
  std::size_t whole = kGap * (widths.size() - 1);
  for (const std::size_t column : widths) whole += column;
  while (whole > width) {
    const auto widest = std::ranges::max_element(widths);
    if (*widest <= kLeastWidth) return;
    --*widest;
    --whole;
  }
}

void append_row(std::string& text,
                const std::vector<std::string>& cells,
                const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = shortened(cells[i], widths[i]);
    text += cell;
    if (i + 1 < cells.size()) text.append(widths[i] + kGap - width_of(cell), ' ');
  }
  text += '\n';
}

}  // namespace

std::string table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows,
                  unsigned width) {
  std::vector<std::size_t> widths;
  widths.reserve(head.size());
  for (std::size_t i = 0; i < head.size(); ++i) {
    std::size_t widest = width_of(head[i]);
    for (const auto& row : rows) widest = std::max(widest, width_of(row[i]));
    widths.push_back(widest);
  }
  if (width != 0) fit(widths, width);
  std::string text;
  append_row(text, head, widths);
  for (const auto& row : rows) append_row(text, row, widths);
  return text;
}

std::string span_words(long long seconds) {
  const long long minutes = seconds / 60;
  const long long hours = (seconds + 1800) / 3600;  // the nearest
  if (seconds < 1) return "Less than a second";
  if (seconds == 1) return "1 second";
  if (seconds < 60) return format("{} seconds", seconds);
  if (minutes == 1) return "About a minute";
  if (minutes < 60) return format("{} minutes", minutes);
  if (hours == 1) return "About an hour";
  if (hours < 48) return format("{} hours", hours);
  if (hours < 24LL * 7 * 2) return format("{} days", hours / 24);
  if (hours < 24LL * 30 * 2) return format("{} weeks", hours / 24 / 7);
  if (hours < 24LL * 365 * 2) return format("{} months", hours / 24 / 30);
  return format("{} years", hours / 24 / 365);
}

std::string size_words(long long bytes) {
  constexpr std::array kNames = {"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 1000 && unit + 1 < kNames.size(); ++unit) value /= 1000;
  return unit == 0 ? format("{}B", bytes) : format("{:.3g}{}", value, kNames[unit]);
}

unsigned screen_width() {
  winsize size{};
  if (ioctl(1, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40) return size.ws_col;
  return 80;
}

unsigned table_width() { return isatty(1) == 1 ? screen_width() : 0; }

}  // namespace isle::cli
