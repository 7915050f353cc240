#include "cli/output/rows.h"

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "cli/output/table.h"
#include "cli/output/template_tree.h"

namespace isle::cli {
namespace {

std::string cell_of(const json::Value& row, const std::string& field) {
  const json::Value* found = row.find(field);
  return found == nullptr || found->is_null() ? "" : go_template::words_of(*found);
}

const char* head_of(std::span<const Field> fields, const std::string& name) {
  const auto found = std::ranges::find_if(fields, [&](const Field& f) { return name == f.name; });
  return found == fields.end() ? "" : found->head;
}

constexpr std::size_t kWord = std::string_view("table ").size();

std::vector<std::string> cells_of(std::string_view line) {
  line.remove_prefix(std::min({line.find_first_not_of(' '), line.size(), kWord}));
  std::vector<std::string> cells;
  for (const std::string_view cell : split(line, '\t')) cells.emplace_back(cell);
  return cells;
}

// Rows may have fewer cells than the head, or more, as the template likes.
std::string ragged_table(std::vector<std::vector<std::string>> rows) {
  std::size_t columns = 0;
  for (const auto& row : rows) columns = std::max(columns, row.size());
  for (auto& row : rows) row.resize(columns);
  const std::vector<std::string> head = rows.front();
  rows.erase(rows.begin());
  return table(head, rows);
}

}  // namespace

Result<Format> Format::parse(std::string_view text) {
  Format format;
  if (text.empty() || text == "table") return format;
  if (text == "json") {
    format.kind_ = Kind::Json;
    return format;
  }
  const bool in_columns = text.starts_with("table ");
  format.kind_ = in_columns ? Kind::TemplateTable : Kind::Template;
  // Blanks for the word, so that columns stay where the user counts them.
  std::string padded(text);
  if (in_columns) padded.replace(0, kWord, kWord, ' ');
  format.template_ = TRY(Template::parse(padded));
  return format;
}

Result<std::string> Format::show(std::span<const Field> fields,
                                 const std::vector<std::string>& shown,
                                 const std::vector<json::Value>& rows,
                                 unsigned width) const {
  if (kind_ == Kind::Json) return json::write_pretty(json::Value(json::Array(rows))) + "\n";
  if (kind_ == Kind::Template) return lines(rows);
  std::vector<std::vector<std::string>> cells;
  if (kind_ == Kind::TemplateTable) {
    json::Value heads(json::Object{});
    for (const Field& field : fields) heads[field.name] = field.head;
    cells.push_back(cells_of(TRY(template_->run(heads))));
    for (const json::Value& row : rows) cells.push_back(cells_of(TRY(template_->run(row))));
    return ragged_table(std::move(cells));
  }
  std::vector<std::string> heads;
  heads.reserve(shown.size());
  for (const std::string& name : shown) heads.emplace_back(head_of(fields, name));
  for (const json::Value& row : rows) {
    std::vector<std::string>& line = cells.emplace_back();
    for (const std::string& name : shown) line.push_back(cell_of(row, name));
  }
  return table(heads, cells, width);
}

Result<std::string> Format::lines(const std::vector<json::Value>& values) const {
  std::string text;
  for (const json::Value& value : values) text += TRY(template_->run(value)) + "\n";
  return text;
}

}  // namespace isle::cli
