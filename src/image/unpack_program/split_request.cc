// isle-unpack split: an archive of images (docker save, an OCI layout in a tar) is taken apart by
// who has no rights: its files get their digests for names, so that nothing of what the archive
// says about them has to be believed, and its paths are only told.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <set>

#include "base/strings.h"
#include "image/layer/member_path.h"
#include "image/layer/tar_reader.h"
#include "image/unpack_program/blob_stream.h"
#include "image/unpack_program/hash.h"
#include "image/unpack_program/requests.h"
#include "image/unpack_program/sandbox.h"

namespace isle::image {
namespace {

constexpr std::size_t kMostMembers = 50'000;

// One file of the archive, by its digest.
Result<json::Value> keep_file(int directory, TarReader& archive, const std::string& path) {
  constexpr const char* kFresh = "fresh";
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
  const kernel::UniqueFd file = TRY(kernel::open_at(directory, kFresh, kFlags, 0600));
  Hasher hasher = TRY(Hasher::create("sha256"));
  std::int64_t size = 0;
  for (;;) {
    const std::string_view part = TRY(archive.take_data());
    if (part.empty()) break;
    hasher.add(part);
    size += std::ssize(part);
    TRY(kernel::write_all(file.get(), part));
  }
  const oci::Digest digest = hasher.finish();
  const std::string name(digest.hex());
  if (renameat(directory, kFresh, directory, name.c_str()) != 0) {
    return fail_call(errno, format("rename({})", name));
  }
  json::Value member;
  member["path"] = path;
  member["digest"] = digest.str();
  member["size"] = size;
  return member;
}

Result<json::Value> split_archive(int directory, TarReader& archive) {
  json::Value members(json::Array{});
  for (;;) {
    const std::optional<TarEntry> entry = TRY(archive.next());
    if (!entry) return members;
    if (entry->type == TarType::Directory) continue;
    const std::string path = TRY(member_path(entry->path)).str();
    if (members.array()->size() >= kMostMembers) {
      return fail(ErrorKind::Corrupt, format("the archive has more than {} files", kMostMembers));
    }
    if (entry->type == TarType::Regular) {
      members.push_back(
          TRY_STEP(keep_file(directory, archive, path), format("read {}", quoted(path))));
    } else if (entry->type == TarType::Symlink || entry->type == TarType::HardLink) {
      json::Value member;
      member["path"] = path;
      member["target"] = entry->target;
      member["symbolic"] = entry->type == TarType::Symlink;
      members.push_back(std::move(member));
    } else {
      return fail(ErrorKind::Corrupt, format("{} is neither a file nor a link", quoted(path)));
    }
  }
}

}  // namespace

Result<json::Value> split_request(std::span<char*> arguments) {
  constexpr std::array<std::string_view, 1> kSwitches = {"--user"};
  Unpacker who = Unpacker::Root;
  HostPath into;
  for (const auto& [name, value] : TRY(parse_options(arguments, kSwitches))) {
    if (name == "--user") {
      who = Unpacker::User;
    } else if (name == "--into") {
      into = HostPath(std::string(value));
    } else {
      return unknown_option(name);
    }
  }
  if (into.empty()) return fail(ErrorKind::InvalidArgument, "split needs --into");
  BlobStream stream = TRY(BlobStream::create(STDIN_FILENO, "sha256", "sha256"));
  close_range(STDERR_FILENO + 1, ~0U, 0);
  const Sandbox sandbox = TRY_STEP(enter_sandbox(into, who), "shut the unpacker in");
  TarReader archive(stream);
  json::Value value;
  value["ok"] = true;
  value["members"] = TRY(split_archive(sandbox.root.get(), archive));
  TRY(stream.drain());
  value["walls"] = sandbox.walls;
  return value;
}

}  // namespace isle::image
