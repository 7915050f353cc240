#include "cli/output/table.h"

#include <sys/ioctl.h>

#include <algorithm>
#include <array>

#include "base/strings.h"

namespace isle::cli {
namespace {

constexpr std::size_t kGap = 3;

void append_row(std::string& text,
                const std::vector<std::string>& cells,
                const std::vector<std::size_t>& widths) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    text += i + 1 == cells.size() ? cells[i] : format("{:<{}}", cells[i], widths[i] + kGap);
  }
  text += '\n';
}

struct Unit {
  long long seconds;
  const char* word;
};
constexpr std::array kUnits = {Unit{60LL * 60 * 24 * 365, "year"},
                               Unit{60LL * 60 * 24 * 7, "week"},
                               Unit{60LL * 60 * 24, "day"},
                               Unit{60LL * 60, "hour"},
                               Unit{60, "minute"},
                               Unit{1, "second"}};

}  // namespace

std::string table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < head.size(); ++i) {
    std::size_t width = head[i].size();
    for (const auto& row : rows) width = std::max(width, row[i].size());
    widths.push_back(width);
  }
  std::string text;
  append_row(text, head, widths);
  for (const auto& row : rows) append_row(text, row, widths);
  return text;
}

std::string span_words(long long seconds) {
  for (const Unit& unit : kUnits) {
    const long long count = seconds / unit.seconds;
    if (count > 0) return format("{} {}{}", count, unit.word, count == 1 ? "" : "s");
  }
  return "less than a second";
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

}  // namespace isle::cli
