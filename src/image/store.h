#pragma once
// Where images live. The file system is the truth; every name below is published by one rename.
//
//   ROOT/images/HEX            one file per image, named by its id (the configuration's digest)
//   ROOT/names/DOMAIN/REPO/@TAG   symbolic links to it, also by digest; names.index: their list
//   ROOT/builtin/NAME          which image the layout installed with isle holds
//   ROOT/layers/HEX/fs         an unpacked layer by diffID; beside it layer.json
//   ROOT/layers/HEX-N/fs       what that layer needs above certain lower ones (layer/chain.h)
//   ROOT/blobs/sha256/HEX      manifests, configurations and packed layers as they came
//   ROOT/partial/sha256-HEX    blobs that are not whole yet: the next pull goes on from there
//   ROOT/trees/HEX             an image's files in one subvolume, where btrfs makes snapshots of it
//   ROOT/zfs                   on ZFS: the data set that those for images and containers are in
//   ROOT/containers/ID/        upper and work directory, or one tree (snapshot/snapshot.h)
//   ROOT/staging/, ROOT/locks/, ROOT/leases/   work in progress
//   ROOT/trash/                what is being deleted
//
// ROOT is ISLE_ROOT if set; /var/lib/isle for root; else $XDG_DATA_HOME/isle or
// ~/.local/share/isle. It is for its owner only (0700): layers hold setuid programs of who knows
// what age, which nobody on the host may run. Whoever mounts layers in a user namespace needs fds.

#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/types.h"
#include "image/layer/applier.h"
#include "kernel/fd.h"
#include "oci/digest.h"

namespace isle::image {

class Store {
 public:
  // Makes nothing on disk: directories appear when something is put into them.
  static Result<Store> open();
  Store(HostPath root, Unpacker who) : root_(std::move(root)), who_(who) {}

  const HostPath& root() const { return root_; }
  Unpacker who() const { return who_; }

  HostPath image_file(const oci::Digest& id) const;
  HostPath layer_directory(const oci::Digest& diff_id) const;  // ".../fs"
  HostPath blob_file(const oci::Digest& digest) const;
  HostPath container_directory(std::string_view id) const;

  // A directory of the store, made (with those above it, 0700) if need be.
  Result<kernel::UniqueFd> directory(const std::string& path) const;

 private:
  HostPath root_;
  Unpacker who_;
};

}  // namespace isle::image
