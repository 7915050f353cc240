#pragma once
// Why: --pid, --ipc, --uts, --userns, --cgroupns and --network share one small language: host,
// private, container:NAME, ns:PATH, and a few words of their own.

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/error.h"
#include "options/spec_builder.h"

namespace isle::options {

struct NamespaceMode {
  enum class Kind : unsigned char { Private, Host, Container, Path, Other };
  Kind kind = Kind::Private;
  std::string argument;  // container, path, or the word itself
};

// "" and "private" are Private.
NamespaceMode read_mode(std::string_view text);

// The text as it goes into the record; InvalidArgument lists what the flag takes. `others` are the
// kind's own words.
Result<std::string> check_mode(std::string_view flag,
                               std::string_view value,
                               std::initializer_list<std::string_view> others = {});

// A new namespace, a container's, one by path, or the host's (none).
Result<void> add_namespace_mode(SpecBuilder& builder,
                                std::string_view type,
                                const NamespaceMode& mode);

}  // namespace isle::options
