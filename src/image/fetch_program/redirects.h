#pragma once
// Following redirects, with the rule that registries' blobs need: they often lie with another host,
// whose address is signed, and which must not see what the registry was told. So the Authorization
// header goes to the first origin only (scheme, host and port), and nothing goes from https to
// http.

#include "image/fetch_program/http.h"

namespace isle::image {

// The answer at the end of the way. What is sent again after a 307 or 308 is sent from its start;
// other redirects of a request that sends something are an answer like any other.
HttpResult<HttpResponse> follow(HttpClient& client,
                                HttpRequest request,
                                const TlsIdentity& identity);

}  // namespace isle::image
