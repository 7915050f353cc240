#pragma once
// A template taken apart. Columns count bytes from 1.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"

namespace isle::cli::go_template {

struct Pipeline;

// ".Config.Env", "$row.Name", "(index .A 0).B", "\"text\"", "len".
struct Term {
  enum class Kind : unsigned char { Dot, Variable, Literal, Pipeline, Function };
  Kind kind = Kind::Dot;
  std::size_t column = 0;
  std::string name;                 // of a variable (with its $) or function
  json::Value literal;              // of a Literal
  std::vector<Pipeline> inner;      // one, of a Pipeline
  std::vector<std::string> fields;  // looked up one in the other, in the value of all that
};

using Command = std::vector<Term>;  // "printf \"%s\" .Name"

struct Pipeline {
  std::vector<std::string> variables;  // "$i", "$item"
  bool declares = false;               // ":=", else "="
  std::vector<Command> commands;       // each gets the value of the one before as last argument
  std::size_t column = 0;
};

struct Node;
struct Body {
  std::vector<Node> nodes;
};

struct Node {
  enum class Kind : unsigned char { Text, Output, If, Range, With, Break, Continue };
  Kind kind = Kind::Text;
  std::string text;
  Pipeline pipeline;
  Body body, otherwise;  // of If, Range, With
};

std::unexpected<Error> fail_at(std::size_t column, std::string_view message);

Result<Body> parse(std::string_view text);

// The functions a template may call.
bool is_function(std::string_view name);
Result<json::Value> call_function(std::string_view name,
                                  std::size_t column,
                                  const std::vector<json::Value>& arguments);
// What Go's fmt prints for %v.
std::string words_of(const json::Value& value);
// Neither false, 0, empty nor absent.
bool is_true(const json::Value& value);
// Go's fmt.Sprintf for the verbs %v %s %d %q %x %X %o %b %t %f %e %g %c %%.
Result<std::string> print_formatted(std::size_t column, const std::vector<json::Value>& arguments);

}  // namespace isle::cli::go_template
