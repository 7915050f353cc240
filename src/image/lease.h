#pragma once
// What work in progress needs though nothing refers to it yet: a pull's layers until its image is
// written down. A lease is a file its holder keeps locked, so that it ends with its holder, however
// that ends; who cleans up (gc.h) takes what no living lease and no image names.
//
// Say what is needed first, then look whether it is there: who removes a layer or blob holds its
// lock (lock.h), and reads the leases under it.

#include <set>
#include <string>
#include <string_view>

#include "base/error.h"
#include "image/store.h"
#include "kernel/fd.h"

namespace isle::image {

class Lease {
 public:
  static Result<Lease> take(const Store& store);
  Lease(Lease&&) = default;
  Lease& operator=(Lease&&) = delete;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease();

  // A digest: of a blob, a layer or an image.
  Result<void> keep(const oci::Digest& digest);
  // Everything, for work that cannot tell beforehand.
  Result<void> keep_all();

 private:
  HostPath path_;
  kernel::UniqueFd file_;
  Lease() = default;
};

struct Leased {
  bool all = false;
  std::set<std::string, std::less<>> hexes;
  bool has(std::string_view hex) const { return all || hexes.contains(hex); }
};
// What living leases name. Dead ones are removed.
Result<Leased> read_leases(const Store& store);

}  // namespace isle::image
