// isle-unpack pack: directories become one archive.
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstdint>

#include "base/strings.h"
#include "image/layer/pack.h"
#include "image/layer/unpacker.h"
#include "image/unpack_program/requests.h"
#include "image/unpack_program/sandbox.h"

namespace isle::image {
namespace {

struct Request {
  std::vector<HostPath> roots, base;
  std::vector<kernel::UniqueFd> open_roots;
  Unpacker who = Unpacker::Root;
  oci::Compression compression = oci::Compression::None;
  PackRequest pack;
};

Result<Request> parse(std::span<char*> arguments) {
  constexpr std::array<std::string_view, 2> kSwitches = {"--layer", "--user"};
  Request request;
  for (const auto& [name, value] : TRY(parse_options(arguments, kSwitches))) {
    if (name == "--layer") {
      request.pack.layer = true;
    } else if (name == "--user") {
      request.who = Unpacker::User;
      request.pack.to_root = true;
    } else if (name == "--root") {
      request.roots.emplace_back(std::string(value));
    } else if (name == "--root-fd") {
      request.open_roots.emplace_back(static_cast<int>(TRY(parse_uint(value, "--root-fd"))));
    } else if (name == "--only") {
      request.pack.only = value;
    } else if (name == "--name") {
      request.pack.name = value;
    } else if (name == "--base") {
      request.base.emplace_back(std::string(value));
    } else if (name == "--compression") {
      request.compression = TRY(parse_compression(value));
    } else if (name == "--mount-point") {
      request.pack.mount_points.emplace(value);
    } else if (name == "--uid-map") {
      request.pack.uids.push_back(TRY(parse_id_range(value)));
    } else if (name == "--gid-map") {
      request.pack.gids.push_back(TRY(parse_id_range(value)));
    } else {
      return unknown_option(name);
    }
  }
  if (request.roots.empty() && request.open_roots.empty())
    return fail(ErrorKind::InvalidArgument, "pack needs --root");
  return request;
}

// A descriptor for each layer and each directory on the way down.
void allow_many_files() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(setrlimit(RLIMIT_NOFILE, &limit));
}

}  // namespace

Result<json::Value> pack_request(std::span<char*> arguments) {
  Request request = TRY(parse(arguments));
  allow_many_files();
  // Before the walls go up: libcrypto reads its configuration when first used.
  BlobWriter writer = TRY(BlobWriter::create(kOutput, request.compression));
  close_range(kOutput + 1, Unpacking::kFirstDirectory - 1, 0);
  close_range(Unpacking::kFirstDirectory + request.open_roots.size(), ~0U, 0);
  const std::size_t own = request.roots.size() + request.open_roots.size();
  // Open ones come after these, so there is no base with them.
  request.roots.insert(request.roots.end(), request.base.begin(), request.base.end());
  const ReadingSandbox sandbox =
      TRY_STEP(enter_reading_sandbox(request.roots, std::move(request.open_roots), request.who),
               "shut the packer in");
  for (const kernel::UniqueFd& root : sandbox.roots) {
    auto& list = request.pack.roots.size() < own ? request.pack.roots : request.pack.base;
    list.push_back(root.get());
  }
  const PackReport report = TRY(Packer(request.pack, writer).run());
  json::Value value = sums_json(TRY(writer.finish()));
  value["members"] = static_cast<std::int64_t>(report.members);
  value["sockets"] = static_cast<std::int64_t>(report.sockets);
  value["walls"] = sandbox.walls;
  return value;
}

}  // namespace isle::image
