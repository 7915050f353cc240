#pragma once
// Why: a layer has to be on the disk before it gets its name (layer_store.h). A disk that begins to
// write when everything is unpacked doubles the time of a pull: the kernel itself would only begin
// when a tenth of all memory is dirty (vm.dirty_background_ratio). So a child of ours, which holds
// nothing but the store's directory, has it written as it comes, by syncfs(2), which would hold up
// whoever unpacks.

#include <cstdint>
#include <optional>
#include <utility>

#include "image/store.h"
#include "kernel/fd.h"

namespace isle::image {

class EarlySync {
 public:
  // Nothing for what is soon written, and where no child may be made: then the end takes longer.
  static std::optional<EarlySync> start(const Store& store, std::uint64_t expected_bytes);
  EarlySync(EarlySync&&) = default;
  EarlySync(const EarlySync&) = delete;
  EarlySync& operator=(EarlySync&&) = delete;
  EarlySync& operator=(const EarlySync&) = delete;
  // Waits for the child, which may be at work yet.
  ~EarlySync();

  // How many bytes of packed layers there are by now.
  void has_come(std::uint64_t bytes);

 private:
  EarlySync(kernel::FdPair requests, kernel::UniqueFd child)
      : requests_(std::move(requests)), child_(std::move(child)) {}

  kernel::FdPair requests_;  // a byte for each time; that we hold both ends spares us SIGPIPE
  kernel::UniqueFd child_;   // a pidfd
  std::uint64_t asked_at_ = 0;
};

}  // namespace isle::image
