// isle search: repositories by a word, or the tags of one.
#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/output/rows.h"
#include "cli/registry_flags.h"
#include "cli/registry_name.h"
#include "image/fetcher.h"
#include "image/short_names.h"

namespace isle::cli {
namespace {

struct SearchRequest {
  image::FetchOptions fetch;
  unsigned limit = 25;
  bool list_tags = false, full = false;
  bool compatible = false;
  bool official_only = false, automated_only = false;
  std::int64_t stars = 0;
  std::string format;
};

Result<void> take_filter(SearchRequest& request, std::string_view value) {
  const Cut parts = cut(value, '=');
  if (parts.before == "stars") {
    request.stars = TRY(options::parse_between(parts.after, "--filter stars", 0, 1LL << 40));
    return {};
  }
  const bool official = parts.before == "is-official";
  if (!official && parts.before != "is-automated") {
    return fail(ErrorKind::InvalidArgument,
                format("--filter cannot be {}", quoted(value)),
                "it is stars=COUNT, is-official or is-automated");
  }
  const bool wanted = !parts.found || TRY(options::parse_bool(parts.after, "filter"));
  (official ? request.official_only : request.automated_only) = wanted;
  return {};
}

constexpr CommandFlag<SearchRequest> kFlags[] = {
    {{"list-tags",
      0,
      options::Arity::Switch,
      nullptr,
      "List the tags of the repository that is named",
      options::Section::General},
     take_switch<SearchRequest, &SearchRequest::list_tags>},
    {{"limit",
      0,
      options::Arity::Value,
      "COUNT",
      "At most so many of each registry (default: 25), or so many tags",
      options::Section::General},
     [](SearchRequest& request, std::string_view value) -> Result<void> {
       request.limit =
           static_cast<unsigned>(TRY(options::parse_between(value, "--limit", 1, 1'000'000)));
       return {};
     }},
    {{"filter",
      'f',
      options::Arity::Value,
      "CONDITION",
      "stars=COUNT, is-official or is-automated",
      options::Section::General},
     take_filter},
    {{"format",
      0,
      options::Arity::Value,
      "FORMAT",
      "json, table, or a Go template",
      options::Section::General},
     take_text<SearchRequest, &SearchRequest::format>},
    {{"compatible",
      0,
      options::Arity::Switch,
      nullptr,
      "Docker's columns: AUTOMATED, too",
      options::Section::General},
     take_switch<SearchRequest, &SearchRequest::compatible>},
    {{"no-trunc",
      0,
      options::Arity::Switch,
      nullptr,
      "Show whole descriptions",
      options::Section::General},
     take_switch<SearchRequest, &SearchRequest::full>},
    kAuthfileFlag<SearchRequest>,
    kCertDirFlag<SearchRequest>,
    kCredsFlag<SearchRequest>,
    kTlsVerifyFlag<SearchRequest>,
};

// podman's names, and docker's for the same.
constexpr Field kFields[] = {{"Index", "INDEX"},
                             {"Name", "NAME"},
                             {"Description", "DESCRIPTION"},
                             {"Stars", "STARS"},
                             {"StarCount", "STARS"},
                             {"Official", "OFFICIAL"},
                             {"IsOfficial", "OFFICIAL"},
                             {"Automated", "AUTOMATED"},
                             {"IsAutomated", "AUTOMATED"}};
constexpr Field kTagFields[] = {{"Name", "NAME"}, {"Tag", "TAG"}};

Result<image::Fetcher> start(const image::Reference& place, const SearchRequest& request) {
  image::Fetcher fetcher = TRY(image::Fetcher::start(place, request.fetch));
  for (const std::string& warning : fetcher.warnings()) warn(warning);
  return fetcher;
}

// A registry may say what it likes, but not to the terminal.
std::string printable(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
  }
  return text;
}

Result<std::string> list_tags(const SearchRequest& request, std::string_view name) {
  const image::Candidates candidates = TRY(image::find_candidates(name));
  const image::Reference& reference = candidates.references.front();
  image::Fetcher fetcher = TRY(start(reference, request));
  std::vector<json::Value> rows;
  for (const std::string& tag : TRY(fetcher.tags())) {
    if (rows.size() == request.limit) break;
    json::Value row;
    row["Name"] = reference.domain + "/" + reference.repository;
    row["Tag"] = printable(tag);
    rows.push_back(std::move(row));
  }
  return TRY(Format::parse(request.format)).show(kTagFields, {"Name", "Tag"}, rows);
}

std::string text_of(const json::Value& hit, std::string_view name) {
  const json::Value* member = hit.find(name);
  return member == nullptr || member->string() == nullptr ? "" : *member->string();
}
bool is_set(const json::Value& hit, std::string_view name) {
  const json::Value* member = hit.find(name);
  return member != nullptr && member->boolean() != nullptr && *member->boolean();
}
std::int64_t stars_of(const json::Value& hit) {
  const json::Value* member = hit.find("stars");
  return member == nullptr || member->integer() == nullptr ? 0 : *member->integer();
}

// One line, however it was written.
std::string short_description(const std::string& written, bool full) {
  constexpr std::size_t kShown = 44;
  std::string text = printable(written);
  if (full || text.size() <= kShown) return text;
  std::size_t end = kShown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

json::Value row_of(const json::Value& hit, const std::string& registry, bool full) {
  const std::string official = is_set(hit, "official") ? "[OK]" : "";
  const std::string automated = is_set(hit, "automated") ? "[OK]" : "";
  std::string name = printable(text_of(hit, "name"));
  // The Hub leaves out "library/" here.
  if (registry == "docker.io" && !name.contains('/')) name.insert(0, "library/");
  json::Value row;
  row["Index"] = registry;
  row["Name"] = registry + "/" + name;
  row["Description"] = short_description(text_of(hit, "description"), full);
  row["Stars"] = stars_of(hit);
  row["StarCount"] = stars_of(hit);
  row["Official"] = official;
  row["IsOfficial"] = official;
  row["Automated"] = automated;
  row["IsAutomated"] = automated;
  return row;
}

bool is_wanted(const SearchRequest& request, const json::Value& hit) {
  return stars_of(hit) >= request.stars && (!request.official_only || is_set(hit, "official")) &&
         (!request.automated_only || is_set(hit, "automated"));
}

Result<void> search_one(const SearchRequest& request,
                        const image::Reference& registry,
                        std::string_view term,
                        std::vector<json::Value>& rows) {
  image::Fetcher fetcher = TRY(start(registry, request));
  const json::Value hits = TRY(fetcher.search(term, request.limit));
  if (hits.array() == nullptr) return {};
  for (const json::Value& hit : *hits.array()) {
    if (is_wanted(request, hit)) rows.push_back(row_of(hit, registry.domain, request.full));
  }
  return {};
}

struct Places {
  std::vector<std::string> registries;
  std::string term;
};

// "quay.io/word" is looked for there, "word" in every registry of the search list.
Result<Places> places_for(std::string_view text) {
  const Cut parts = cut(text, '/');
  const bool named = parts.before.find_first_of(".:") != std::string_view::npos ||
                     (parts.found && parts.before == "localhost");
  if (named) return Places{{std::string(parts.before)}, std::string(parts.after)};
  return Places{TRY(image::search_registries()), std::string(text)};
}

// Some registries may not answer: the others' answers are shown all the same.
int search(const SearchRequest& request, std::string_view text) {
  const auto places = places_for(text);
  if (!places) return complain(places.error());
  int status = 0;
  std::vector<json::Value> rows;
  for (const std::string& name : places->registries) {
    const auto registry = parse_registry(name);
    if (!registry) return complain(registry.error());
    const auto searched = search_one(request, *registry, places->term, rows);
    if (!searched) status = complain(Error(searched.error()).within("search " + name));
  }
  const auto format = Format::parse(request.format);
  if (!format) return complain(format.error());
  std::vector<std::string> columns = {"Name", "Description", "Stars", "Official"};
  if (request.compatible) columns.emplace_back("Automated");
  const auto shown = format->show(kFields, columns, rows);
  if (!shown) return complain(shown.error());
  if (status == 0 || !rows.empty()) print(*shown);
  return status;
}

}  // namespace

int search_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("search"), flags_of(kFlags));
  SearchRequest request;
  const auto operands = take_flags(kFlags, arguments, options::Operands::Mixed, request);
  if (!operands) return complain(operands.error());
  if (operands->size() != 1) {
    return complain(fail(ErrorKind::InvalidArgument, "search takes one word").error());
  }
  const auto completed = complete_creds(request.fetch);
  if (!completed) return complain(completed.error());
  if (!request.list_tags) return search(request, operands->front());
  const auto text = list_tags(request, operands->front());
  if (!text) return complain(text.error());
  print(*text);
  return 0;
}

}  // namespace isle::cli
