#include "image/unpack_program/program.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "base/strings.h"
#include "image/layer/applier.h"
#include "image/layer/tar_reader.h"
#include "image/unpack_program/blob_stream.h"
#include "image/unpack_program/requests.h"
#include "image/unpack_program/sandbox.h"

namespace isle::image {
namespace {

struct LayerRequest {
  HostPath into;
  Unpacker who = Unpacker::Root;
  bool partial = false;
  oci::Digest digest, diff_id;
};
constexpr int kPartialFd = STDERR_FILENO + 1;
constexpr int kLastFd = kPartialFd + 2;  // two locks, held as long as this process works

Result<LayerRequest> parse_layer_request(std::span<char*> arguments) {
  LayerRequest request;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--user") {
      request.who = Unpacker::User;
      continue;
    }
    if (name == "--partial") {
      request.partial = true;
      continue;
    }
    if (++i == arguments.size())
      return fail(ErrorKind::InvalidArgument, format("{}: no value", name));
    if (name == "--into") {
      request.into = HostPath(arguments[i]);
    } else if (name == "--digest") {
      request.digest = TRY_STEP(oci::Digest::parse(arguments[i]), name);
    } else if (name == "--diff-id") {
      request.diff_id = TRY_STEP(oci::Digest::parse(arguments[i]), name);
    } else {
      return fail(ErrorKind::InvalidArgument, format("unknown option {}", quoted(name)));
    }
  }
  if (request.into.empty() || request.digest.empty() || request.diff_id.empty()) {
    return fail(ErrorKind::InvalidArgument, "layer needs --into, --digest and --diff-id");
  }
  return request;
}

Result<void> expect(std::string_view what, const oci::Digest& expected, const oci::Digest& found) {
  if (expected == found) return {};
  return fail(ErrorKind::Corrupt,
              format("{} is {}, not {}", what, found.str(), expected.str()),
              "the data was damaged or exchanged on its way: fetch it again");
}

json::Value report_of(const ApplyReport& report,
                      const BlobStream::Sums& sums,
                      const Sandbox& sandbox) {
  json::Value value;
  value["ok"] = true;
  value["members"] = static_cast<std::int64_t>(report.members);
  value["bytes"] = static_cast<std::int64_t>(report.bytes);
  value["blobSize"] = static_cast<std::int64_t>(sums.blob_size);
  value["size"] = static_cast<std::int64_t>(sums.diff_size);
  value["compression"] = sums.compression;
  value["ownersLost"] = static_cast<std::int64_t>(report.owners_lost);
  value["devicesSkipped"] = static_cast<std::int64_t>(report.devices_skipped);
  value["attributesSkipped"] = static_cast<std::int64_t>(report.attributes_skipped);
  value["implied"] = report.implied;
  if (!report.links.empty()) {  // path and target by turns
    for (const ApplyReport::Link& link : report.links) {
      value["links"].push_back(link.path);
      value["links"].push_back(link.target);
    }
  }
  value["walls"] = sandbox.walls;
  return value;
}

Result<json::Value> unpack_stream(const LayerRequest& request, BlobStream& stream) {
  const Sandbox sandbox =
      TRY_STEP(enter_sandbox(request.into, request.who), "shut the unpacker in");
  umask(0);
  TarReader archive(stream);
  LayerApplier applier(TRY(kernel::duplicate(sandbox.root.get())), request.who);
  const ApplyReport report = TRY(applier.run(archive));
  TRY(stream.drain());
  const BlobStream::Sums sums = stream.finish();
  TRY(expect("the blob's digest", request.digest, sums.blob));
  TRY(expect("the layer's diffID", request.diff_id, sums.diff));
  // Here, where several layers can wait for the disk at once. The partial blob is on it, too.
  if (syncfs(sandbox.root.get()) != 0) return fail_call(errno, "syncfs(layer)");
  return report_of(report, sums, sandbox);
}

json::Value failure(const Error& error) {
  json::Value value;
  value["ok"] = false;
  value["kind"] = to_string(error.kind);
  value["error"] = error.describe();
  value["hint"] = error.hint;
  return value;
}

// Its failures say whether the input had ended.
Result<json::Value> unpack_layer(std::span<char*> arguments) {
  const LayerRequest request = TRY(parse_layer_request(arguments));
  // Before the walls go up: libcrypto reads its configuration when first used.
  BlobStream stream = TRY(BlobStream::create(STDIN_FILENO,
                                             request.digest.algorithm(),
                                             request.diff_id.algorithm(),
                                             request.partial ? kPartialFd : -1));
  close_range(kLastFd + 1, ~0U, 0);
  Result<json::Value> report = unpack_stream(request, stream);
  if (report) return report;
  json::Value value = failure(report.error());
  value["inputEnded"] = stream.input_ended();
  return value;
}

Result<oci::Digest> hash_input(std::string_view algorithm) {
  Hasher hasher = TRY(Hasher::create(algorithm));
  char piece[64 << 10];
  for (;;) {
    const ssize_t count = read(STDIN_FILENO, piece, sizeof piece);
    if (count < 0) return fail_call(errno, "read(blob)");
    if (count == 0) break;
    hasher.add({piece, static_cast<std::size_t>(count)});
  }
  return hasher.finish();
}

Result<json::Value> tell_digest(std::string_view algorithm) {
  json::Value value;
  value["ok"] = true;
  value["digest"] = TRY(hash_input(algorithm)).str();
  return value;
}

Result<json::Value> check_blob(std::string_view text) {
  const oci::Digest digest = TRY(oci::Digest::parse(text));
  TRY(expect("the digest", digest, TRY(hash_input(digest.algorithm()))));
  json::Value value;
  value["ok"] = true;
  return value;
}

using Request = Result<json::Value> (*)(std::span<char*>);

Request find_other(std::string_view name) {
  if (name == "pack") return pack_request;
  if (name == "convert") return convert_request;
  if (name == "extract") return extract_request;
  if (name == "compress-file") return compress_file_request;
  return name == "split" ? split_request : nullptr;
}

bool is_good(const json::Value& reply) {
  const json::Value* good = reply.find("ok");
  return good != nullptr && good->boolean() != nullptr && *good->boolean();
}

}  // namespace

int unpack_main(std::span<char*> arguments) {
  Result<json::Value> result = fail(ErrorKind::InvalidArgument, "");
  if (arguments.size() >= 2 && std::strcmp(arguments[1], "layer") == 0) {
    result = unpack_layer(arguments.subspan(2));
  } else if (arguments.size() == 3 && std::strcmp(arguments[1], "check") == 0) {
    result = check_blob(arguments[2]);
  } else if (arguments.size() == 3 && std::strcmp(arguments[1], "digest") == 0) {
    result = tell_digest(arguments[2]);
  } else if (arguments.size() >= 2 && find_other(arguments[1]) != nullptr) {
    result = find_other(arguments[1])(arguments.subspan(2));
  } else {
    (void)std::fputs(
        "usage: isle-unpack check DIGEST <BLOB\n"
        "       isle-unpack digest ALGORITHM <BLOB\n"
        "       isle-unpack layer --into DIR [--user] [--partial] --digest D --diff-id D <BLOB\n"
        "       isle-unpack pack [--layer] [--user] --root DIR... --compression C 3>BLOB\n"
        "       isle-unpack extract [--user] [--no-special] [--owner U:G] <ARCHIVE 6<DIR\n"
        "       isle-unpack convert [--user] --compression C <BLOB 3>BLOB\n"
        "       isle-unpack compress-file NAME 3<DIR\n"
        "       isle-unpack split --into DIR [--user] <ARCHIVE\n",
        stderr);
    return kExitEngine;
  }
  const json::Value reply = result ? std::move(*result) : failure(result.error());
  if (!kernel::write_all(STDOUT_FILENO, json::write(reply) + "\n")) return 1;
  return is_good(reply) ? 0 : 1;
}

}  // namespace isle::image
