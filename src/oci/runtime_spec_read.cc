// Reads config.json. Instantiates the lists of spec_fields*.h for reading; writing is in a file
// of its own, so that the two compile side by side.
#include "oci/runtime_spec_json.h"

#include "base/strings.h"
#include "oci/spec_fields.h"  // IWYU pragma: keep (templates find the fields)

namespace isle::oci {
namespace {

constexpr std::string_view kOtherPlatforms[] = {"windows", "solaris", "vm", "zos", "freebsd"};

// A document for another platform has no "linux"; one that has both is ours, and the other
// platform's part then comes back among the unknown members.
Result<void> refuse_other_platform(const json::Value& document) {
  const json::Value* ours = document.find("linux");
  if (ours != nullptr && !ours->is_null()) return {};
  for (const std::string_view platform : kOtherPlatforms) {
    const json::Value* theirs = document.find(platform);
    if (theirs == nullptr || theirs->is_null()) continue;
    return fail(ErrorKind::Unsupported,
                format("{}: the document is for a platform isle does not run", platform),
                "isle runs Linux containers: the document needs a \"linux\" object");
  }
  return {};
}

// SemVer of major version 1; later minor versions only add (config.md, "Specification version").
Result<void> check_version(const std::string& version) {
  const Cut major = cut(version, '.');
  const Cut minor = cut(major.after, '.');
  if (!major.found || !minor.found || !parse_uint(major.before, "major") ||
      !parse_uint(minor.before, "minor")) {
    return fail(ErrorKind::InvalidArgument,
                format("ociVersion: {} is no version of the form 1.2.0", quoted(version)));
  }
  if (major.before == "1") return {};
  return fail(ErrorKind::Unsupported,
              format("ociVersion: {} is not supported, only 1.0.0 to {} and later 1.x",
                     quoted(version),
                     kRuntimeSpecVersion));
}

template <typename T>
Result<T> read_text(std::string_view text) {
  return read_document<T>(TRY(json::parse(text)));
}

}  // namespace

Result<ReadSpec> read_spec(std::string_view text) {
  const json::Value document = TRY(json::parse(text));
  TRY(refuse_other_platform(document));
  ReadSpec read;
  read.spec = TRY(read_document<Spec>(document, &read.unknown));
  TRY(check_version(read.spec.oci_version));
  if (read.spec.process && read.spec.process->args.empty()) {
    return fail(ErrorKind::InvalidArgument, "process.args: names no program");
  }
  return read;
}

Result<Process> read_process(std::string_view text) {
  Process process = TRY(read_text<Process>(text));
  if (process.args.empty()) return fail(ErrorKind::InvalidArgument, "args: names no program");
  return process;
}

Result<Resources> read_resources(std::string_view text) { return read_text<Resources>(text); }

Result<Seccomp> read_seccomp(std::string_view text) { return read_text<Seccomp>(text); }

}  // namespace isle::oci
