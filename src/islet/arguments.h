#pragma once
// Why: islet's callers (containerd, CRI-O, conmon, people) write options as runc's parser takes
// them: --name VALUE, --name=VALUE, one dash for two, -x for short, switches with =false. One table
// a verb says what there is; whatever is not in it is an error that names it.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace isle::islet {

struct Option {
  std::string_view name;        // without dashes
  char letter = 0;              // 0: has no short form
  std::string_view value = {};  // what its value is called in the help; empty: a switch
  std::string_view help = {};
  std::string_view refused = {};  // not empty: known to runc, not done here, for this reason
};

enum class Order : std::uint8_t {
  Free,     // options may stand behind words
  InFront,  // the first word ends them: the rest belongs to a command
};

class Arguments {
 public:
  // `line` without the program's or the verb's name.
  static Result<Arguments> parse(std::span<const Option> options,
                                 std::span<char* const> line,
                                 Order order);

  // A switch that is on.
  bool on(std::string_view name) const;
  // The last value given.
  std::optional<std::string> text(std::string_view name) const;
  // All values, in the order written.
  std::vector<std::string> all(std::string_view name) const;
  // A whole number; 0 when it is not given.
  Result<unsigned> number(std::string_view name) const;
  const std::vector<std::string>& words() const { return words_; }

 private:
  struct Given {
    std::string_view name;
    std::string value;
  };
  friend class ArgumentParser;
  std::vector<Given> given_;
  std::vector<std::string> words_;
};

}  // namespace isle::islet
