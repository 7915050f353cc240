#include "islet/matching.h"

#include <regex.h>

#include <algorithm>

#include "base/strings.h"
#include "runtime/state/container.h"

namespace isle::islet {

namespace {

class Regex {
 public:
  explicit Regex(const std::string& text)
      : error_(regcomp(&compiled_, text.c_str(), REG_EXTENDED | REG_NOSUB)) {}
  Regex(const Regex&) = delete;
  Regex& operator=(const Regex&) = delete;
  ~Regex() {
    if (error_ == 0) regfree(&compiled_);
  }
  std::string error() const {
    if (error_ == 0) return {};
    char words[256];
    regerror(error_, &compiled_, words, sizeof words);
    return lower(words);
  }
  bool matches(const std::string& text) const {
    return regexec(&compiled_, text.c_str(), 0, nullptr, 0) == 0;
  }

 private:
  regex_t compiled_{};
  int error_;
};

}  // namespace

Result<std::vector<std::string>> matching_ids(const Globals& globals, const Arguments& arguments) {
  const std::string& text = arguments.words()[0];
  if (!arguments.on("regex")) return std::vector{text};
  const Regex regex(text);
  if (!regex.error().empty()) {
    return fail(ErrorKind::InvalidArgument,
                format("--regex {}: {}", quoted(text), regex.error()),
                "it is an extended regular expression, regex(7)");
  }
  const HostPath root = TRY(globals.root());
  std::vector<std::string> ids;
  for (const runtime::ContainerState& state : TRY(runtime::list_states(root)).states) {
    if (regex.matches(state.id)) ids.push_back(state.id);
  }
  std::ranges::sort(ids);
  return ids;
}

}  // namespace isle::islet
