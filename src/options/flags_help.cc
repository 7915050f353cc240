// Help that is read: flags by theme, what they take in capitals, sentences wrapped to the screen.
#include "base/strings.h"
#include "options/command_line.h"

namespace isle::options {
namespace {

constexpr unsigned kColumn = 30;  // where the sentences begin

std::string flag_words(const Flag& flag) {
  std::string words = flag.letter != 0 ? format("  -{}, --{}", flag.letter, flag.name)
                                       : format("      --{}", flag.name);
  if (flag.arity == Arity::Value) words += format(" {}", flag.metavar);
  if (flag.arity == Arity::Optional) words += format("[={}]", flag.metavar);
  return words;
}

void append_wrapped(std::string& text, std::string_view sentence, unsigned width) {
  const unsigned room = width > kColumn + 20 ? width - kColumn : 20;
  while (sentence.size() > room) {
    std::size_t end = sentence.rfind(' ', room);
    if (end == std::string_view::npos) end = room;
    text += format("{}\n{:{}}", sentence.substr(0, end), "", kColumn);
    sentence = trim(sentence.substr(end));
  }
  text += sentence;
  text += '\n';
}

void append_flag(std::string& text, const Flag& flag, unsigned width) {
  const std::string words = flag_words(flag);
  if (words.size() + 2 > kColumn) {
    text += format("{}\n{:{}}", words, "", kColumn);
  } else {
    text += format("{:<{}}", words, kColumn);
  }
  append_wrapped(text, flag.help, width);
}

}  // namespace

std::string_view section_title(Section section) {
  switch (section) {
    case Section::General: return "General";
    case Section::Process: return "The command";
    case Section::Namespaces: return "What it sees (namespaces)";
    case Section::Network: return "Network";
    case Section::Files: return "Files, mounts and devices";
    case Section::Limits: return "What it may use (limits)";
    case Section::Security: return "What it may do (security)";
  }
  return "";
}

std::string flags_help(std::span<const Flag> table, unsigned width) {
  std::string text;
  for (int number = 0; number <= static_cast<int>(Section::Security); ++number) {
    const auto section = static_cast<Section>(number);
    bool titled = false;
    for (const Flag& flag : table) {
      if (flag.section != section || flag.help == nullptr) continue;
      if (!titled) text += format("\n{}:\n", section_title(section));
      titled = true;
      append_flag(text, flag, width);
    }
  }
  return text;
}

}  // namespace isle::options
