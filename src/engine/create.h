#pragma once
// Making a container: record, writable layer, files of /etc, config.json. Whatever fails, nothing
// of it is left.

#include "engine/spec.h"
#include "options/option.h"

namespace isle::engine {

struct NewContainer {
  record::Container container;
  Prepared prepared;
};

// The container with its directory, ready to be started.
Result<NewContainer> create_container(const Paths& paths, record::Container container);

// The same as the command line has it: --replace makes room first, --cidfile notes the id.
Result<NewContainer> create_requested(const Paths& paths, options::RunRequest& request);

// The plan of a container that is made, in words.
Result<std::string> explain(const Paths& paths, const NewContainer& made);
// The plan of what `run` would do, without doing or leaving anything.
Result<std::string> explain_only(const Paths& paths, record::Container container);

}  // namespace isle::engine
