#pragma once
// What --format says of a list, or of one thing: columns for people, JSON for programs, or a
// template of the user's.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/json.h"
#include "cli/output/template.h"

namespace isle::cli {

struct Field {
  const char* name;  // "CreatedSince", as templates have it
  const char* head;  // "CREATED"
};

class Format {
 public:
  // "" and "table": columns; "json"; "table TEMPLATE": columns of one's own; "TEMPLATE".
  static Result<Format> parse(std::string_view text);

  bool is_table() const { return kind_ == Kind::Table; }
  bool is_json() const { return kind_ == Kind::Json; }
  // Its first line names the columns.
  bool has_head() const { return kind_ == Kind::Table || kind_ == Kind::TemplateTable; }

  // A list: `fields` are all that a row may have, `shown` those of the ordinary table, which fits
  // into `width` columns (0: as many as it needs).
  Result<std::string> show(std::span<const Field> fields,
                           const std::vector<std::string>& shown,
                           const std::vector<json::Value>& rows,
                           unsigned width = 0) const;
  // The template's lines alone, one for each value.
  Result<std::string> lines(const std::vector<json::Value>& values) const;

 private:
  enum class Kind : unsigned char { Table, Json, Template, TemplateTable };
  Kind kind_ = Kind::Table;
  std::optional<Template> template_;
};

}  // namespace isle::cli
