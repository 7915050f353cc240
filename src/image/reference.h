#pragma once
// What a person writes for an image, "name[:tag][@digest]", and what it means: docker's grammar
// and defaults (a name without a registry is docker.io's, a docker.io name without a user is
// library's, no tag and no digest is "latest"). Source: the distribution project's reference
// grammar, as its documentation gives it.

#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "oci/digest.h"

namespace isle::image {

struct Reference {
  std::string domain;      // "docker.io", "localhost:5000"
  std::string repository;  // "library/busybox"
  std::string tag;         // empty only when there is a digest
  std::optional<oci::Digest> digest;

  // InvalidArgument quotes the text and says what is wrong with it.
  static Result<Reference> parse(std::string_view text);

  // "docker.io/library/busybox:latest".
  std::string str() const;
  // As people write it: "busybox:latest", "quay.io/a/b@sha256:...".
  std::string familiar() const;
  auto operator<=>(const Reference&) const = default;
};

}  // namespace isle::image
