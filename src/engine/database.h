#pragma once
// Containers as files: records and names. A name belongs to whoever makes its link first, so of
// many runs with one name exactly one wins, without a lock.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "engine/paths.h"
#include "kernel/fd.h"
#include "record/container.h"

namespace isle::engine {

class Database {
 public:
  explicit Database(const Paths& paths) : paths_(paths) {}

  // Gives the record an id and time, a name if it has none, and writes it. Conflict: the name is
  // taken; nothing is left then.
  Result<void> add(record::Container& container) const;
  // By name, id, or the beginning of one id. NotFound and Conflict (several) name the text.
  Result<record::Container> find(std::string_view text) const;
  struct List {
    std::vector<record::Container> containers;
    std::vector<Error> broken;  // the others are listed all the same
  };
  // In no order.
  Result<List> list() const;
  // Of all there are, the ones that are being made or removed among them.
  std::vector<std::string> ids() const;
  // Nothing: it is being made or removed. What somebody who was killed began is cleared away.
  // `opened`: paths.containers().
  Result<std::optional<record::Container>> read(int opened, const std::string& id) const;
  // Conflict: the name is taken.
  Result<void> rename(record::Container& container, std::string name) const;
  // The record as it is now, in one piece.
  Result<void> write(const record::Container& container) const;
  // The record, the name, the id range and all files. Absence is fine.
  Result<void> remove(const record::Container& container) const;
  // Host ids that no other container has, from now on this one's.
  Result<std::uint32_t> reserve_ids(std::string_view id) const;

 private:
  const Paths& paths_;

  Result<void> add_named(const record::Container& container) const;
  Result<void> add_by_any_name(record::Container& container) const;
  // True: the name is free now.
  Result<bool> drop_stale_name(const std::string& name) const;
  Error name_is_taken(const std::string& name) const;
  // False: the name is taken.
  Result<bool> write_and_link(const record::Container& container) const;
  void drop_unfinished(std::string_view id) const;
  Result<std::string> id_of(std::string_view text) const;
  Result<record::Container> load(std::string_view id) const;
};

// 64 hexadecimal digits that nobody can guess, getrandom(2).
Result<std::string> random_id();

}  // namespace isle::engine
