#pragma once
// What was asked about the container's files: its root, what is mounted over it, its devices.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oci/runtime_spec.h"

namespace isle::record {

struct RootSource {
  std::string image;         // the reference as it was typed; empty with --rootfs
  std::string image_digest;  // of the manifest it meant then
  std::string directory;     // --rootfs, absolute
  bool overlay = false;      // --rootfs DIR:O, writes do not reach the directory
};

struct MountRequest {
  std::string type;    // "bind", "tmpfs", "volume", "image"
  std::string source;  // of a volume its name; empty: one of its own is made; of an image as typed
  std::string target;
  oci::Strings options;      // as the OCI specification spells them
  bool make_source = false;  // a missing source becomes an empty directory (-v)
  std::string subpath;       // only this part of a volume or image, a path beneath it
  bool chown = false;        // U: the source becomes the container's user's
  std::string relabel;       // "z" or "Z": what SELinux is to be told
  bool id_mapped = false;    // idmap, by `id_map` ("uids=0-1-10;gids=..."), else as the container
  std::string id_map;
  bool overlay = false;     // O: what is written stays with the container, or goes to `upper`
  std::string upper, work;  // empty: the container's own
  std::string image_id;     // of type=image, what the source meant then
  // Of volumes:
  bool no_copy = false;    // an empty one stays empty, whatever the image has there
  bool anonymous = false;  // made for this container
};

struct DeviceRequest {
  std::string host, container;
  std::string access;  // of "rwm"
};

struct Storage {
  RootSource root;
  std::vector<MountRequest> mounts;
  std::vector<DeviceRequest> devices;
  oci::Strings volumes_from;  // containers, such as "web:ro"
  std::string
      image_volume;  // what the image declares as volumes becomes: "" some, "tmpfs", "ignore"
  bool read_only = false;
  std::optional<std::int64_t> shm_size;  // bytes
  // Of image/snapshot/driver.h; empty: not chosen yet, or a plain directory is the root.
  std::string driver;
  std::optional<std::int64_t> size;  // bytes the container may write
};

template <typename Io>
void fields(Io& io, typename Io::template Ref<RootSource> root) {
  io.optional("image", root.image);
  io.optional("imageDigest", root.image_digest);
  io.optional("directory", root.directory);
  io.optional("overlay", root.overlay);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<MountRequest> mount) {
  io.required("type", mount.type);
  io.optional("source", mount.source);
  io.required("target", mount.target);
  io.optional("options", mount.options);
  io.optional("makeSource", mount.make_source);
  io.optional("noCopy", mount.no_copy);
  io.optional("anonymous", mount.anonymous);
  io.optional("subpath", mount.subpath);
  io.optional("chown", mount.chown);
  io.optional("relabel", mount.relabel);
  io.optional("idMapped", mount.id_mapped);
  io.optional("idMap", mount.id_map);
  io.optional("overlay", mount.overlay);
  io.optional("upper", mount.upper);
  io.optional("work", mount.work);
  io.optional("imageId", mount.image_id);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<DeviceRequest> device) {
  io.required("host", device.host);
  io.required("container", device.container);
  io.required("access", device.access);
}
template <typename Io>
void fields(Io& io, typename Io::template Ref<Storage> storage) {
  io.required("root", storage.root);
  io.optional("mounts", storage.mounts);
  io.optional("devices", storage.devices);
  io.optional("volumesFrom", storage.volumes_from);
  io.optional("imageVolume", storage.image_volume);
  io.optional("readOnly", storage.read_only);
  io.optional("shmSize", storage.shm_size);
  io.optional("driver", storage.driver);
  io.optional("size", storage.size);
}

}  // namespace isle::record
