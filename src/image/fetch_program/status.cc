#include "image/fetch_program/status.h"

#include <array>

#include "base/json.h"
#include "base/strings.h"
#include "image/fetch_wire.h"

namespace isle::image {
namespace {

struct Phrase {
  int status;
  const char* words;
};
constexpr std::array kPhrases = {Phrase{400, "Bad Request"},
                                 Phrase{401, "Unauthorized"},
                                 Phrase{403, "Forbidden"},
                                 Phrase{404, "Not Found"},
                                 Phrase{405, "Method Not Allowed"},
                                 Phrase{413, "Content Too Large"},
                                 Phrase{416, "Range Not Satisfiable"},
                                 Phrase{429, "Too Many Requests"},
                                 Phrase{500, "Internal Server Error"},
                                 Phrase{502, "Bad Gateway"},
                                 Phrase{503, "Service Unavailable"},
                                 Phrase{504, "Gateway Timeout"}};

std::string status_words(int status) {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.status == status) return format("{} {}", status, phrase.words);
  }
  return format("status {}", status);
}

// {"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}, or what else it says.
std::string registrys_words(const HttpResponse& response) {
  constexpr std::size_t kShown = 200;
  const Result<json::Value> body = json::parse(response.body);
  const json::Value* errors = body ? body->find("errors") : nullptr;
  if (errors == nullptr || errors->array() == nullptr || errors->array()->empty()) {
    if (body && !text_member(*body, "details").empty()) return text_member(*body, "details");
    const std::string* type = response.header("content-type");
    const bool plain = type != nullptr && type->starts_with("text/plain");
    return plain ? std::string(trim(response.body).substr(0, kShown)) : "";
  }
  const json::Value& first = errors->array()->front();
  const std::string code = text_member(first, "code");
  const std::string message = text_member(first, "message");
  return (code.empty() || message.empty() ? code + message : code + ": " + message)
      .substr(0, kShown);
}

ErrorKind kind_of_status(int status) {
  if (status == 401 || status == 403) return ErrorKind::Denied;
  if (status == 404) return ErrorKind::NotFound;
  if (status == 408 || status == 425 || status == 429 || status >= 500) {
    return ErrorKind::Unavailable;
  }
  return ErrorKind::System;
}

const char* hint_of_status(int status) {
  if (status == 401) return "isle login gives isle a name and a password for this registry";
  if (status == 403)
    return "this user may not: ask the registry's keeper, or isle login as another";
  if (status == 429) return "the registry limits how often it is asked: wait, or isle login";
  if (status >= 500) return "the registry is broken for now: try again later";
  return "";
}

}  // namespace

Error status_error(const std::string& method, const HttpResponse& response) {
  const std::string words = registrys_words(response);
  Error error;
  error.kind = kind_of_status(response.status);
  error.message = status_words(response.status);
  if (!words.empty()) error.message += ", the registry says: " + quoted(words);
  error.hint = hint_of_status(response.status);
  if (response.status == 401 && response.identified) {
    error.hint = "the name or the password is wrong: isle login gives isle others";
  }
  return std::move(error).within(request_words({.method = method, .url = response.url}));
}

}  // namespace isle::image
