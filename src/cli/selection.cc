#include "cli/selection.h"

#include <algorithm>
#include <ctime>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

Result<void> add_from_files(const Selection& selection, std::vector<std::string>& names) {
  for (const std::string& path : selection.cid_files) {
    Result<std::string> id = read_cid_file(path);
    if (id) {
      names.push_back(std::move(*id));
    } else if (!selection.ignore || id.error().kind != ErrorKind::NotFound) {
      return std::unexpected(std::move(id).error());
    }
  }
  return {};
}

Result<void> add_fitting(const engine::Paths& paths,
                         const Selection& selection,
                         const Eligible& eligible,
                         std::vector<std::string>& names) {
  if (!selection.all && selection.filters.empty()) return {};
  engine::Listing listing = TRY(engine::list_containers(paths, true));
  const std::int64_t now_ns = std::int64_t{std::time(nullptr)} * 1'000'000'000;
  TRY(engine::filter_containers(paths, selection.filters, now_ns, listing.containers));
  for (const engine::Listed& listed : listing.containers) {
    const auto is_it = [&listed](const std::string& name) {
      return name == listed.container.id || name == listed.container.name;
    };
    if (!std::ranges::any_of(names, is_it) && eligible(listed)) {
      names.push_back(listed.container.name);
    }
  }
  return {};
}

}  // namespace

Result<std::string> read_cid_file(std::string_view path) {
  const auto text = kernel::read_file(HostPath(std::string(path)));
  if (!text) return std::unexpected(Error(text.error()).within("--cidfile"));
  if (const std::string_view id = trim(*text); !id.empty()) return std::string(id);
  return fail(ErrorKind::InvalidArgument,
              format("--cidfile: there is no id in {}", quoted(path)),
              "isle run --cidfile writes one");
}

Result<std::string> latest_container(const engine::Paths& paths) {
  const engine::Listing listing = TRY(engine::list_containers(paths, true));
  if (!listing.containers.empty()) return listing.containers.front().container.id;
  return fail(ErrorKind::NotFound, "--latest: there is no container", "isle ps -a lists them");
}

Result<void> put_latest(const engine::Paths& paths,
                        bool latest,
                        std::vector<std::string>& storage,
                        std::vector<std::string_view>& operands) {
  if (!latest) return {};
  storage.push_back(TRY(latest_container(paths)));
  operands.insert(operands.begin(), storage.back());
  return {};
}

Result<std::vector<std::string>> select(const engine::Paths& paths,
                                        std::string_view command,
                                        const Selection& selection,
                                        const std::vector<std::string_view>& named,
                                        const Eligible& eligible,
                                        const char* hint) {
  if (named.empty() && !selection.any()) {
    return fail(ErrorKind::InvalidArgument, format("{}: no container is named", command), hint);
  }
  if (selection.all && !named.empty()) {
    return fail(ErrorKind::InvalidArgument,
                format("{}: --all leaves nothing to be named", command),
                format("leave --all or {} out", quoted(named.front())));
  }
  std::vector<std::string> names(named.begin(), named.end());
  TRY(add_from_files(selection, names));
  if (selection.latest) names.push_back(TRY(latest_container(paths)));
  TRY(add_fitting(paths, selection, eligible, names));
  return names;
}

}  // namespace isle::cli
