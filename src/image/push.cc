#include "image/push.h"

#include <map>
#include <vector>

#include "base/strings.h"
#include "image/blobs.h"
#include "image/fetcher.h"
#include "image/image_names.h"
#include "image/image_record.h"
#include "image/lease.h"
#include "image/make_image.h"
#include "image/resolve.h"

namespace isle::image {
namespace {

constexpr std::size_t kAtOnce = 4;

Result<ImageRecord> find_record(const Store& store, const PushRequest& request) {
  const std::string& image = request.image;
  const ImageInfo info = TRY(resolve(store, image));
  if (request.own_name && info.name.empty()) {
    return fail(ErrorKind::InvalidArgument,
                format("{} is an id, and says nothing of where to", quoted(image)),
                format("isle push {} NAME", image));
  }
  std::optional<ImageRecord> record = TRY(load_image(store, info.id));
  if (record) return std::move(*record);
  return fail(ErrorKind::NotFound, format("image {} has gone", quoted(image)));
}

// Another repository of the same registry that this image has a name in: its blobs may be there.
Result<std::string> sibling(const Store& store,
                            const ImageRecord& record,
                            const Reference& destination) {
  for (const NamedImage& named : TRY(list_images(store))) {
    if (named.id != record.id || named.name.empty()) continue;
    const Result<Reference> reference = Reference::parse(named.name);
    const bool other = reference && reference->domain == destination.domain &&
                       reference->repository != destination.repository;
    if (other) return reference->repository;
  }
  return std::string();
}

// Each once, though an image may name a layer twice.
std::vector<oci::Descriptor> blobs_of(const oci::Manifest& manifest) {
  std::vector<oci::Descriptor> blobs;
  std::map<oci::Digest, bool> seen;
  std::vector<oci::Descriptor> all = manifest.layers;
  all.push_back(manifest.config);
  for (oci::Descriptor& blob : all) {
    if (!std::exchange(seen[blob.digest], true)) blobs.push_back(std::move(blob));
  }
  return blobs;
}

class Push {
 public:
  Push(const Store& store, const PushRequest& request, Fetcher& fetcher, std::string sibling)
      : store_(store), request_(request), fetcher_(fetcher), sibling_(std::move(sibling)) {}

  Result<void> blobs(const std::vector<oci::Descriptor>& blobs);

 private:
  const Store& store_;
  const PushRequest& request_;
  Fetcher& fetcher_;
  std::string sibling_;
  std::map<std::uint64_t, oci::Descriptor> under_way_;  // by ticket

  Result<void> begin(const oci::Descriptor& blob);
  Result<void> wait_for_one();
};

Result<void> Push::begin(const oci::Descriptor& blob) {
  const kernel::UniqueFd file = TRY(open_blob(store_, blob));
  const std::uint64_t ticket = TRY(fetcher_.begin_upload(blob, file, sibling_));
  under_way_.emplace(ticket, blob);
  return {};
}

Result<void> Push::wait_for_one() {
  for (;;) {
    const FetchEvent event = TRY(fetcher_.next_event());
    if (!event.ended) continue;
    const auto done = under_way_.find(event.ticket);
    if (done == under_way_.end()) continue;
    const oci::Descriptor blob = done->second;
    under_way_.erase(done);
    if (event.error) {
      return std::unexpected(
          Error(*event.error).within(format("blob {}", blob.digest.short_hex())));
    }
    if (request_.on_blob) request_.on_blob(blob, event.outcome);
    return {};
  }
}

Result<void> Push::blobs(const std::vector<oci::Descriptor>& blobs) {
  for (const oci::Descriptor& blob : blobs) {
    if (under_way_.size() == kAtOnce) TRY(wait_for_one());
    TRY(begin(blob));
  }
  while (!under_way_.empty()) TRY(wait_for_one());
  return {};
}

}  // namespace

Result<PushReport> push_image(const Store& store, const PushRequest& request) {
  if (request.destination.digest) {
    return fail(ErrorKind::InvalidArgument,
                format("{} has a digest, which is for the registry to say",
                       quoted(request.destination.familiar())),
                "push to a tag");
  }
  const ImageRecord record = TRY(find_record(store, request));
  Lease lease = TRY(Lease::take(store));
  TRY(lease.keep_all());
  // Before anything is sent: half an image helps nobody.
  WholeImage whole = TRY(whole_image(store, record));
  TRY(take_form(store, request.form, whole));
  if (whole.packed_anew && request.on_warning) request.on_warning(packed_anew_words(record, whole));
  Fetcher fetcher = TRY(Fetcher::start(request.destination, request.fetch));
  for (const std::string& warning : fetcher.warnings()) {
    if (request.on_warning) request.on_warning(warning);
  }
  Push push(store, request, fetcher, TRY(sibling(store, record, request.destination)));
  TRY(push.blobs(blobs_of(whole.manifest)));
  const std::string& name =
      request.by_digest ? whole.descriptor.digest.str() : request.destination.tag;
  TRY_STEP(fetcher.put_manifest(name, whole.descriptor.media_type, whole.manifest_bytes),
           "manifest");
  return PushReport{.manifest = whole.descriptor};
}

}  // namespace isle::image
