// isle-unpack extract: the archive on standard input goes into a directory that may hold something
// already, by the plain meaning of its members: a name like ".wh.x" is a name.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <optional>

#include "base/strings.h"
#include "image/layer/pack.h"
#include "image/layer/tar_reader.h"
#include "image/layer/unpacker.h"
#include "image/unpack_program/blob_stream.h"
#include "image/unpack_program/requests.h"
#include "image/unpack_program/sandbox.h"

namespace isle::image {
namespace {

struct Request {
  Unpacker who = Unpacker::Root;
  bool special = true;                                           // devices, and set-id bits
  std::optional<std::pair<std::uint32_t, std::uint32_t>> owner;  // of all, as the archive has ids
  IdRanges uids, gids;
};

Result<Request> parse(std::span<char*> arguments) {
  constexpr std::array<std::string_view, 2> kSwitches = {"--user", "--no-special"};
  Request request;
  for (const auto& [name, value] : TRY(parse_options(arguments, kSwitches))) {
    if (name == "--user") {
      request.who = Unpacker::User;
    } else if (name == "--no-special") {
      request.special = false;
    } else if (name == "--owner") {
      const Cut ids = cut(value, ':');
      request.owner = {static_cast<std::uint32_t>(TRY(parse_uint(ids.before, "uid"))),
                       static_cast<std::uint32_t>(TRY(parse_uint(ids.after, "gid")))};
    } else if (name == "--uid-map") {
      request.uids.push_back(TRY(parse_id_range(value)));
    } else if (name == "--gid-map") {
      request.gids.push_back(TRY(parse_id_range(value)));
    } else {
      return unknown_option(name);
    }
  }
  return request;
}

Result<std::uint64_t> outside(const IdRanges& ranges, std::uint64_t id) {
  if (ranges.empty()) return id;
  for (const IdRange& range : ranges) {
    if (id >= range.inside && id - range.inside < range.count) {
      return range.outside + (id - range.inside);
    }
  }
  return fail(ErrorKind::InvalidArgument, format("the id {} is not mapped in there", id));
}

// False: it is left out.
Result<bool> fit(const Request& request, TarEntry& entry) {
  const bool device = entry.type == TarType::CharDevice || entry.type == TarType::BlockDevice;
  if (device && !request.special) return false;
  if (!request.special) entry.mode &= ~static_cast<std::uint32_t>(S_ISUID | S_ISGID);
  if (!request.special) {
    std::erase_if(entry.xattrs, [](const auto& item) { return !item.first.starts_with("user."); });
  }
  if (request.owner) {
    entry.uid = request.owner->first;
    entry.gid = request.owner->second;
  }
  entry.uid = TRY(outside(request.uids, entry.uid));
  entry.gid = TRY(outside(request.gids, entry.gid));
  return true;
}

}  // namespace

Result<json::Value> extract_request(std::span<char*> arguments) {
  const Request request = TRY(parse(arguments));
  BlobStream stream = TRY(BlobStream::create(STDIN_FILENO, "sha256", "sha256"));
  constexpr unsigned kTarget = Unpacking::kFirstDirectory;
  close_range(STDERR_FILENO + 1, kTarget - 1, 0);
  close_range(kTarget + 1, ~0U, 0);
  const Sandbox sandbox =
      TRY_STEP(enter_sandbox_at(kernel::UniqueFd(static_cast<int>(kTarget)), request.who),
               "shut the unpacker in");
  umask(0);
  TarReader archive(stream);
  const Plainly plainly = [&request](TarEntry& entry) { return fit(request, entry); };
  LayerApplier applier(
      TRY(kernel::open_at(sandbox.root.get(), ".", O_RDONLY | O_DIRECTORY)), request.who, plainly);
  const ApplyReport report = TRY(applier.run(archive));
  TRY(stream.drain());
  json::Value value;
  value["ok"] = true;
  value["members"] = static_cast<std::int64_t>(report.members);
  value["bytes"] = static_cast<std::int64_t>(report.bytes);
  value["leftOut"] = static_cast<std::int64_t>(report.left_out);
  value["walls"] = sandbox.walls;
  return value;
}

}  // namespace isle::image
