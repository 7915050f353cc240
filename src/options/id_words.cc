#include "options/id_words.h"

#include "base/strings.h"

namespace isle::options {
namespace {

constexpr const char* kHint =
    "such as idmap=uids=0-1000-10;gids=0-1000-10: ids of the files, ids of the host (with @ before "
    "the three: of the container), how many; several are divided by #";

Result<IdWord> parse_word(std::string_view text) {
  IdWord word{.inside = text.starts_with('@')};
  const auto parts = split(word.inside ? text.substr(1) : text, '-');
  const auto wrong = [text] {
    return fail(ErrorKind::InvalidArgument, format("{} is no range of ids", quoted(text)), kHint);
  };
  if (parts.size() != 3) return wrong();
  std::uint32_t* const values[] = {&word.from, &word.to, &word.count};
  for (std::size_t i = 0; i < 3; ++i) {
    const auto number = parse_uint(parts[i], "id");
    if (!number || *number > 0xfffffffe) return wrong();
    *values[i] = static_cast<std::uint32_t>(*number);
  }
  constexpr std::uint64_t kEnd = 0xffffffff;
  const bool fits = word.count > 0 && std::uint64_t{word.from} + word.count <= kEnd &&
                    std::uint64_t{word.to} + word.count <= kEnd;
  if (!fits) return wrong();
  return word;
}

}  // namespace

Result<IdWords> parse_id_words(std::string_view text) {
  IdWords words;
  if (text.empty()) return words;
  for (const std::string_view part : split(text, ';')) {
    const Cut kind = cut(part, '=');
    std::vector<IdWord>* const list = kind.before == "uids"   ? &words.uids
                                      : kind.before == "gids" ? &words.gids
                                                              : nullptr;
    if (list == nullptr) {
      return fail(ErrorKind::InvalidArgument,
                  format("idmap: {} is neither uids= nor gids=", quoted(part)),
                  kHint);
    }
    for (const std::string_view range : split(kind.after, '#')) {
      list->push_back(TRY(parse_word(range)));
    }
  }
  if (!words.uids.empty() && !words.gids.empty()) return words;
  return fail(ErrorKind::InvalidArgument, "idmap: uids and gids go together", kHint);
}

Result<std::vector<oci::IdMapping>> mappings_of(const std::vector<IdWord>& words,
                                                const std::vector<oci::IdMapping>& container) {
  std::vector<oci::IdMapping> mappings;
  for (const IdWord& word : words) {
    oci::IdMapping mapping{.container_id = word.from, .host_id = word.to, .size = word.count};
    bool found = !word.inside;
    for (const oci::IdMapping& range : container) {
      const bool holds =
          word.inside && word.to >= range.container_id &&
          std::uint64_t{word.to} + word.count <= std::uint64_t{range.container_id} + range.size;
      if (!holds) continue;
      mapping.host_id = range.host_id + (word.to - range.container_id);
      found = true;
    }
    if (!found) {
      return fail(ErrorKind::InvalidArgument,
                  format("idmap: the container has not the {} ids from {} on", word.count, word.to),
                  "leave out the @ for ids of the host");
    }
    mappings.push_back(mapping);
  }
  return mappings;
}

}  // namespace isle::options
