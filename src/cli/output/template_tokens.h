#pragma once
// The words of a template: the text between actions, and what stands in each action.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace isle::cli::go_template {

struct Token {
  enum class Kind : unsigned char {
    Text,      // outside of actions
    Open,      // {{
    Close,     // }}
    Field,     // .Name; Dot is a Field with an empty text
    Variable,  // $ or $name
    Word,      // if, range, len ...
    Literal,   // "text", `text`, 12, 1.5, true, false, nil
    Mark,      // | ( ) , = :=
  };
  Kind kind = Kind::Text;
  std::size_t column = 0;
  std::string text;
  json::Value literal;
  bool after_space = false;  // ".A .B" are two terms, ".A.B" is one

  bool is(Kind other, std::string_view spelled) const { return kind == other && text == spelled; }
};

Result<std::vector<Token>> split_template(std::string_view text);

}  // namespace isle::cli::go_template
