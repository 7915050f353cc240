#include "image/layer/chain.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "base/json.h"
#include "base/strings.h"
#include "image/layer/chain_fix.h"
#include "image/layer/layer_store.h"
#include "image/lock.h"
#include "kernel/beneath.h"
#include "kernel/rename_new.h"

namespace isle::image {
namespace {

constexpr int kDirectory = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;

HostPath files_of(const Store& store, std::string_view layer) {
  return store.root() / "layers" / layer / "fs";
}

struct Opened {
  std::vector<kernel::UniqueFd> fds;
  std::vector<int> topmost_first;
};

Result<Opened> open_layers(const Store& store, const std::vector<std::string>& stack) {
  Opened opened;
  for (auto layer = stack.rbegin(); layer != stack.rend(); ++layer) {
    opened.fds.push_back(TRY(kernel::open_file(files_of(store, *layer), kDirectory)));
    opened.topmost_first.push_back(opened.fds.back().get());
  }
  return opened;
}

// Which layers a fix was made for; empty: it is not there.
std::string made_for(const Store& store, const std::string& name) {
  const Result<std::string> text =
      kernel::read_file(store.root() / "layers" / name / "layer.json", 1 << 20);
  const Result<json::Value> note =
      text ? json::parse(*text) : Result<json::Value>(std::unexpected(text.error()));
  const json::Value* below = note ? note->find("below") : nullptr;
  return below == nullptr || below->string() == nullptr ? "" : *below->string();
}

Result<void> publish(const Store& store, const std::string& work, const std::string& name) {
  const kernel::UniqueFd staging = TRY(store.directory("staging"));
  const kernel::UniqueFd layers = TRY(store.directory("layers"));
  if (syncfs(staging.get()) != 0) return fail_call(errno, "syncfs(staging)");
  TRY_STEP(kernel::rename_new(staging.get(), work, layers.get(), name), "publish a layer's fix");
  if (fsync(layers.get()) != 0) return fail_call(errno, "fsync(layers)");
  return {};
}

class Fix {
 public:
  Fix(const Store& store, std::string layer, const std::vector<std::string>& below)
      : store_(store), layer_(std::move(layer)), below_(below), key_(join(below, " ")) {}

  // Its name; empty: none is needed.
  Result<std::string> make(const LayerNote& note) {
    const StoreLock lock =
        TRY(StoreLock::take(store_, layer_lock_name(layer_), "layer " + layer_.substr(0, 12)));
    std::string name;
    for (unsigned number = 0;; ++number) {
      name = format("{}-{}", layer_, number);
      const std::string other = made_for(store_, name);
      if (other == key_) return name;
      if (other.empty()) break;
    }
    const Opened lower = TRY(open_layers(store_, below_));
    const kernel::UniqueFd own = TRY(kernel::open_file(files_of(store_, layer_), kDirectory));
    const ChainFix fix(LayerView(lower.topmost_first), own.get(), note);
    if (!TRY(fix.is_needed())) return std::string();
    return build(fix, name);
  }

 private:
  const Store& store_;
  std::string layer_;
  const std::vector<std::string>& below_;
  std::string key_;

  Result<std::string> build(const ChainFix& fix, const std::string& name) {
    const std::string work = format("{}.{}", name, getpid());
    const kernel::UniqueFd staging = TRY(store_.directory("staging"));
    TRY(kernel::remove_tree(staging.get(), work));
    const kernel::UniqueFd root = TRY(store_.directory(format("staging/{}/fs", work)));
    Result<void> built = fix.build(root.get(), store_.who());
    if (built) {
      json::Value note;
      note["below"] = key_;
      built = kernel::replace_file(
          store_.root() / "staging" / work / "layer.json", json::write(note) + "\n", 0600, false);
    }
    // What a damaged store has under the name goes.
    const kernel::UniqueFd layers = TRY(store_.directory("layers"));
    if (built) built = kernel::remove_tree(layers.get(), name);
    if (built) built = publish(store_, work, name);
    if (built) return name;
    static_cast<void>(kernel::remove_tree(staging.get(), work));
    return std::unexpected(std::move(built).error());
  }
};

}  // namespace

Result<std::vector<std::string>> stack_layers(const Store& store,
                                              const std::vector<oci::Digest>& diff_ids) {
  std::vector<std::string> stack;
  for (auto layer = diff_ids.begin(); layer != diff_ids.end(); ++layer) {
    if (std::find(layer + 1, diff_ids.end(), *layer) != diff_ids.end()) continue;
    const std::string name(layer->hex());
    const LayerNote note = TRY(read_layer_note(store, name));
    std::string fix;
    if (!note.links.empty() || (!note.implied.empty() && !stack.empty())) {
      fix = TRY_STEP(Fix(store, name, stack).make(note),
                     format("put layer {} on its lower ones", layer->short_hex()));
    }
    stack.push_back(name);
    if (!fix.empty()) stack.push_back(std::move(fix));
  }
  return stack;
}

}  // namespace isle::image
