#include "image/layer/layer_store.h"

#include <cerrno>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/blobs.h"
#include "kernel/beneath.h"
#include "kernel/rename_new.h"

namespace isle::image {
namespace {

// Leftovers of unpackers that were killed: we hold the layer's lock, so nobody works on them.
Result<void> remove_leftovers(int staging, std::string_view prefix) {
  kernel::UniqueFd again = TRY(kernel::open_at(staging, ".", O_RDONLY | O_DIRECTORY));
  DIR* stream = fdopendir(again.get());
  if (stream == nullptr) return fail_call(errno, "fdopendir(staging)");
  static_cast<void>(again.release());
  std::vector<std::string> names;
  while (const dirent* entry = readdir(stream)) {
    if (std::string_view(entry->d_name).starts_with(prefix)) names.emplace_back(entry->d_name);
  }
  closedir(stream);
  for (const std::string& name : names) TRY(kernel::remove_tree(staging, name));
  return {};
}

std::int64_t count_of(const json::Value& reply, std::string_view name) {
  const json::Value* member = reply.find(name);
  const std::int64_t* number = member == nullptr ? nullptr : member->integer();
  return number == nullptr ? 0 : *number;
}

std::vector<std::string> texts_of(const json::Value& value, std::string_view name) {
  std::vector<std::string> texts;
  const json::Value* member = value.find(name);
  if (member == nullptr || member->array() == nullptr) return texts;
  for (const json::Value& item : *member->array()) {
    if (item.string() != nullptr) texts.push_back(*item.string());
  }
  return texts;
}

std::vector<std::string> warnings_of(const json::Value& reply, const oci::Digest& diff_id) {
  std::vector<std::string> warnings;
  const std::string layer = format("layer {}", diff_id.short_hex());
  if (const std::int64_t count = count_of(reply, "ownersLost"); count > 0) {
    warnings.push_back(
        format("{}: {} files belong to users other than root in the image; unpacked "
               "by an ordinary user they all belong to root inside the container",
               layer,
               count));
  }
  if (const std::int64_t count = count_of(reply, "devicesSkipped"); count > 0) {
    warnings.push_back(
        format("{}: {} device nodes were left out: only root can make them", layer, count));
  }
  return warnings;
}

std::vector<std::string> unpack_arguments(const LayerAddition::Request& request,
                                          const HostPath& into,
                                          Unpacker who) {
  std::vector<std::string> arguments = {"layer",
                                        "--into",
                                        into.str(),
                                        "--digest",
                                        request.blob.digest.str(),
                                        "--diff-id",
                                        request.diff_id.str()};
  if (who == Unpacker::User) arguments.emplace_back("--user");
  return arguments;
}

Result<std::uint64_t> size_of(int file) {
  struct stat found{};
  if (fstat(file, &found) != 0) return fail_call(errno, "stat(blob)");
  return static_cast<std::uint64_t>(found.st_size);
}

}  // namespace

std::string partial_name(const oci::Digest& digest) {
  return format("{}-{}", digest.algorithm(), digest.hex());
}

bool has_layer(const Store& store, const oci::Digest& diff_id) {
  return access(store.layer_directory(diff_id).c_str(), F_OK) == 0;
}

Result<bool> LayerAddition::lock_layer() {
  layer_lock_ = TRY(StoreLock::try_take(*store_, layer_lock_name(request_.diff_id.hex())));
  if (!layer_lock_) return false;
  is_there_ = has_layer(*store_, request_.diff_id);
  return true;
}

// The blob as far as it is here: whole in blobs/, or its beginning in partial/.
Result<bool> LayerAddition::lock_blob() {
  blob_lock_ = TRY(StoreLock::try_take(*store_, blob_lock_name(request_.blob.digest)));
  if (!blob_lock_) return false;
  if (has_blob(*store_, request_.blob)) {
    kept_ = TRY(open_blob(*store_, request_.blob));
    was_whole_ = true;
    have_ = static_cast<std::uint64_t>(request_.blob.size);
    return true;
  }
  const kernel::UniqueFd directory = TRY(store_->directory("partial"));
  const std::string name = partial_name(request_.blob.digest);
  constexpr int kFlags = O_RDWR | O_CREAT | O_NOFOLLOW;
  kept_ = TRY(kernel::open_at(directory.get(), name, kFlags, 0600));
  have_ = TRY(size_of(kept_.get()));
  if (have_ > static_cast<std::uint64_t>(request_.blob.size)) {
    if (ftruncate(kept_.get(), 0) != 0) return fail_call(errno, "truncate(partial blob)");
    have_ = 0;
  }
  return true;
}

Result<std::optional<LayerAddition>> LayerAddition::begin(const Store& store,
                                                          const Request& request) {
  LayerAddition addition(store, request);
  if (!TRY(addition.lock_layer())) return std::nullopt;
  if (!addition.is_there_ && !TRY(addition.lock_blob())) return std::nullopt;
  return addition;
}

LayerAddition::~LayerAddition() {
  unpacking_.reset();  // it writes into what goes now
  if (staging_ && !work_.empty()) static_cast<void>(kernel::remove_tree(staging_.get(), work_));
}

Result<void> LayerAddition::make_work() {
  staging_ = TRY(store_->directory("staging"));
  const std::string hex(request_.diff_id.hex());
  TRY(remove_leftovers(staging_.get(), hex));
  work_ = format("{}.{}", hex, getpid());
  const kernel::UniqueFd work = TRY(store_->directory("staging/" + work_));
  if (mkdirat(work.get(), "fs", 0755) != 0) return fail_call(errno, "mkdir(fs)");
  // The caller's umask must not decide what "/" looks like inside.
  if (fchmodat(work.get(), "fs", 0755, 0) != 0) return fail_call(errno, "chmod(fs)");
  return {};
}

Result<void> LayerAddition::start(int input, int partial) {
  TRY(make_work());
  std::vector<std::string> arguments =
      unpack_arguments(request_, store_->root() / "staging" / work_ / "fs", store_->who());
  if (partial >= 0) arguments.emplace_back("--partial");
  unpacking_.emplace(TRY(Unpacking::start(arguments,
                                          {.input = input,
                                           .extra = partial,
                                           .layer_lock = layer_lock_ ? layer_lock_->fd() : -1,
                                           .blob_lock = blob_lock_ ? blob_lock_->fd() : -1})));
  return {};
}

Result<void> LayerAddition::unpack(int rest) {
  if (lseek(kept_.get(), 0, SEEK_SET) < 0) return fail_call(errno, "lseek(blob)");
  return rest < 0 ? start(kept_.get(), -1) : start(rest, kept_.get());
}

// Everything is on disk (isle-unpack saw to that), then come the names: whoever sees a name sees
// the whole.
Result<void> LayerAddition::publish(const json::Value& reply) {
  const HostPath work = store_->root() / "staging" / work_;
  TRY(kernel::replace_file(work / "layer.json", json::write(reply) + "\n", 0600, true));
  const kernel::UniqueFd layers = TRY(store_->directory("layers"));
  const std::string hex(request_.diff_id.hex());
  TRY_STEP(kernel::rename_new(staging_.get(), work_, layers.get(), hex), "publish the layer");
  work_.clear();
  if (fsync(layers.get()) != 0) return fail_call(errno, "fsync(layers)");
  return {};
}

Result<void> LayerAddition::publish_blob() {
  if (was_whole_ || !kept_) return {};
  const oci::Digest& digest = request_.blob.digest;
  const kernel::UniqueFd partial = TRY(store_->directory("partial"));
  const kernel::UniqueFd blobs = TRY(store_->directory(format("blobs/{}", digest.algorithm())));
  if (renameat(partial.get(),
               partial_name(digest).c_str(),
               blobs.get(),
               std::string(digest.hex()).c_str()) != 0) {
    return fail_call(errno, format("rename(blob {})", digest.short_hex()));
  }
  if (fsync(blobs.get()) != 0) return fail_call(errno, "fsync(blobs)");
  return {};
}

void LayerAddition::drop_blob() {
  if (!kept_) return;
  const HostPath path = was_whole_
                            ? store_->blob_file(request_.blob.digest)
                            : store_->root() / "partial" / partial_name(request_.blob.digest);
  unlink(path.c_str());
}

Result<std::vector<std::string>> LayerAddition::finish(std::optional<Error> cut_short) {
  const std::string step = format("unpack layer {}", request_.diff_id.short_hex());
  const Result<json::Value> reply = unpacking_->finish();
  const bool ended = unpacking_->input_ended();
  unpacking_.reset();
  if (!reply && cut_short && ended) {
    if (cut_short->kind == ErrorKind::Corrupt) drop_blob();
    return std::unexpected(std::move(*cut_short));
  }
  if (!reply) {
    if (reply.error().kind == ErrorKind::Corrupt) drop_blob();
    return std::unexpected(Error(reply.error()).within(step));
  }
  TRY_STEP(publish_blob(), step);
  TRY_STEP(publish(*reply), step);
  return warnings_of(*reply, request_.diff_id);
}

Result<std::vector<std::string>> add_layer(const Store& store, const LayerRequest& request) {
  if (has_layer(store, request.diff_id)) return std::vector<std::string>();
  LayerAddition addition(store, {.blob = {.digest = request.digest}, .diff_id = request.diff_id});
  addition.layer_lock_ = TRY(StoreLock::take(store,
                                             layer_lock_name(request.diff_id.hex()),
                                             format("layer {}", request.diff_id.short_hex())));
  if (has_layer(store, request.diff_id)) return std::vector<std::string>();
  TRY(addition.start(request.blob.get(), -1));
  return addition.finish();
}

Result<LayerNote> read_layer_note(const Store& store, std::string_view directory) {
  const HostPath file = store.root() / "layers" / directory / "layer.json";
  const json::Value document =
      TRY_STEP(json::parse(TRY(kernel::read_file(file))), format("read {}", file.str()));
  LayerNote note;
  note.bytes = count_of(document, "bytes");
  note.implied = texts_of(document, "implied");
  const std::vector<std::string> links = texts_of(document, "links");
  for (std::size_t i = 0; i + 1 < links.size(); i += 2) {
    note.links.push_back({.path = links[i], .target = links[i + 1]});
  }
  return note;
}

}  // namespace isle::image
