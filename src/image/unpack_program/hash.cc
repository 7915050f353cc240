#include "image/unpack_program/hash.h"

#include <openssl/evp.h>

#include "base/strings.h"

namespace isle::image {

void Hasher::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

Result<Hasher> Hasher::create(std::string_view algorithm) {
  Hasher hasher;
  hasher.algorithm_ = algorithm;
  hasher.context_.reset(EVP_MD_CTX_new());
  const EVP_MD* kind = algorithm == "sha512" ? EVP_sha512() : EVP_sha256();
  if (!hasher.context_ || EVP_DigestInit_ex(hasher.context_.get(), kind, nullptr) != 1) {
    return fail(ErrorKind::Internal, format("libcrypto gives no {}", algorithm));
  }
  return hasher;
}

void Hasher::add(std::string_view bytes) {
  EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
}

oci::Digest Hasher::finish() {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_DigestFinal_ex(context_.get(), bytes, &size);
  std::string text = algorithm_ + ":";
  for (unsigned i = 0; i < size; ++i) text += format("{:02x}", bytes[i]);
  return MUST(oci::Digest::parse(text));
}

}  // namespace isle::image
