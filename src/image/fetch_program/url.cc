#include "image/fetch_program/url.h"

#include <algorithm>
#include <memory>

#include <curl/urlapi.h>

#include "base/strings.h"

namespace isle::image {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
struct FreeText {
  void operator()(char* text) const { curl_free(text); }
};

// The part between "://" and the path, without what stands before "@".
std::string_view authority_of(std::string_view url) {
  const std::size_t start = url.find("://");
  if (start == std::string_view::npos) return {};
  std::string_view rest = url.substr(start + 3);
  rest = rest.substr(0, rest.find_first_of("/?#"));
  const std::size_t at = rest.rfind('@');
  return at == std::string_view::npos ? rest : rest.substr(at + 1);
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return cut(host, ':').before;
}

bool is_port_of(std::string_view scheme, std::string_view port) {
  return (scheme == "https" && port == "443") || (scheme == "http" && port == "80");
}

}  // namespace

std::string origin_of(std::string_view url) {
  const std::string scheme = lower(cut(url, ':').before);
  const std::string host = lower(authority_of(url));
  if (host.empty()) return "";
  const std::string_view name = without_port(host);
  const std::string_view port = std::string_view(host).substr(name.size());
  if (port.empty() || is_port_of(scheme, port.substr(1))) return format("{}://{}", scheme, name);
  return format("{}://{}", scheme, host);
}

std::string_view host_of(std::string_view url) { return authority_of(url); }

bool is_loopback(std::string_view host) {
  const std::string name = lower(without_port(host));
  if (name == "localhost" || name == "[::1]") return true;
  const auto parts = split(name, '.');
  return parts.size() == 4 && parts[0] == "127" && std::ranges::all_of(parts, [](auto part) {
           return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
         });
}

Result<std::string> resolve_url(std::string_view base, const std::string& location) {
  const std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  const auto refuse = [&location] {
    return fail(ErrorKind::InvalidArgument,
                format("{} is no address that can be followed", quoted(location)));
  };
  if (url == nullptr) return refuse();
  if (curl_url_set(url.get(), CURLUPART_URL, std::string(base).c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) != CURLUE_OK) {
    return refuse();
  }
  char* text = nullptr;
  if (curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) return refuse();
  const std::unique_ptr<char, FreeText> owned(text);
  std::string whole(text);
  if (!whole.starts_with("https://") && !whole.starts_with("http://")) return refuse();
  return whole;
}

std::string escape_query(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view("-._~").contains(c);
    if (plain) {
      out += c;
    } else {
      out += format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

}  // namespace isle::image
