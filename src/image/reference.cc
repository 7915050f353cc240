#include "image/reference.h"

#include <algorithm>

#include "base/strings.h"

namespace isle::image {
namespace {

constexpr std::string_view kDefaultDomain = "docker.io";
constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxTag = 128;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_alphanumeric(char c) { return is_lower(c) || is_upper(c) || is_digit(c); }

// What joins the alphanumeric parts of a path component: ".", "_", "__" or any number of "-".
bool is_separator(std::string_view text) {
  return text == "." || text == "_" || text == "__" ||
         std::ranges::all_of(text, [](char c) { return c == '-'; });
}

bool is_path_component(std::string_view text) {
  const auto is_part = [](char c) { return is_lower(c) || is_digit(c); };
  if (text.empty() || !is_part(text.front()) || !is_part(text.back())) return false;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && !is_part(text[end])) ++end;
    if (end > i && !is_separator(text.substr(i, end - i))) return false;
    i = end + 1;
  }
  return true;
}

bool is_host_label(std::string_view text) {
  return !text.empty() && text.front() != '-' && text.back() != '-' &&
         std::ranges::all_of(text, [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_domain(std::string_view text) {
  std::string_view host = text;
  const std::size_t colon = text.ends_with(']') ? std::string_view::npos : text.rfind(':');
  if (colon != std::string_view::npos) {
    const std::string_view port = text.substr(colon + 1);
    if (port.empty() || !std::ranges::all_of(port, is_digit)) return false;
    host = text.substr(0, colon);
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    return host.size() > 2 && std::ranges::all_of(host.substr(1, host.size() - 2), [](char c) {
             return is_alphanumeric(c) || c == ':';
           });
  }
  return std::ranges::all_of(split(host, '.'), is_host_label);
}

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= kMaxTag && text.front() != '.' && text.front() != '-' &&
         std::ranges::all_of(
             text, [](char c) { return is_alphanumeric(c) || c == '_' || c == '.' || c == '-'; });
}

// The part before the first "/" is a registry if it cannot be a user's name.
bool looks_like_domain(std::string_view text) {
  return text.find_first_of(".:") != std::string_view::npos || text == "localhost" ||
         std::ranges::any_of(text, is_upper);
}

std::unexpected<Error> refuse(std::string_view text, std::string_view why) {
  return fail(ErrorKind::InvalidArgument, format("image {}: {}", quoted(text), why));
}

void split_name(std::string_view name, Reference& reference) {
  const Cut parts = cut(name, '/');
  if (parts.found && looks_like_domain(parts.before)) {
    reference.domain = parts.before == "index.docker.io" ? kDefaultDomain : parts.before;
    reference.repository = parts.after;
  } else {
    reference.domain = kDefaultDomain;
    reference.repository = name;
  }
  if (reference.domain == kDefaultDomain && reference.repository.find('/') == std::string::npos) {
    reference.repository = "library/" + reference.repository;
  }
}

Result<void> check_name(std::string_view text, const Reference& reference) {
  if (!is_domain(reference.domain)) {
    return refuse(text, format("{} is no registry", quoted(reference.domain)));
  }
  for (const std::string_view part : split(reference.repository, '/')) {
    if (is_path_component(part)) continue;
    if (std::ranges::any_of(part, is_upper)) return refuse(text, "names are in lower case");
    return refuse(text, format("{} is no name of a repository", quoted(part)));
  }
  if (reference.domain.size() + 1 + reference.repository.size() > kMaxName) {
    return refuse(text, "the name is longer than 255 characters");
  }
  return {};
}

}  // namespace

Result<Reference> Reference::parse(std::string_view text) {
  Reference reference;
  if (text.empty()) return refuse(text, "it is empty");
  const Cut at = cut(text, '@');
  if (at.found) {
    Result<oci::Digest> digest = oci::Digest::parse(at.after);
    if (!digest) return refuse(text, digest.error().message);
    reference.digest = std::move(*digest);
  }
  std::string_view name = at.before;
  // A colon after the last slash parts the tag; before it stands a port.
  const std::size_t colon = name.rfind(':');
  if (colon != std::string_view::npos && name.find('/', colon) == std::string_view::npos) {
    reference.tag = name.substr(colon + 1);
    name = name.substr(0, colon);
    if (!is_tag(reference.tag)) return refuse(text, format("{} is no tag", quoted(reference.tag)));
  }
  if (reference.tag.empty() && !reference.digest) reference.tag = "latest";
  const auto is_hex = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); };
  if (name.size() == 64 && std::ranges::all_of(name, is_hex)) {
    return refuse(text, "a name of 64 hex digits would be taken for an id");
  }
  split_name(name, reference);
  TRY(check_name(text, reference));
  return reference;
}

std::string Reference::str() const {
  std::string text = domain + "/" + repository;
  if (!tag.empty()) text += ":" + tag;
  if (digest) text += "@" + digest->str();
  return text;
}

std::string Reference::familiar() const {
  std::string text = str();
  for (const std::string_view implied : {"docker.io/library/", "docker.io/"}) {
    if (!text.starts_with(implied)) continue;
    std::string shorter = text.substr(implied.size());
    // "docker.io/a.b/c" without its registry would be a.b's.
    const Result<Reference> again = parse(shorter);
    if (again && *again == *this) return shorter;
  }
  return text;
}

}  // namespace isle::image
