#pragma once
// What is put into the Authorization header of a source's requests: a token that its token server
// gave for a scope, or name and password, or nothing. Asked for only after the source has asked
// for it. Source: the token authentication and OAuth 2 pages of docker's distribution
// documentation.

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "image/fetch_program/challenge.h"
#include "image/fetch_program/http.h"
#include "image/fetch_program/source.h"

namespace isle::image {

class Authorizer {
 public:
  Authorizer(HttpClient& client, const Source& source) : client_(client), source_(source) {}

  // What is known to be wanted for these scopes; "" if nothing.
  std::string known(const std::vector<std::string>& scopes);
  // Answers a 401. "": we have nothing to answer with.
  HttpResult<std::string> answer(const HttpResponse& refused,
                                 const std::vector<std::string>& scopes);

 private:
  struct Token {
    std::string header;
    std::chrono::steady_clock::time_point expires;
  };

  HttpClient& client_;
  const Source& source_;
  std::mutex mutex_;
  std::map<std::string, Token> tokens_;  // by scopes
  bool basic_ = false;

  HttpResult<Token> fetch_token(const Challenge& challenge,
                                const std::vector<std::string>& scopes,
                                const std::string& asked_by);
};

// The request for a token: to the address that the challenge names, which has to be https unless
// the registry itself speaks plain http.
Result<HttpRequest> token_request(const Challenge& challenge,
                                  const std::vector<std::string>& scopes,
                                  const Credentials& credentials);

}  // namespace isle::image
