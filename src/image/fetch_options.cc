#include "image/fetch_options.h"

#include "image/fetch_wire.h"

namespace isle::image {

json::Value write_fetch_options(const FetchOptions& options) {
  json::Value value;
  if (options.tls_verify) value["tlsVerify"] = *options.tls_verify;
  value["creds"] = options.creds;
  value["authfile"] = options.authfile;
  value["certDir"] = options.cert_dir;
  if (options.retries) value["retries"] = *options.retries;
  value["shortName"] = options.short_name;
  value["retryDelay"] = options.retry_delay;
  return value;
}

FetchOptions read_fetch_options(const json::Value& value) {
  FetchOptions options;
  const json::Value* verify = value.find("tlsVerify");
  if (verify != nullptr && verify->boolean() != nullptr) options.tls_verify = *verify->boolean();
  options.creds = text_member(value, "creds");
  options.authfile = text_member(value, "authfile");
  options.cert_dir = text_member(value, "certDir");
  if (value.find("retries") != nullptr) {
    options.retries = static_cast<unsigned>(number_member(value, "retries"));
  }
  const json::Value* short_name = value.find("shortName");
  options.short_name =
      short_name != nullptr && short_name->boolean() != nullptr && *short_name->boolean();
  options.retry_delay = static_cast<unsigned>(number_member(value, "retryDelay"));
  return options;
}

}  // namespace isle::image
