#pragma once
// Where the engine keeps what it knows.
//
//   ROOT/containers/ID/record.json   what was asked (record/container.h)
//                      config.json   the OCI specification made of it
//                      exits.jsonl   how it ended, a line each time (monitor/protocol.h)
//                      upper, work   its writable layer (image/snapshot/snapshot.h), or
//                      tree          all its files, by drivers that lay nothing over each other
//                      rootfs        empty: where the root file system is mounted, inside only
//                      hosts, hostname, resolv.conf
//   ROOT/container-names/NAME        a symbolic link whose text is the ID
//   ROOT/volumes/NAME                volume/volume.h
//   ROOT/id-ranges/FIRST             the same: who has the host ids from FIRST on
//   RUN/containers/ID/               the runtime's state, the attach socket; gone after a reboot
//
// ROOT is image::Store's. RUN is ISLE_RUN; /run/isle for root; else $XDG_RUNTIME_DIR/isle, or
// /tmp/isle-run-UID, which has to be ours and closed to others.

#include <string_view>

#include "base/error.h"
#include "base/types.h"
#include "image/store.h"

namespace isle::engine {

struct Paths {
  image::Store store;
  HostPath run;

  static Result<Paths> open();

  HostPath containers() const { return store.root() / "containers"; }
  HostPath container(std::string_view id) const { return containers() / id; }
  HostPath names() const { return store.root() / "container-names"; }
  HostPath id_ranges() const { return store.root() / "id-ranges"; }
  // What runtime::load_state and its kin take as their root.
  HostPath states() const { return run / "containers"; }
};

// mkdir of the whole path with 0700; directories that are there stay as they are.
Result<void> make_directories(const HostPath& path);

}  // namespace isle::engine
