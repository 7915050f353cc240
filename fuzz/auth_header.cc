// WWW-Authenticate, Link, Content-Range and what an upload says it has: whatever a registry sends,
// the parsers come to an end, and a token is asked for at an http address only.

#include <string>

#include "check.h"
#include "image/fetch_program/authorizer.h"
#include "image/fetch_program/blob.h"
#include "image/fetch_program/challenge.h"
#include "image/fetch_program/lists.h"
#include "image/fetch_program/upload.h"
#include "image/fetch_program/url.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace isle;
  const std::string_view text = fuzz::text_of(data, size);
  for (const image::Challenge& challenge : image::parse_challenges(text)) {
    fuzz::check(!challenge.scheme.empty(), "a challenge has a scheme");
    const auto request =
        image::token_request(challenge, {"repository:a/b:pull"}, {.user = "joe", .password = "x"});
    if (!request) continue;
    fuzz::check(!image::origin_of(request->url).empty(), "the token server has an origin");
    fuzz::check(request->url.find_first_of(" \r\n") == std::string::npos, "it is one word");
  }
  static_cast<void>(image::next_page(text));
  static_cast<void>(image::bytes_taken(text));
  image::HttpResponse response;
  response.status = 206;
  response.headers = {{"content-range", std::string(text)}};
  const auto start = image::body_start(response, 7);
  fuzz::check(!start || *start == 7, "a part begins where it was asked to");
  const auto url = image::resolve_url("https://a.test/v2/", std::string(text));
  fuzz::check(!url || !image::origin_of(*url).empty(), "what is followed has an origin");
  return 0;
}
