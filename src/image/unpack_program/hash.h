#pragma once
// SHA-256 and SHA-512 by OpenSSL's EVP, which uses the CPU's own instructions.

#include <memory>
#include <string_view>

#include "base/error.h"
#include "oci/digest.h"

struct evp_md_ctx_st;

namespace isle::image {

class Hasher {
 public:
  // `algorithm` is "sha256" or "sha512".
  static Result<Hasher> create(std::string_view algorithm);
  void add(std::string_view bytes);
  // Ends it; called once.
  oci::Digest finish();

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::string algorithm_;
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace isle::image
