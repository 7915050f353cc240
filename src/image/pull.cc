#include "image/pull.h"

#include <algorithm>

#include <unistd.h>

#include "base/strings.h"
#include "image/blobs.h"
#include "image/fetcher.h"
#include "image/image_names.h"
#include "image/layer/unpacker.h"
#include "image/lease.h"
#include "image/platform_choice.h"
#include "image/pull_layers.h"
#include "oci/media_type.h"

namespace isle::image {
namespace {

constexpr int kMaxDepth = 3;                  // of indexes in indexes
constexpr std::int64_t kMaxConfig = 4 << 20;  // what registries accept, too
constexpr std::string_view kSchema1 = "application/vnd.docker.distribution.manifest.v1";

struct Document {
  oci::Descriptor descriptor;
  std::string bytes;
};

class Pull {
 public:
  Pull(const Store& store,
       const Reference& reference,
       const PullRequest& request,
       Fetcher fetcher,
       Lease lease)
      : store_(store),
        reference_(reference),
        request_(request),
        fetcher_(std::move(fetcher)),
        lease_(std::move(lease)) {}

  Result<Pulled> run() {
    pulled_.warnings = fetcher_.warnings();
    const Document top =
        TRY(fetch_document(reference_.digest ? reference_.digest->str() : reference_.tag));
    pulled_.digest = top.descriptor.digest;
    const Document manifest = TRY(find_manifest(top, 1));
    TRY(take_manifest(manifest));
    const bool was_there = TRY(is_there_already());
    if (!was_there) TRY(take_config());
    TRY(check_platform());
    if (!was_there) {
      TRY(take_layers());
      TRY(save_image(store_, pulled_.record));
    }
    Reference name = reference_;
    name.digest = pulled_.digest;
    TRY(name_image(store_, name, pulled_.record.id));
    return std::move(pulled_);
  }

 private:
  const Store& store_;
  const Reference& reference_;
  const PullRequest& request_;
  Fetcher fetcher_;
  Lease lease_;
  Pulled pulled_;
  bool index_told_platform_ = false;

  Result<Document> fetch_document(const std::string& what) {
    FetchedManifest fetched = TRY(fetcher_.manifest(what));
    Document document{.descriptor = {.media_type = fetched.media_type,
                                     .digest = fetched.digest,
                                     .size = std::ssize(fetched.bytes)},
                      .bytes = std::move(fetched.bytes)};
    TRY(lease_.keep(document.descriptor.digest));
    return document;
  }

  // What an index names may be here from another time.
  Result<Document> fetch_listed(const oci::Descriptor& descriptor) {
    TRY(lease_.keep(descriptor.digest));
    if (has_blob(store_, descriptor)) {
      Result<std::string> bytes = read_blob(store_, descriptor);
      if (bytes) return Document{.descriptor = descriptor, .bytes = std::move(*bytes)};
    }
    return fetch_document(descriptor.digest.str());
  }

  // Down through indexes to the manifest for the platform.
  Result<Document> find_manifest(const Document& document, int depth) {
    const std::string& type = document.descriptor.media_type;
    if (type.starts_with(kSchema1)) {
      return fail(ErrorKind::Unsupported,
                  "the registry has it as a manifest of docker's schema 1, out of use since 2017",
                  "push the image again with a program of today");
    }
    if (oci::is_manifest(type)) return document;
    if (!oci::is_index(type)) {
      return fail(ErrorKind::Unsupported,
                  format("the registry has it as {}, which is no image", quoted(type)));
    }
    if (depth > kMaxDepth) return fail(ErrorKind::Corrupt, "indexes are nested too deeply");
    TRY(put_blob(store_, document.descriptor.digest, document.bytes));
    const oci::Index index = TRY_STEP(oci::read_index(document.bytes), "the image's index");
    const oci::Descriptor chosen =
        TRY(choose_manifest(index, request_.platform.value_or(oci::host_platform())));
    index_told_platform_ = chosen.platform.has_value();
    return find_manifest(TRY(fetch_listed(chosen)), depth + 1);
  }

  Result<void> take_manifest(const Document& document) {
    ImageRecord& record = pulled_.record;
    record.manifest = TRY_STEP(oci::read_manifest(document.bytes), "the image's manifest");
    record.descriptor = document.descriptor;
    if (!oci::is_image_config(record.manifest.config.media_type)) return artifact();
    for (const oci::Descriptor& layer : record.manifest.layers) {
      if (!oci::layer_compression(layer.media_type)) {
        return fail(
            ErrorKind::Unsupported,
            format("a layer is of type {}, which is not supported", quoted(layer.media_type)));
      }
      TRY(lease_.keep(layer.digest));
    }
    record.id = record.manifest.config.digest;
    TRY(lease_.keep(record.id));
    return put_blob(store_, document.descriptor.digest, document.bytes);
  }

  std::unexpected<Error> artifact() const {
    const oci::Manifest& manifest = pulled_.record.manifest;
    const std::string& type =
        manifest.artifact_type.empty() ? manifest.config.media_type : manifest.artifact_type;
    return fail(ErrorKind::Unsupported,
                format("it is an artifact of type {}, no image that can be run", quoted(type)));
  }

  // The same image under the same manifest, with all that it needs.
  Result<bool> is_there_already() {
    const Result<std::optional<ImageRecord>> known = load_image(store_, pulled_.record.id);
    if (!known || !*known || (*known)->descriptor.digest != pulled_.record.descriptor.digest) {
      return false;
    }
    if (!has_blob(store_, (*known)->manifest.config)) return false;
    for (const oci::Digest& layer : (*known)->config.rootfs.diff_ids) TRY(lease_.keep(layer));
    for (const std::string& layer : (*known)->stack) {
      if (access((store_.root() / "layers" / layer / "fs").c_str(), F_OK) != 0) return false;
    }
    pulled_.record = **known;
    pulled_.was_there = true;
    return true;
  }

  Result<void> take_config() {
    const oci::Descriptor& config = pulled_.record.manifest.config;
    if (config.size > kMaxConfig) {
      return fail(ErrorKind::Corrupt, format("the configuration has {} bytes", config.size));
    }
    if (!has_blob(store_, config)) {
      const std::string bytes = TRY_STEP(fetch_text(config), "fetch the configuration");
      const oci::Digest found = TRY(digest_of(bytes));
      if (found != config.digest) {
        return fail(
            ErrorKind::Corrupt,
            format("the configuration's digest is {}, not {}", found.str(), config.digest.str()),
            "it was damaged or exchanged, at the registry or on its way");
      }
      TRY(put_blob(store_, config.digest, bytes));
    }
    pulled_.record.config = TRY_STEP(oci::read_image_config(TRY(read_blob(store_, config))),
                                     "the image's configuration");
    return {};
  }

  Result<std::string> fetch_text(const oci::Descriptor& descriptor) {
    kernel::FdPair pipe = TRY(kernel::make_pipe());
    const std::uint64_t ticket = TRY(fetcher_.begin_blob(descriptor, 0, std::move(pipe.second)));
    Result<std::string> bytes = kernel::read_all(pipe.first.get(), kMaxConfig);
    pipe.first.reset();
    for (;;) {
      FetchEvent event = TRY(fetcher_.next_event());
      if (event.ticket != ticket || !event.ended) continue;
      // When we gave up, isle-fetch only saw that nobody reads any more.
      if (bytes && event.error) return std::unexpected(std::move(*event.error));
      return bytes;
    }
  }

  // An index that told the platform was believed; configurations often leave the variant out.
  Result<void> check_platform() {
    if (index_told_platform_) return {};
    const ImageRecord& record = pulled_.record;
    const oci::Platform& platform = record.config.platform;
    const oci::Platform expected = request_.platform.value_or(oci::host_platform());
    if (oci::runs_on(platform, expected)) return {};
    const std::string words = format(
        "the image is for {}, not for {}", platform_words(platform), platform_words(expected));
    if (request_.platform) return fail(ErrorKind::NotFound, words);
    pulled_.warnings.push_back(words);
    return {};
  }

  Result<void> check_count() const {
    const ImageRecord& record = pulled_.record;
    const std::size_t wanted = record.config.rootfs.diff_ids.size();
    if (wanted == record.manifest.layers.size()) return {};
    return fail(ErrorKind::Corrupt,
                format("the configuration names {} layers, the manifest {}",
                       wanted,
                       record.manifest.layers.size()));
  }

  Result<void> take_layers() {
    TRY(check_count());
    const ImageRecord& record = pulled_.record;
    std::vector<LayerAddition::Request> layers;
    for (std::size_t i = 0; i < record.manifest.layers.size(); ++i) {
      const oci::Digest& diff_id = record.config.rootfs.diff_ids[i];
      TRY(lease_.keep(diff_id));
      // An image may have one layer twice.
      const auto same = [&diff_id](const auto& layer) { return layer.diff_id == diff_id; };
      if (std::ranges::any_of(layers, same)) continue;
      layers.push_back({.blob = record.manifest.layers[i], .diff_id = diff_id});
    }
    const std::vector<std::string> warnings =
        TRY(pull_layers(store_, fetcher_, layers, request_.progress));
    pulled_.warnings.insert(pulled_.warnings.end(), warnings.begin(), warnings.end());
    return {};
  }
};

}  // namespace

Result<Pulled> pull(const Store& store, const Reference& reference, const PullRequest& request) {
  Lease lease = TRY(Lease::take(store));
  Fetcher fetcher = TRY(Fetcher::start(reference, request.fetch));
  return Pull(store, reference, request, std::move(fetcher), std::move(lease)).run();
}

}  // namespace isle::image
