#include "cli/manual.h"

#include <algorithm>
#include <map>
#include <vector>

#include "base/strings.h"
#include "cli/command.h"
#include "options/option.h"

namespace isle::cli {
namespace {

using options::Flag;

// A minus that can be copied, no escape of roff's, and no line that it takes for a request.
std::string roff(std::string_view text) {
  std::string out;
  if (text.starts_with('.') || text.starts_with('\'')) out += "\\&";
  for (const char c : text) {
    if (c == '-') out += '\\';
    if (c == '\\') {
      out += "\\e";
    } else {
      out += c;
    }
  }
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

std::string synopsis(const Flag& flag) {
  std::string words;
  if (flag.letter != 0) words = format("\\fB\\-{}\\fR, ", flag.letter);
  words += format("\\fB\\-\\-{}\\fR", roff(flag.name));
  if (flag.arity == options::Arity::Value) words += format(" \\fI{}\\fR", roff(flag.metavar));
  if (flag.arity == options::Arity::Optional) words += format("[=\\fI{}\\fR]", roff(flag.metavar));
  return words;
}

// Paragraphs by "COMMAND --FLAG"; each is used once.
class Texts {
 public:
  static Result<Texts> parse(std::string_view file) {
    Texts texts;
    std::string* paragraph = nullptr;
    for (const std::string_view line : split(file, '\n')) {
      if (line.starts_with('@')) {
        paragraph = &texts.paragraphs_[std::string(line.substr(1))];
      } else if (paragraph == nullptr && !line.empty()) {
        return fail(ErrorKind::InvalidArgument, format("{} stands before any flag", quoted(line)));
      } else if (!line.empty()) {
        *paragraph += format("{}\n", line);
      }
    }
    return texts;
  }

  std::string take(const Command& command, const Flag& flag) {
    const auto found = paragraphs_.find(format("{} --{}", command.name, flag.name));
    if (found == paragraphs_.end()) {
      const bool ends = std::string_view(flag.help).ends_with('.');
      return format("{}{}\n", roff(flag.help), ends ? "" : ".");
    }
    return paragraphs_.extract(found).mapped();
  }

  Result<void> check_used() const {
    if (paragraphs_.empty()) return {};
    return fail(
        ErrorKind::InvalidArgument,
        format("there is a text for {}, which isle has not", quoted(paragraphs_.begin()->first)),
        "take it out, or give it the flag's new name");
  }

 private:
  std::map<std::string, std::string> paragraphs_;
};

std::string entries(const Command& command, const std::vector<Flag>& flags, Texts& texts) {
  std::string out;
  for (int number = 0; number <= static_cast<int>(options::Section::Security); ++number) {
    const auto section = static_cast<options::Section>(number);
    const auto belongs = [section](const Flag& flag) { return flag.section == section; };
    if (std::ranges::none_of(flags, belongs)) continue;
    if (section != options::Section::General) {
      out += format(".SS {}\n", options::section_title(section));
    }
    for (const Flag& flag : flags) {
      if (belongs(flag)) out += format(".TP\n{}\n{}", synopsis(flag), texts.take(command, flag));
    }
  }
  return out;
}

// What a command has of run's is said there.
bool takes_options_of_run(std::vector<Flag>& flags) {
  const std::vector<Flag> run = options::option_flags();
  const auto is_of_run = [&run](const Flag& flag) {
    return std::ranges::any_of(run, [&flag](const Flag& other) {
      return std::string_view(other.name) == flag.name && other.help == flag.help;
    });
  };
  if (std::ranges::count_if(flags, is_of_run) * 2 < std::ssize(run)) return false;
  std::erase_if(flags, is_of_run);
  return true;
}

void add_command(const Command& command, std::string& out, Texts& texts) {
  if (command.help == nullptr) return;
  std::vector<Flag> flags = flags_of_command(command);
  std::erase_if(flags, [](const Flag& flag) { return flag.help == nullptr; });
  const std::string_view name = command.name;
  const bool like_run = name != "run" && takes_options_of_run(flags);
  if (flags.empty() && !like_run) return;
  out += format(".SH OPTIONS OF {}\n", upper(name));
  if (like_run)
    out +=
        format("Those of run that say what the container is{}\n", flags.empty() ? "." : ", and:");
  out += entries(command, flags, texts);
}

// Without those that are others by a second name, such as "container ls".
std::vector<const Command*> told_commands() {
  std::vector<const Command*> told;
  const auto add = [&told](const Command& command) {
    const bool is_known = std::ranges::any_of(
        told, [&command](const Command* other) { return other->run == command.run; });
    if (!is_known) told.push_back(&command);
  };
  for (const Command& command : commands()) add(command);
  for (const Group* group : groups()) {
    for (const Command& command : group->commands) add(command);
  }
  return told;
}

}  // namespace

Result<std::string> manual_page(std::string_view page, std::string_view texts_file) {
  constexpr std::string_view kPlace = "@OPTIONS@\n";
  Texts texts = TRY(Texts::parse(texts_file));
  std::string out;
  for (const Command* command : told_commands()) add_command(*command, out, texts);
  TRY(texts.check_used());
  const std::size_t place = page.find(kPlace);
  if (place == std::string_view::npos) {
    return fail(ErrorKind::InvalidArgument, "the page has no line @OPTIONS@");
  }
  return format("{}{}{}", page.substr(0, place), out, page.substr(place + kPlace.size()));
}

}  // namespace isle::cli
