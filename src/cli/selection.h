#pragma once
// Which containers a command is for, when they need not be named: podman's --all, --latest,
// --cidfile and --filter. A request that takes them has the base Selection.

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "engine/container_filter.h"
#include "engine/containers.h"
#include "engine/paths.h"

namespace isle::cli {

struct Selection {
  bool all = false;
  bool latest = false;
  bool ignore = false;  // what is not there is no error
  std::vector<std::string> cid_files;
  std::vector<engine::ContainerFilter> filters;
  bool any() const { return all || latest || !cid_files.empty() || !filters.empty(); }
};

using Eligible = std::function<bool(const engine::Listed&)>;

// The names and ids meant: those named, those of the files, the newest, and of those that are
// `eligible` (for a command to which the others are an error) all, or those the filters leave.
// InvalidArgument: --all beside names, or nothing was said (`hint` tells where names come from).
Result<std::vector<std::string>> select(const engine::Paths& paths,
                                        std::string_view command,
                                        const Selection& selection,
                                        const std::vector<std::string_view>& named,
                                        const Eligible& eligible,
                                        const char* hint);

// The id in a file of --cidfile.
Result<std::string> read_cid_file(std::string_view path);
// The id of the container made last; NotFound: there is none.
Result<std::string> latest_container(const engine::Paths& paths);

// For commands of one container: puts the newest before the operands.
Result<void> put_latest(const engine::Paths& paths,
                        bool latest,
                        std::vector<std::string>& storage,
                        std::vector<std::string_view>& operands);

template <typename Request>
inline constexpr CommandFlag<Request> kLatestFlag = {{"latest",
                                                      'l',
                                                      options::Arity::Switch,
                                                      nullptr,
                                                      "The container made last",
                                                      options::Section::General},
                                                     [](Request& request, std::string_view value) {
                                                       request.latest = value == "true";
                                                       return Result<void>{};
                                                     }};

template <typename Request>
constexpr CommandFlag<Request> all_flag(const char* help) {
  return {{"all", 'a', options::Arity::Switch, nullptr, help, options::Section::General},
          [](Request& request, std::string_view value) {
            request.all = value == "true";
            return Result<void>{};
          }};
}

template <typename Request>
inline constexpr CommandFlag<Request> kCidFileFlag = {
    {"cidfile",
     0,
     options::Arity::Value,
     "FILE",
     "The one whose id is in FILE, as --cidfile wrote it",
     options::Section::General},
    [](Request& request, std::string_view value) {
      request.cid_files.emplace_back(value);
      return Result<void>{};
    }};

template <typename Request>
Result<void> take_container_filter(Request& request, std::string_view value) {
  request.filters.push_back(TRY(engine::parse_container_filter(value)));
  return {};
}
template <typename Request>
constexpr CommandFlag<Request> filter_flag(char letter) {
  return {{"filter",
           letter,
           options::Arity::Value,
           "KEY=VALUE",
           "Those that fit, as with isle ps",
           options::Section::General},
          take_container_filter<Request>};
}

template <typename Request>
inline constexpr CommandFlag<Request> kIgnoreFlag = {{"ignore",
                                                      'i',
                                                      options::Arity::Switch,
                                                      nullptr,
                                                      "One that is not there is no error",
                                                      options::Section::General},
                                                     [](Request& request, std::string_view value) {
                                                       request.ignore = value == "true";
                                                       return Result<void>{};
                                                     }};

}  // namespace isle::cli
