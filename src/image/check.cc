#include "image/check.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/strings.h"
#include "image/blobs.h"
#include "image/entries.h"
#include "image/gc.h"
#include "image/image_names.h"
#include "image/layer/layer_store.h"
#include "image/layer/unpacker.h"
#include "image/snapshot/zfs.h"
#include "image/use.h"
#include "kernel/beneath.h"

namespace isle::image {
namespace {

class Checker {
 public:
  Checker(const Store& store, bool repair) : store_(store), repair_(repair) {}

  // Blobs first: what is rebuilt is rebuilt from good ones.
  Result<CheckReport> run() {
    TRY(check_blobs());
    TRY(check_records());
    const Use use = TRY(read_use(store_));
    for (const auto& [id, image] : use.images) TRY(check_image(image));
    TRY(check_names(use));
    TRY(check_datasets());
    TRY(check_leftovers());
    if (repair_) TRY(collect(store_));
    return std::move(report_);
  }

 private:
  const Store& store_;
  bool repair_;
  CheckReport report_;

  // Runs `mend` if that is wanted.
  template <typename Mend>
  Result<void> trouble(const std::string& what, const std::string& done, const Mend& mend) {
    if (!repair_) {
      report_.problems.push_back(what);
      return {};
    }
    const Result<void> mended = mend();
    if (mended) {
      report_.repaired.push_back(format("{}: {}", what, done));
    } else {
      report_.problems.push_back(format("{}: {}", what, mended.error().describe()));
    }
    return {};
  }

  Result<void> unlink_file(const HostPath& path) const {
    if (unlink(path.c_str()) == 0 || errno == ENOENT) return {};
    return fail_call(errno, format("unlink({})", path.str()));
  }

  Result<void> check_blobs() {
    for (const std::string& algorithm : TRY(entries_of(store_.root() / "blobs"))) {
      for (const std::string& hex : TRY(entries_of(store_.root() / "blobs" / algorithm))) {
        ++report_.blobs;
        TRY(check_blob(store_.root() / "blobs" / algorithm / hex, format("{}:{}", algorithm, hex)));
      }
    }
    return {};
  }

  Result<void> check_blob(const HostPath& path, const std::string& name) {
    const Result<oci::Digest> digest = oci::Digest::parse(name);
    Result<void> checked;
    if (digest) {
      const kernel::UniqueFd file = TRY(kernel::open_if_exists(path, O_RDONLY | O_NOFOLLOW));
      if (!file) return {};  // it was just removed
      checked = check_digest(file.get(), *digest);
    } else {
      checked = std::unexpected(digest.error());
    }
    if (checked) return {};
    return trouble(format("blob {} is damaged", name.substr(0, 19)), "removed", [&] {
      return unlink_file(path);
    });
  }

  // A record that cannot be read is made anew from the documents it was made of.
  Result<void> check_records() {
    for (const oci::Digest& id : TRY(images_with_prefix(store_, ""))) {
      ++report_.images;
      const Result<std::optional<ImageRecord>> record = load_image(store_, id);
      if (record && (!*record || (*record)->id == id)) continue;
      TRY(trouble(format("the record of image {} is damaged", id.short_hex()),
                  "made anew, or removed where its manifest is not kept",
                  [&] { return rebuild(id); }));
    }
    return {};
  }

  Result<void> rebuild(const oci::Digest& id) {
    for (const std::string& hex : TRY(entries_of(store_.root() / "blobs" / "sha256"))) {
      const Result<ImageRecord> record = from_manifest(hex, id);
      if (!record) continue;
      ImageRecord made = *record;
      for (std::size_t i = 0; i < made.config.rootfs.diff_ids.size(); ++i) {
        const oci::Digest& diff_id = made.config.rootfs.diff_ids[i];
        if (!has_layer(store_, diff_id)) TRY(unpack_again(made.manifest.layers[i], diff_id));
      }
      return save_image(store_, made);
    }
    const kernel::UniqueFd lock = TRY(begin_change_of_names(store_));
    return unlink_file(store_.image_file(id));
  }

  // An image of which this blob is the manifest.
  Result<ImageRecord> from_manifest(const std::string& hex, const oci::Digest& id) const {
    const HostPath path = store_.root() / "blobs" / "sha256" / hex;
    const std::string text = TRY(kernel::read_file(path, 4 << 20));
    ImageRecord record;
    record.manifest = TRY(oci::read_manifest(text));
    if (record.manifest.config.digest != id) return fail(ErrorKind::NotFound, "another's manifest");
    record.id = id;
    record.descriptor = {.media_type = record.manifest.media_type.empty()
                                           ? "application/vnd.oci.image.manifest.v1+json"
                                           : record.manifest.media_type,
                         .digest = TRY(oci::Digest::parse("sha256:" + hex)),
                         .size = std::ssize(text)};
    record.config = TRY(oci::read_image_config(TRY(read_blob(store_, record.manifest.config))));
    if (record.config.rootfs.diff_ids.size() == record.manifest.layers.size()) return record;
    return fail(ErrorKind::Corrupt, "manifest and configuration do not fit");
  }

  Result<void> check_image(const ImageUse& image) {
    const ImageRecord& record = image.record;
    const std::string name = format("image {}", record.id.short_hex());
    for (const oci::Descriptor* document : {&record.descriptor, &record.manifest.config}) {
      if (has_blob(store_, *document)) continue;
      report_.problems.push_back(format(
          "{} lacks blob {}: pull it again, or remove it", name, document->digest.short_hex()));
    }
    bool stacked = true;
    for (std::size_t i = 0; i < record.config.rootfs.diff_ids.size(); ++i) {
      TRY(check_layer(name, record.manifest.layers[i], record.config.rootfs.diff_ids[i]));
    }
    for (const std::string& layer : record.stack) {
      if (layer.find('-') == std::string::npos) continue;  // a layer, looked at above
      stacked = stacked && access((store_.root() / "layers" / layer / "fs").c_str(), F_OK) == 0;
    }
    if (stacked) return {};
    return trouble(
        format("{} lacks what stacks its layers", name), "made anew", [&]() -> Result<void> {
          ImageRecord again = record;
          return save_image(store_, again);
        });
  }

  Result<void> check_layer(const std::string& image,
                           const oci::Descriptor& blob,
                           const oci::Digest& diff_id) {
    ++report_.layers;
    const bool there = has_layer(store_, diff_id);
    if (there && read_layer_note(store_, diff_id.hex())) return {};
    return trouble(
        format("{} {} layer {}", image, there ? "has a damaged" : "lacks", diff_id.short_hex()),
        "unpacked again",
        [&] { return unpack_again(blob, diff_id); });
  }

  Result<void> unpack_again(const oci::Descriptor& blob, const oci::Digest& diff_id) {
    const kernel::UniqueFd file = TRY(open_blob(store_, blob));
    const kernel::UniqueFd layers = TRY(store_.directory("layers"));
    TRY(kernel::remove_tree(layers.get(), std::string(diff_id.hex())));
    TRY(add_layer(store_, {.digest = blob.digest, .diff_id = diff_id, .blob = file}));
    return {};
  }

  Result<void> check_names(const Use& use) {
    for (const std::string& name : use.dangling_names) {
      TRY(trouble(format("the name {} leads to no image", name), "removed", [&]() -> Result<void> {
        const Reference reference = TRY(Reference::parse(name));
        TRY(remove_name(store_, reference));
        return {};
      }));
    }
    return {};
  }

  // Clones whose container is gone: nothing else would ever look at them.
  Result<void> check_datasets() {
    for (const std::string& id : TRY(datasets_of(store_)).containers) {
      if (access(store_.container_directory(id).c_str(), F_OK) == 0) continue;
      TRY(trouble(format("a data set is left of container {}", id.substr(0, 12)), "removed", [&] {
        return remove_container_datasets(store_, id, true);
      }));
    }
    return {};
  }

  // No faults: the next pull goes on with them, or removes them.
  Result<void> check_leftovers() {
    std::int64_t bytes = 0;
    const auto partial = TRY(entries_of(store_.root() / "partial"));
    for (const std::string& name : partial) {
      struct stat found{};
      if (stat((store_.root() / "partial" / name).c_str(), &found) == 0) bytes += found.st_size;
    }
    if (!partial.empty()) {
      report_.notes.push_back(format(
          "{} unfinished downloads of {} bytes are kept for the next pull", partial.size(), bytes));
    }
    const std::size_t staged = TRY(entries_of(store_.root() / "staging")).size();
    if (staged > 0) {
      report_.notes.push_back(
          format("{} layers or blobs are in work, or were left by killed processes", staged));
    }
    return {};
  }
};

}  // namespace

Result<CheckReport> check_store(const Store& store, bool repair) {
  return Checker(store, repair).run();
}

}  // namespace isle::image
