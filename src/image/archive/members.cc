#include "image/archive/members.h"

#include <optional>
#include <vector>

#include "base/strings.h"

namespace isle::image {
namespace {

constexpr int kMostLinks = 20;

// "a/./b/../c" is "a/c"; nullopt: it leads out of the archive.
std::optional<std::string> plain_path(std::string_view path) {
  std::vector<std::string> parts;
  for (const std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part != "..") {
      parts.emplace_back(part);
    } else if (parts.empty()) {
      return std::nullopt;
    } else {
      parts.pop_back();
    }
  }
  return join(parts, "/");
}

const std::string* text_of(const json::Value& value, std::string_view name) {
  const json::Value* member = value.find(name);
  return member == nullptr ? nullptr : member->string();
}

}  // namespace

Result<ArchiveMembers> ArchiveMembers::of_reply(const json::Value& reply) {
  ArchiveMembers members;
  const json::Value* list = reply.find("members");
  if (list == nullptr || list->array() == nullptr) {
    return fail(ErrorKind::Internal, "isle-unpack told no members");
  }
  for (const json::Value& item : *list->array()) {
    const std::string* path = text_of(item, "path");
    const std::string* digest = text_of(item, "digest");
    const std::string* target = text_of(item, "target");
    const json::Value* size = item.find("size");
    const json::Value* symbolic = item.find("symbolic");
    if (path == nullptr) return fail(ErrorKind::Internal, "isle-unpack told a member without path");
    if (target != nullptr && symbolic != nullptr && symbolic->boolean() != nullptr) {
      members.add_link(*path, *target, *symbolic->boolean());
    } else if (digest != nullptr && size != nullptr && size->integer() != nullptr) {
      members.add_file(*path,
                       {.digest = TRY(oci::Digest::parse(*digest)), .size = *size->integer()});
    }
  }
  return members;
}

void ArchiveMembers::add_file(const std::string& path, ArchiveMember member) {
  links_.erase(path);
  files_[path] = std::move(member);
}

void ArchiveMembers::add_link(const std::string& path, std::string_view target, bool symbolic) {
  const std::size_t slash = path.rfind('/');
  const bool beside = symbolic && !target.starts_with('/') && slash != std::string::npos;
  const auto whole =
      plain_path(beside ? format("{}/{}", path.substr(0, slash), target) : std::string(target));
  files_.erase(path);
  links_[path] = whole.value_or("");
}

const ArchiveMember* ArchiveMembers::find(std::string_view path) const {
  std::string at = plain_path(path).value_or("");
  for (int i = 0; i < kMostLinks; ++i) {
    const auto file = files_.find(at);
    if (file != files_.end()) return &file->second;
    const auto link = links_.find(at);
    if (link == links_.end()) return nullptr;
    at = link->second;
  }
  return nullptr;
}

Result<ArchiveMember> ArchiveMembers::get(std::string_view path) const {
  const ArchiveMember* member = find(path);
  if (member != nullptr) return *member;
  return fail(ErrorKind::Corrupt, format("the archive has no file {}", quoted(path)));
}

}  // namespace isle::image
