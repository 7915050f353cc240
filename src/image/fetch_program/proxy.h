#pragma once
// Which proxy a request goes through, by the variables that everybody uses: http_proxy,
// https_proxy, all_proxy and no_proxy, in lower case first. HTTP_PROXY counts too, as for docker
// and podman: isle-fetch is no CGI program, whose callers could set it by a header.

#include <string>
#include <string_view>

namespace isle::image {

struct ProxyChoice {
  std::string proxy;   // empty: none
  std::string except;  // no_proxy's list, which libcurl reads
};

// This machine itself is never asked through a proxy.
ProxyChoice proxy_for(std::string_view url);

}  // namespace isle::image
