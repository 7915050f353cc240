#include "image/layer/layer_store.h"

#include <cerrno>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/layer/unpacker.h"
#include "kernel/beneath.h"

namespace isle::image {
namespace {

// A holder that unpacks gigabytes on a slow disk is still at work; one that was stopped is named.
constexpr int kLockSeconds = 300;

class LayerLock {
 public:
  static Result<LayerLock> take(const Store& store, const oci::Digest& diff_id) {
    const kernel::UniqueFd directory = TRY(store.directory("locks"));
    const std::string name = format("layer-{}", diff_id.hex());
    kernel::UniqueFd file = TRY(kernel::open_at(directory.get(), name, O_RDWR | O_CREAT, 0600));
    constexpr timespec kPause{.tv_sec = 0, .tv_nsec = 20'000'000};
    for (int turn = 0; flock(file.get(), LOCK_EX | LOCK_NB) != 0; ++turn) {
      if (errno != EWOULDBLOCK) return fail_call(errno, format("flock({})", name));
      if (turn >= kLockSeconds * 50) return refused(file.get(), diff_id);
      nanosleep(&kPause, nullptr);
    }
    TRY(write_holder(file.get()));
    return LayerLock(std::move(file));
  }

 private:
  kernel::UniqueFd file_;
  explicit LayerLock(kernel::UniqueFd file) : file_(std::move(file)) {}

  static Result<void> write_holder(int file) {
    const std::string text = format("{}\n", getpid());
    if (ftruncate(file, 0) != 0 || pwrite(file, text.data(), text.size(), 0) < 0) {
      return fail_call(errno, "write(lock)");
    }
    return {};
  }
  static std::unexpected<Error> refused(int file, const oci::Digest& diff_id) {
    char text[32] = {};
    const ssize_t size = pread(file, text, sizeof text - 1, 0);
    const std::string holder(
        trim(std::string_view(text, size > 0 ? static_cast<std::size_t>(size) : 0)));
    return fail(ErrorKind::Timeout,
                format("layer {} is being unpacked by process {} for more than {} s",
                       diff_id.short_hex(),
                       holder,
                       kLockSeconds),
                "look whether that process is stopped; the lock ends with it");
  }
};

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

// Everything on disk, then the name: whoever sees the name sees the whole.
Result<void> publish(const Store& store,
                     int staging,
                     const std::string& work,
                     std::string_view hex) {
  const kernel::UniqueFd layers = TRY(store.directory("layers"));
  if (syncfs(staging) != 0) return fail_call(errno, "syncfs(staging)");
  if (renameat2(staging, work.c_str(), layers.get(), std::string(hex).c_str(), RENAME_NOREPLACE) !=
      0) {
    return fail_call(errno, format("renameat2({}, layers/{})", work, hex));
  }
  if (fsync(layers.get()) != 0) return fail_call(errno, "fsync(layers)");
  return {};
}

Result<json::Value> unpack_into(const Store& store,
                                const LayerRequest& request,
                                const kernel::UniqueFd& work,
                                const HostPath& path) {
  if (mkdirat(work.get(), "fs", 0755) != 0) return fail_call(errno, "mkdir(fs)");
  // The caller's umask must not decide what "/" looks like inside.
  if (fchmodat(work.get(), "fs", 0755, 0) != 0) return fail_call(errno, "chmod(fs)");
  std::vector<std::string> arguments = {"layer",
                                        "--into",
                                        (path / "fs").str(),
                                        "--digest",
                                        request.digest.str(),
                                        "--diff-id",
                                        request.diff_id.str()};
  if (store.who() == Unpacker::User) arguments.emplace_back("--user");
  json::Value reply = TRY(ask_unpacker(arguments, request.blob.get()));
  TRY(kernel::replace_file(path / "layer.json", json::write(reply) + "\n", 0600, false));
  return reply;
}

Result<json::Value> unpack_and_publish(const Store& store, const LayerRequest& request) {
  const kernel::UniqueFd staging = TRY(store.directory("staging"));
  const std::string hex(request.diff_id.hex());
  TRY(remove_leftovers(staging.get(), hex));
  const std::string name = format("{}.{}", hex, getpid());
  const kernel::UniqueFd work = TRY(store.directory("staging/" + name));
  Result<json::Value> reply = unpack_into(store, request, work, store.root() / "staging" / name);
  if (reply) {
    Result<void> published = publish(store, staging.get(), name, hex);
    if (published) return reply;
    reply = std::unexpected(std::move(published).error());
  }
  static_cast<void>(kernel::remove_tree(staging.get(), name));
  return reply;
}

}  // namespace

bool has_layer(const Store& store, const oci::Digest& diff_id) {
  return access(store.layer_directory(diff_id).c_str(), F_OK) == 0;
}

Result<std::vector<std::string>> add_layer(const Store& store, const LayerRequest& request) {
  if (has_layer(store, request.diff_id)) return std::vector<std::string>();
  const LayerLock lock = TRY(LayerLock::take(store, request.diff_id));
  if (has_layer(store, request.diff_id)) return std::vector<std::string>();
  const json::Value reply = TRY_STEP(unpack_and_publish(store, request),
                                     format("unpack layer {}", request.diff_id.short_hex()));
  return warnings_of(reply, request.diff_id);
}

}  // namespace isle::image
