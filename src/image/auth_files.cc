#include "image/auth_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "base/json.h"
#include "base/strings.h"
#include "image/credential_helper.h"
#include "kernel/fd.h"

namespace isle::image {
namespace {

constexpr std::size_t kLargest = 4 << 20;

// The variable's directory, or `otherwise` below the home directory; empty without either.
HostPath place(const char* variable, const char* otherwise) {
  const char* set = std::getenv(variable);
  if (set != nullptr && *set == '/') return HostPath(set);
  const char* home = std::getenv("HOME");
  if (otherwise == nullptr || home == nullptr || *home != '/') return {};
  return HostPath(home) / otherwise;
}

HostPath docker_file() {
  const HostPath directory = place("DOCKER_CONFIG", ".docker");
  return directory.empty() ? HostPath() : directory / "config.json";
}

Result<json::Value> read_document(const HostPath& path) {
  const Result<kernel::UniqueFd> opened = kernel::open_if_exists(path, O_RDONLY);
  // Where podman has run as root, /run/containers is root's alone: nobody else has logged in there.
  if (!opened && opened.error().kind == ErrorKind::Denied &&
      path.str().starts_with("/run/containers/")) {
    return json::Value();
  }
  if (!opened) return std::unexpected(opened.error());
  const kernel::UniqueFd& file = *opened;
  if (!file) return json::Value();
  const std::string text =
      TRY_STEP(kernel::read_all(file.get(), kLargest), "read " + quoted(path.str()));
  if (trim(text).empty()) return json::Value();
  return TRY_STEP(json::parse(text), "read " + quoted(path.str()));
}

Result<std::optional<Credentials>> find_in_file(const HostPath& path,
                                                std::string_view domain,
                                                std::string_view repository) {
  const json::Value document = TRY(read_document(path));
  const std::string helper = helper_for(document, domain);
  if (!helper.empty()) {
    for (const std::string& key : credential_keys(domain, "")) {
      auto found = TRY_STEP(ask_helper(helper, key), path.str());
      if (found && !found->empty()) return found;
    }
  }
  return TRY_STEP(find_in(document, domain, repository), path.str());
}

Result<void> make_directory_of(const HostPath& path) {
  const std::string directory = path.str().substr(0, path.str().rfind('/'));
  if (directory.empty() || mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return {};
  if (errno != ENOENT) return fail_call(errno, format("mkdir({})", directory));
  TRY(make_directory_of(HostPath(directory)));
  if (mkdir(directory.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail_call(errno, format("mkdir({})", directory));
}

Result<void> write_document(const HostPath& path, const json::Value& document) {
  TRY(make_directory_of(path));
  return kernel::replace_file(path, json::write_pretty(document) + "\n", 0600, true);
}

std::string_view domain_of(std::string_view key) { return cut(key, '/').before; }

// True: it was there.
Result<bool> erase_from(const HostPath& path, const std::string& key) {
  json::Value document = TRY(read_document(path));
  const std::string helper = helper_for(document, domain_of(key));
  bool erased = !helper.empty() && TRY(clear_helper(helper, key));
  bool changed = false;
  std::vector<std::string> names = {key};
  if (!key.contains('/')) names = credential_keys(key, "");
  for (const std::string& name : names) {
    if (document.find("auths") != nullptr) changed = take_from(document, name) || changed;
  }
  if (changed) TRY(write_document(path, document));
  erased = erased || changed;
  return erased;
}

// The file isle login writes.
HostPath own_file(const std::string& authfile) {
  for (HostPath& path : auth_files(authfile)) {
    if (!path.str().starts_with("/run/containers/") || geteuid() == 0) return std::move(path);
  }
  return {};
}

}  // namespace

std::vector<HostPath> auth_files(const std::string& authfile) {
  if (!authfile.empty()) return {HostPath(authfile)};
  const char* named = std::getenv("REGISTRY_AUTH_FILE");
  if (named != nullptr && *named != '\0') return {HostPath(named)};
  std::vector<HostPath> files;
  const HostPath run = place("XDG_RUNTIME_DIR", nullptr);
  if (!run.empty()) files.push_back(run / "containers/auth.json");
  files.emplace_back(format("/run/containers/{}/auth.json", geteuid()));
  const HostPath config = place("XDG_CONFIG_HOME", ".config");
  if (!config.empty()) files.push_back(config / "containers/auth.json");
  if (const HostPath docker = docker_file(); !docker.empty()) files.push_back(docker);
  return files;
}

Result<std::optional<Credentials>> find_credentials(const std::string& authfile,
                                                    std::string_view domain,
                                                    std::string_view repository) {
  if (!authfile.empty() && access(authfile.c_str(), F_OK) != 0) {
    return fail_call(errno, format("access({})", authfile), "--authfile");
  }
  for (const HostPath& path : auth_files(authfile)) {
    auto found = TRY(find_in_file(path, domain, repository));
    if (found) return found;
  }
  return std::nullopt;
}

Result<std::string> save_credentials(const std::string& authfile,
                                     const std::string& key,
                                     const Credentials& credentials) {
  const HostPath path = own_file(authfile);
  if (path.empty()) {
    return fail(ErrorKind::NotFound,
                "there is no place for credentials",
                "set HOME or XDG_RUNTIME_DIR, or use --authfile");
  }
  json::Value document = TRY(read_document(path));
  if (const std::string helper = helper_for(document, domain_of(key)); !helper.empty()) {
    TRY(tell_helper(helper, key, credentials));
    return "docker-credential-" + helper;
  }
  put_into(document, key, credentials);
  TRY(write_document(path, document));
  return path.str();
}

Result<std::vector<std::string>> erase_credentials(const std::string& authfile,
                                                   const std::string& key) {
  std::vector<std::string> places;
  if (key.empty()) {
    const HostPath path = own_file(authfile);
    json::Value document = TRY(read_document(path));
    json::Value* entries = document.find("auths") == nullptr ? nullptr : &document["auths"];
    if (entries == nullptr || entries->object() == nullptr || entries->object()->empty()) {
      return places;
    }
    *entries = json::Value(json::Object{});
    TRY(write_document(path, document));
    places.push_back(path.str());
    return places;
  }
  for (const HostPath& path : auth_files(authfile)) {
    if (authfile.empty() && path == docker_file()) continue;
    if (TRY(erase_from(path, key))) places.push_back(path.str());
  }
  return places;
}

}  // namespace isle::image
