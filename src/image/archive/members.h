#pragma once
// The files of an archive after isle-unpack has split it: a path leads to a digest, which is the
// name of the file's content in the staging directory. Links lead to other members and no further.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/json.h"
#include "oci/digest.h"

namespace isle::image {

struct ArchiveMember {
  oci::Digest digest;
  std::int64_t size = 0;
};

class ArchiveMembers {
 public:
  // Of isle-unpack's reply. A path that stands twice is its last member.
  static Result<ArchiveMembers> of_reply(const json::Value& reply);

  void add_file(const std::string& path, ArchiveMember member);
  // `target` as the archive has it: a symbolic link's is read from its directory.
  void add_link(const std::string& path, std::string_view target, bool symbolic);

  // Null: there is no such file, or links go round. `path` as documents of the archive write it.
  const ArchiveMember* find(std::string_view path) const;
  // The same; Corrupt names the path.
  Result<ArchiveMember> get(std::string_view path) const;

 private:
  std::map<std::string, ArchiveMember> files_;
  std::map<std::string, std::string> links_;
};

}  // namespace isle::image
