#pragma once
// Why: people who script docker and podman write Go templates after --format, so isle reads them
// too: what text/template means by them, over json::Value. Done: fields, variables, literals,
// pipelines, parentheses, if / else if / else, range (with else, break, continue), with, comments,
// trimmed white space, and the functions of template_functions.cc. Not done, and refused by name:
// define, template, block. Source: the documentation of Go's text/template.

#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"

namespace isle::cli {

namespace go_template {
struct Body;
}

class Template {
 public:
  // InvalidArgument says at which column (counted in bytes, from 1) what is wrong. Outside of
  // actions "\t" and "\n" are a tab and a new line, as docker and podman have it.
  static Result<Template> parse(std::string_view text);
  // Fields are found by their name, else by their name in other case. InvalidArgument names the
  // column and what is there instead.
  Result<std::string> run(const json::Value& value) const;

 private:
  std::shared_ptr<const go_template::Body> body_;
  explicit Template(std::shared_ptr<const go_template::Body> body) : body_(std::move(body)) {}
};

}  // namespace isle::cli
