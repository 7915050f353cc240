#include "image/tree_transfer.h"

#include "base/json.h"
#include "base/strings.h"
#include "image/layer/unpacker.h"

namespace isle::image {
namespace {

void add_ranges(const char* option, const IdRanges& ranges, std::vector<std::string>& words) {
  for (const IdRange& range : ranges) {
    words.emplace_back(option);
    words.push_back(format("{}:{}:{}", range.inside, range.outside, range.count));
  }
}

Result<Unpacking> start_packing(const Store& store, const TreeSource& source, int output) {
  std::vector<std::string> words = {"pack", "--compression", "none"};
  if (store.who() == Unpacker::User) words.emplace_back("--user");
  Unpacking::Fds fds{.input = -1, .extra = output, .directories = {}};
  int number = Unpacking::kFirstDirectory;
  for (const kernel::UniqueFd& directory : source.directories) {
    fds.directories.push_back(directory.get());
    words.emplace_back("--root-fd");
    words.push_back(format("{}", number++));
  }
  if (!source.only.empty()) words.insert(words.end(), {"--only", source.only});
  if (!source.name.empty()) words.insert(words.end(), {"--name", source.name});
  add_ranges("--uid-map", source.uids, words);
  add_ranges("--gid-map", source.gids, words);
  return Unpacking::start(words, fds);
}

Result<Unpacking> start_extracting(const Store& store, int input, const TreeTarget& target) {
  std::vector<std::string> words = {"extract"};
  if (store.who() == Unpacker::User) words.emplace_back("--user");
  if (!target.special) words.emplace_back("--no-special");
  if (target.owner) {
    words.insert(words.end(), {"--owner", format("{}:{}", target.owner->uid, target.owner->gid)});
  }
  add_ranges("--uid-map", target.uids, words);
  add_ranges("--gid-map", target.gids, words);
  return Unpacking::start(words, {.input = input, .directories = {target.directory}});
}

std::uint64_t count_in(const json::Value& reply, const char* name) {
  const json::Value* member = reply.find(name);
  const std::int64_t* count = member == nullptr ? nullptr : member->integer();
  return count == nullptr ? 0 : static_cast<std::uint64_t>(*count);
}

CopyReport report_of(const json::Value& reply) {
  return {.members = count_in(reply, "members"), .left_out = count_in(reply, "leftOut")};
}

}  // namespace

Result<CopyReport> transfer_tree(const Store& store,
                                 const TreeSource& source,
                                 const TreeTarget& target) {
  kernel::FdPair pipe = TRY(kernel::make_pipe());
  Unpacking packing = TRY(start_packing(store, source, pipe.second.get()));
  Unpacking extracting = TRY(start_extracting(store, pipe.first.get(), target));
  pipe.first.reset();
  pipe.second.reset();
  const Result<json::Value> packed = packing.finish();
  const Result<json::Value> extracted = extracting.finish();
  // When the reader gave up, the writer only saw that: the reader knows why. When the writer did,
  // the reader's archive ended too early.
  const bool writer_was_cut = !packed && packed.error().errnum == EPIPE;
  if (!packed && !writer_was_cut && (extracted || extracted.error().kind == ErrorKind::Corrupt)) {
    return std::unexpected(packed.error());
  }
  return report_of(TRY(Result<json::Value>(extracted)));
}

Result<void> pack_tree(const Store& store, const TreeSource& source, int output) {
  TRY(TRY(start_packing(store, source, output)).finish());
  return {};
}

Result<CopyReport> extract_tree(const Store& store, int input, const TreeTarget& target) {
  return report_of(TRY(TRY(start_extracting(store, input, target)).finish()));
}

}  // namespace isle::image
