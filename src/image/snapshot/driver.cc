#include "image/snapshot/driver.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/strings.h"
#include "kernel/btrfs.h"
#include "kernel/fd.h"
#include "kernel/project_quota.h"
#include "kernel/zfs.h"

namespace isle::image {
namespace {

// The best first.
constexpr std::array kDrivers = {
    Driver::Overlay, Driver::Zfs, Driver::FuseOverlayfs, Driver::Btrfs, Driver::Vfs};

struct Refused {
  std::string_view name, reason, hint;
};
constexpr std::array kRefused = {
    Refused{.name = "aufs",
            .reason = "it never became part of Linux, and docker gave it up",
            .hint = "overlay does what it did"},
    Refused{.name = "devicemapper",
            .reason = "docker gave it up, as its thin pools lost data when they were full",
            .hint = "overlay does what it did; btrfs has snapshots and limits of size"},
};

// File systems that cannot hold overlay's upper directory: they lack whiteouts, attributes or
// d_type (ovl_dir_check and its kin in fs/overlayfs/super.c say so only when it is mounted).
struct Unfit {
  unsigned long magic;
  const char* name;
};
constexpr std::array kUnfit = {Unfit{OVERLAYFS_SUPER_MAGIC, "overlay"},
                               Unfit{NFS_SUPER_MAGIC, "NFS"},
                               Unfit{FUSE_SUPER_MAGIC, "FUSE"},
                               Unfit{ECRYPTFS_SUPER_MAGIC, "eCryptfs"},
                               Unfit{MSDOS_SUPER_MAGIC, "FAT"},
                               Unfit{SMB2_SUPER_MAGIC, "SMB"},
                               Unfit{V9FS_MAGIC, "9p"}};

// The store's root need not be there yet: then it is what it will be made in.
HostPath existing(const HostPath& root) {
  std::string path = root.str();
  while (path.size() > 1 && access(path.c_str(), F_OK) != 0) {
    path.resize(std::max<std::size_t>(path.rfind('/'), 1));
  }
  return HostPath(path);
}

// Whether files can be renamed as overlay does it, which ZFS learned in 2.2.
bool takes_whiteouts(const HostPath& directory) {
  const HostPath from = directory / format(".try-{}", getpid());
  const HostPath to = directory / format(".try-{}-there", getpid());
  if (!kernel::open_file(from, O_WRONLY | O_CREAT | O_EXCL, 0600)) return false;
  const bool renamed =
      renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_WHITEOUT) == 0;
  unlink(from.c_str());
  unlink(to.c_str());
  return renamed;
}

Result<void> check_upper(const Store& store, std::string_view driver) {
  const HostPath root = existing(store.root());
  if (kernel::is_on_zfs(root) && !takes_whiteouts(root)) {
    return fail(ErrorKind::Unsupported,
                format("storage driver {}: {} is on ZFS before 2.2, which cannot hold its upper "
                       "directory",
                       driver,
                       store.root().str()),
                "take --storage-driver zfs, or vfs");
  }
  struct statfs info{};
  if (statfs(root.c_str(), &info) != 0) return {};
  for (const Unfit& unfit : kUnfit) {
    if (static_cast<unsigned long>(info.f_type) != unfit.magic) continue;
    return fail(ErrorKind::Unsupported,
                format("storage driver {}: {} is on {}, which cannot hold its upper directory",
                       driver,
                       store.root().str(),
                       unfit.name),
                "put ISLE_ROOT elsewhere, or take --storage-driver vfs");
  }
  return {};
}

// By asking for its context, which loads the module too. An ordinary user may not ask.
Result<void> check_overlay(const Store& store) {
  const long context = syscall(SYS_fsopen, "overlay", FSOPEN_CLOEXEC);
  if (context >= 0) {
    const kernel::UniqueFd closing(static_cast<int>(context));
  } else if (errno == ENODEV) {
    return fail(ErrorKind::Unsupported,
                "storage driver overlay: this kernel has no overlay file system",
                "take --storage-driver fuse-overlayfs or vfs");
  }
  return check_upper(store, "overlay");
}

Result<void> check_fuse(const Store& store) {
  if (store.who() == Unpacker::User) {
    return fail(
        ErrorKind::Unsupported,
        "storage driver fuse-overlayfs: of an ordinary user the kernel takes a FUSE mount only "
        "from inside the container's user namespace, where no program of the host's runs "
        "before the container does",
        "overlay works for ordinary users from Linux 5.11 on, vfs everywhere");
  }
  TRY(fuse_overlayfs_program());
  if (access("/dev/fuse", R_OK | W_OK) != 0) {
    return fail_call(errno,
                     "access(/dev/fuse)",
                     "storage driver fuse-overlayfs: the kernel's part, FUSE, is missing",
                     "modprobe fuse, or take --storage-driver vfs");
  }
  return check_upper(store, "fuse-overlayfs");
}

Result<void> check_zfs(const Store& store) {
  const HostPath root = existing(store.root());
  if (!kernel::is_on_zfs(root)) {
    return fail(ErrorKind::Unsupported,
                format("storage driver zfs: {} is not on ZFS", store.root().str()),
                "put ISLE_ROOT on a data set, or leave --storage-driver out");
  }
  if (store.who() == Unpacker::User) {
    return fail(ErrorKind::Unsupported,
                "storage driver zfs: data sets are root's to make and to mount",
                "take --storage-driver vfs, or overlay from OpenZFS 2.2 on");
  }
  TRY_STEP(kernel::zfs_program(), "storage driver zfs");
  TRY_STEP(kernel::dataset_of(root), "storage driver zfs");
  return {};
}

Result<void> check_btrfs(const Store& store) {
  if (kernel::is_on_btrfs(existing(store.root()))) return {};
  return fail(ErrorKind::Unsupported,
              format("storage driver btrfs: {} is not on btrfs", store.root().str()),
              "put ISLE_ROOT on one, or leave --storage-driver out");
}

}  // namespace

std::string_view to_string(Driver driver) {
  switch (driver) {
    case Driver::Overlay: return "overlay";
    case Driver::Vfs: return "vfs";
    case Driver::Btrfs: return "btrfs";
    case Driver::FuseOverlayfs: return "fuse-overlayfs";
    case Driver::Zfs: return "zfs";
  }
  return "";
}

Result<Driver> parse_driver(std::string_view name) {
  if (name == "overlay2") return Driver::Overlay;  // docker's name of it
  for (const Driver driver : kDrivers) {
    if (name == to_string(driver)) return driver;
  }
  for (const Refused& refused : kRefused) {
    if (name != refused.name) continue;
    return fail(ErrorKind::Unsupported,
                format("storage driver {}: {}", name, refused.reason),
                std::string(refused.hint));
  }
  return fail(ErrorKind::InvalidArgument,
              format("{} is no storage driver", quoted(name)),
              "there are overlay, fuse-overlayfs, btrfs, zfs and vfs");
}

bool is_whole(Driver driver) {
  return driver == Driver::Vfs || driver == Driver::Btrfs || driver == Driver::Zfs;
}

Result<void> check_driver(const Store& store, Driver driver) {
  switch (driver) {
    case Driver::Overlay: return check_overlay(store);
    case Driver::FuseOverlayfs: return check_fuse(store);
    case Driver::Btrfs: return check_btrfs(store);
    case Driver::Zfs: return check_zfs(store);
    case Driver::Vfs: break;
  }
  return {};
}

Result<Driver> choose_driver(const Store& store, std::string_view wanted) {
  const char* from_environment =
      std::getenv("ISLE_STORAGE_DRIVER");  // NOLINT(concurrency-mt-unsafe)
  const bool is_asked = !wanted.empty();
  if (!is_asked && from_environment != nullptr) wanted = from_environment;
  if (!wanted.empty()) {
    const auto driver = parse_driver(wanted);
    if (!driver && !is_asked) {
      return std::unexpected(Error(driver.error()).within("ISLE_STORAGE_DRIVER"));
    }
    TRY(check_driver(store, TRY(driver)));
    return *driver;
  }
  for (const Driver driver : kDrivers) {
    if (check_driver(store, driver)) return driver;
  }
  return Driver::Vfs;
}

Result<void> check_size_limit(const Store& store, Driver driver) {
  if (driver == Driver::Btrfs || driver == Driver::Zfs) return {};
  const auto refused = [driver](std::string_view reason, std::string_view hint) {
    return fail(
        ErrorKind::Unsupported,
        format("--storage-opt size: storage driver {} cannot limit what a container writes: {}",
               to_string(driver),
               reason),
        std::string(hint));
  };
  if (driver == Driver::Vfs) {
    return refused(
        "its files are a copy, and count as the image's",
        "--storage-driver overlay can, on xfs and ext4 with project quotas; btrfs and zfs can");
  }
  if (store.who() == Unpacker::User) {
    return refused("quotas are root's to set", "--read-only with --tmpfs of a size can");
  }
  const HostPath root = existing(store.root());
  const kernel::UniqueFd directory = TRY(kernel::open_file(root, O_RDONLY | O_DIRECTORY));
  const Result<void> checked = kernel::check_project_quota(directory.get());
  if (checked) return {};
  return refused(format("{}: {}", root.str(), checked.error().message),
                 checked.error().hint + "; or --read-only with --tmpfs of a size");
}

std::vector<DriverState> driver_states(const Store& store) {
  std::vector<DriverState> states;
  states.reserve(kDrivers.size() + kRefused.size());
  for (const Driver driver : kDrivers) {
    const Result<void> works = check_driver(store, driver);
    states.push_back(
        {.name = to_string(driver), .reason = works ? std::string() : works.error().describe()});
  }
  for (const Refused& refused : kRefused) {
    states.push_back({.name = refused.name, .reason = std::string(refused.reason)});
  }
  return states;
}

Result<HostPath> fuse_overlayfs_program() {
  for (const char* path : {"/usr/bin/fuse-overlayfs", "/usr/local/bin/fuse-overlayfs"}) {
    if (access(path, X_OK) == 0) return HostPath(path);
  }
  return fail(ErrorKind::Unsupported,
              "storage driver fuse-overlayfs: the program fuse-overlayfs is not installed",
              "apt install fuse-overlayfs, or take --storage-driver vfs");
}

}  // namespace isle::image
