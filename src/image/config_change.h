#pragma once
// What commit's and import's --change may say: instructions of a Dockerfile that only write the
// configuration, in both their forms (shell and JSON). Source: Dockerfile reference; the Dockerfile
// builder proper will do more.

#include <string_view>

#include "base/error.h"
#include "oci/image.h"

namespace isle::image {

// "CMD [\"sh\"]", "ENV A=1 B=2" ... InvalidArgument quotes the change; Unsupported names an
// instruction that is none of CMD ENTRYPOINT ENV EXPOSE HEALTHCHECK LABEL ONBUILD STOPSIGNAL USER
// VOLUME WORKDIR.
Result<void> apply_change(oci::ImageRun& run, std::string_view change);

}  // namespace isle::image
