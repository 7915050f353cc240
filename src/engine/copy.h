#pragma once
// cp: files between a container and the host, or an archive on a descriptor.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/paths.h"

namespace isle::engine {

struct CopyRequest {
  std::string container;
  std::string inside;          // path in the container, as typed
  std::string outside;         // path on the host, as typed; "-": an archive
  bool into_container = true;  // else out of it
  bool archive = false;        // -a: owners as they are
  bool follow = false;         // -L: what a link at the end of the source means
};

// Paths inside are looked up in the container's root: no link in there leads out of it. What comes
// out belongs to the caller and has no set-id bits, devices or file capabilities unless `archive`
// keeps owners. NotFound names the side. Returns warnings.
Result<std::vector<std::string>> copy(const Paths& paths, const CopyRequest& request);

// Where a copy goes, by the rules of docker cp. Pure.
struct Landing {
  std::string directory;  // has to be there
  std::string name;       // of the copy in it; empty: the source's content goes into `directory`
};
struct End {
  std::string path;  // as typed
  bool exists = false, is_directory = false;
};
Result<Landing> landing_of(const End& source, const End& target);

}  // namespace isle::engine
