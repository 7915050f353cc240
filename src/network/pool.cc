#include "network/pool.h"

#include <fcntl.h>

#include <algorithm>

#include "base/strings.h"
#include "kernel/fd.h"

namespace isle::network {

namespace {

// Of a large subnet not every address is tried before it counts as full.
constexpr std::uint64_t kTries = 1U << 17;

HostPath hint_file(const HostPath& directory, const Pool& pool) {
  return directory / (pool.subnet.address.is_v6() ? ".next6" : ".next4");
}

IpAddress begin_at(const HostPath& directory, const Pool& pool) {
  const Result<std::string> text = kernel::read_file(hint_file(directory, pool), 64);
  if (!text) return pool.first;
  const Result<IpAddress> address = IpAddress::parse(trim(*text));
  const bool fits =
      address && pool.subnet.contains(*address) && *address >= pool.first && *address <= pool.last;
  return fits ? *address : pool.first;
}

// Lost or torn, it costs a few tries; so nothing is done about errors, or about two writers.
void remember(const HostPath& directory, const Pool& pool, const IpAddress& next) {
  const auto file =
      kernel::open_file(hint_file(directory, pool), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (file) static_cast<void>(kernel::write_all(file->get(), next.str()));
}

Result<std::optional<IpAddress>> search(const HostPath& directory,
                                        const Pool& pool,
                                        std::string_view container,
                                        const IsAlive* is_alive) {
  const std::uint64_t size = pool.first.distance_to(pool.last);
  IpAddress candidate = begin_at(directory, pool);
  for (std::uint64_t i = 0; i <= size && i < kTries; ++i) {
    const IpAddress next = candidate == pool.last ? pool.first : candidate.plus(1);
    if (std::ranges::find(pool.reserved, candidate) == pool.reserved.end()) {
      const HostPath lease = directory / candidate.str();
      const bool taken = TRY(is_alive == nullptr ? take_lease(lease, container)
                                                 : take_lease_of_dead(lease, container, *is_alive));
      if (taken) {
        remember(directory, pool, next);
        return std::optional(candidate);
      }
    }
    candidate = next;
  }
  return std::optional<IpAddress>();
}

}  // namespace

Result<IpAddress> take_address(const HostPath& directory,
                               const Pool& pool,
                               std::string_view container,
                               const std::optional<IpAddress>& wanted,
                               const IsAlive& is_alive) {
  if (wanted) {
    if (!pool.subnet.contains(*wanted) ||
        std::ranges::find(pool.reserved, *wanted) != pool.reserved.end()) {
      return fail(
          ErrorKind::InvalidArgument,
          format(
              "{} is no address for a container in {}", wanted->str(), pool.subnet.network_str()));
    }
    const HostPath lease = directory / wanted->str();
    if (TRY(take_lease_of_dead(lease, container, is_alive))) return *wanted;
    return fail(ErrorKind::Conflict,
                format("the address {} is container {}'s",
                       wanted->str(),
                       holder_words(lease_holder(lease).value_or(""))));
  }
  for (const IsAlive* dead : {static_cast<const IsAlive*>(nullptr), &is_alive}) {
    const std::optional<IpAddress> found = TRY(search(directory, pool, container, dead));
    if (found) return *found;
  }
  return fail(ErrorKind::Unavailable,
              format("all addresses of {} are taken", pool.subnet.network_str()),
              "remove containers that are not needed, or make a network with a larger --subnet");
}

}  // namespace isle::network
