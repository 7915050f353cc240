#include "image/fetch_program/proxy.h"

#include <cstdlib>

#include "image/fetch_program/url.h"

namespace isle::image {
namespace {

std::string first_set(const char* small, const char* big) {
  for (const char* name : {small, big}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return "";
}

}  // namespace

ProxyChoice proxy_for(std::string_view url) {
  if (is_loopback(host_of(url))) return {};
  const bool tls = url.starts_with("https:");
  ProxyChoice choice;
  choice.proxy =
      tls ? first_set("https_proxy", "HTTPS_PROXY") : first_set("http_proxy", "HTTP_PROXY");
  if (choice.proxy.empty()) choice.proxy = first_set("all_proxy", "ALL_PROXY");
  choice.except = first_set("no_proxy", "NO_PROXY");
  return choice;
}

}  // namespace isle::image
