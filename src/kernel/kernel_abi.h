#pragma once
// Why: constants of the kernel's interface that are newer than the 6.1 headers isle is built with,
// in one place, so that a call tried on a newer kernel needs no newer machine to compile. Each
// group says the kernel that brought it; whether the running kernel has it is found by trying.
//
// <sys/mount.h> and <linux/mount.h> both define struct mount_attr and the fsconfig commands. glibc
// (2.37, and Debian's 2.36) solves it when its own header comes first and includes the kernel's:
// include this file, never <linux/mount.h>.

#include <fcntl.h>
#include <linux/types.h>
#include <sys/mount.h>
#include <sys/syscall.h>

// open_tree(2): a new mount namespace out of a tree, 7.0.
#ifndef OPEN_TREE_NAMESPACE
#define OPEN_TREE_NAMESPACE 2
#endif
// fsmount(2): the same for a new file system, after 7.0.
#ifndef FSMOUNT_NAMESPACE
#define FSMOUNT_NAMESPACE 2
#endif
// move_mount(2): beneath the top mount, 6.5.
#ifndef MOVE_MOUNT_BENEATH
#define MOVE_MOUNT_BENEATH 0x200
#endif
// fsconfig(2): fail when the superblock exists already, 6.6.
#ifndef FSCONFIG_CMD_CREATE_EXCL
#define FSCONFIG_CMD_CREATE_EXCL 8
#endif
// statx(2): mount ids, 5.8 and 6.8 (unique: never used again).
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif
#ifndef STATX_MNT_ID_UNIQUE
#define STATX_MNT_ID_UNIQUE 0x4000U
#endif
// name_to_handle_at(2): 6.5, 6.13.
#ifndef AT_HANDLE_FID
#define AT_HANDLE_FID 0x200
#endif
#ifndef AT_HANDLE_MNT_ID_UNIQUE
#define AT_HANDLE_MNT_ID_UNIQUE 0x001
#endif
// execveat(2): only ask whether it would be allowed, 6.14.
#ifndef AT_EXECVE_CHECK
#define AT_EXECVE_CHECK 0x10000
#endif

// System calls newer than the headers. From 424 on the numbers are the same on every architecture
// but alpha; x32 adds its bit.
#ifndef SYS_cachestat
#define SYS_cachestat 451  // 6.5
#endif
#ifndef SYS_fchmodat2
#define SYS_fchmodat2 452  // 6.6
#endif
#ifndef SYS_statmount
#define SYS_statmount 457  // 6.8
#endif
#ifndef SYS_listmount
#define SYS_listmount 458  // 6.8
#endif
#ifndef SYS_open_tree_attr
#define SYS_open_tree_attr 467  // 6.15
#endif
#ifndef SYS_listns
#define SYS_listns 470  // 6.19
#endif

// ioctl_nsfs(2), sockets and tun devices: numbers, since <linux/nsfs.h> of 6.1 ends at the fourth.
inline constexpr unsigned long kNsGetUserns = 0xb701, kNsGetParent = 0xb702, kNsGetType = 0xb703,
                               kNsGetOwnerUid = 0xb704;
inline constexpr unsigned long kNsGetMntnsId = 0x8008b705;       // 6.11
inline constexpr unsigned long kNsGetId = 0x8008b70d;            // 6.18
inline constexpr unsigned long kSiocgskns = 0x894c;              // 4.10
inline constexpr unsigned long kTunGetDevNetns = 0x54e3;         // 5.2
inline constexpr unsigned long kProcfsGetPidNamespace = 0x6620;  // after 6.18
// What fstatfs(2) says of nsfs and procfs.
inline constexpr long kNsfsMagic = 0x6e736673, kProcMagic = 0x9fa0;
