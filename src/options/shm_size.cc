// --shm-size: how much POSIX shared memory there is, shm_overview(7).

#include "base/strings.h"
#include "options/rows.h"
#include "options/values.h"

namespace isle::options {
namespace {

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  oci::Mount* shm = builder.find_mount("/dev/shm");
  if (!container.storage.shm_size || shm == nullptr) return {};
  std::erase_if(shm->options, [](const std::string& word) { return word.starts_with("size="); });
  shm->options.push_back(format("size={}", *container.storage.shm_size));
  return {};
}

}  // namespace

const Option kShmSize{
    .flag =
        {"shm-size", 0, Arity::Value, "BYTES", "Size of /dev/shm (default 64m)", Section::Files},
    .parse = [](RunRequest& request, std::string_view value) -> Result<void> {
      const std::int64_t size = TRY(parse_size(value, "shm-size"));
      // The kernel takes size=0 for "no limit", which nobody means.
      if (size == 0) return fail(ErrorKind::InvalidArgument, "--shm-size: 0 is too small");
      request.container.storage.shm_size = size;
      return {};
    },
    .apply = apply,
};

}  // namespace isle::options
