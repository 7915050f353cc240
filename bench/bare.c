/*
 * The yardstick: a container made by the needed system calls and nothing else. The same namespaces,
 * mounts, devices, masks, capabilities, filter and control groups as isle's default container, but
 * no options, no checks, no messages, no state on disk.
 *
 *   bare BUNDLE     runs BUNDLE/rootfs/true with the filter BUNDLE/filter.bpf
 *
 * v1 hierarchies below /sys/fs/cgroup, or v2 with CLONE_INTO_CGROUP.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(long result, const char* what) {
  if (result >= 0) return;
  perror(what);
  _exit(125);
}

static const char* const controllers[] = {"cpu", "cpuacct", "devices", "freezer", "memory", "pids"};
enum { kControllers = sizeof controllers / sizeof controllers[0] };

static void put(const char* path, const char* text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  must(fd, path);
  must(write(fd, text, strlen(text)), path);
  close(fd);
}

static void group_path(char* out, size_t size, int i, const char* file) {
  snprintf(out, size, "/sys/fs/cgroup/%s/isle-bench-bare%s", controllers[i], file);
}

static int on_v2(void) { return access("/sys/fs/cgroup/cgroup.controllers", F_OK) == 0; }

static void make_groups(void) {
  static const char* const rules[] = {"c *:* m",
                                      "b *:* m",
                                      "c 1:3 rwm",
                                      "c 1:5 rwm",
                                      "c 1:7 rwm",
                                      "c 1:8 rwm",
                                      "c 1:9 rwm",
                                      "c 5:0 rwm",
                                      "c 5:2 rwm",
                                      "c 136:* rwm"};
  char path[128];
  if (on_v2()) {
    must(mkdir("/sys/fs/cgroup/isle-bench-bare", 0755), "mkdir cgroup");
    return;
  }
  for (int i = 0; i < kControllers; i++) {
    group_path(path, sizeof path, i, "");
    must(mkdir(path, 0755), path);
  }
  group_path(path, sizeof path, 2, "/devices.deny");
  put(path, "a");
  group_path(path, sizeof path, 2, "/devices.allow");
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
    must(write(fd, rules[i], strlen(rules[i])), path);
  close(fd);
}

/* By the child itself: cgroup.procs of v1 would wait for RCU. */
static void join_groups(void) {
  char path[128];
  if (on_v2()) return;
  for (int i = 0; i < kControllers; i++) {
    group_path(path, sizeof path, i, "/tasks");
    put(path, "0");
  }
}

static void remove_groups(void) {
  char path[128];
  if (on_v2()) {
    must(rmdir("/sys/fs/cgroup/isle-bench-bare"), "rmdir cgroup");
    return;
  }
  for (int i = 0; i < kControllers; i++) {
    group_path(path, sizeof path, i, "");
    must(rmdir(path), path);
  }
}

static void mount_one(const char* type, const char* target, unsigned long flags, const char* data) {
  mkdir(target, 0755);
  must(mount(type, target, type, flags, data), target);
}

static void mount_groups(void) {
  char from[128], to[128];
  const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;
  if (on_v2()) {
    mount_one("cgroup2", "sys/fs/cgroup", flags, NULL);
    return;
  }
  mount_one("tmpfs", "sys/fs/cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755");
  for (int i = 0; i < kControllers; i++) {
    group_path(from, sizeof from, i, "");
    snprintf(to, sizeof to, "sys/fs/cgroup/%s", controllers[i]);
    mkdir(to, 0755);
    must(mount(from, to, NULL, MS_BIND, NULL), to);
    must(mount(NULL, to, NULL, MS_REMOUNT | MS_BIND | flags, NULL), to);
  }
  must(mount(NULL, "sys/fs/cgroup", NULL, MS_REMOUNT | MS_BIND | flags, NULL), "sys/fs/cgroup");
}

static void make_devices(void) {
  static const struct {
    const char* path;
    int major, minor;
  } nodes[] = {{"dev/null", 1, 3},
               {"dev/zero", 1, 5},
               {"dev/full", 1, 7},
               {"dev/random", 1, 8},
               {"dev/urandom", 1, 9},
               {"dev/tty", 5, 0}};
  for (size_t i = 0; i < sizeof nodes / sizeof nodes[0]; i++) {
    must(mknod(nodes[i].path, S_IFCHR | 0666, makedev(nodes[i].major, nodes[i].minor)),
         nodes[i].path);
  }
  symlink("/proc/self/fd", "dev/fd");
  symlink("/proc/self/fd/0", "dev/stdin");
  symlink("/proc/self/fd/1", "dev/stdout");
  symlink("/proc/self/fd/2", "dev/stderr");
  symlink("pts/ptmx", "dev/ptmx");
}

static void hide(void) {
  static const char* const readonly[] = {
      "proc/bus", "proc/fs", "proc/irq", "proc/sys", "proc/sysrq-trigger"};
  static const char* const masked[] = {"proc/acpi",
                                       "proc/asound",
                                       "proc/interrupts",
                                       "proc/kcore",
                                       "proc/keys",
                                       "proc/latency_stats",
                                       "proc/sched_debug",
                                       "proc/scsi",
                                       "proc/timer_list",
                                       "proc/timer_stats",
                                       "sys/firmware",
                                       "sys/devices/virtual/powercap"};
  struct stat info;
  for (size_t i = 0; i < sizeof readonly / sizeof readonly[0]; i++) {
    if (mount(readonly[i], readonly[i], NULL, MS_BIND | MS_REC, NULL) != 0) continue;
    must(mount(NULL, readonly[i], NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), readonly[i]);
  }
  for (size_t i = 0; i < sizeof masked / sizeof masked[0]; i++) {
    if (stat(masked[i], &info) != 0) continue;
    if (S_ISDIR(info.st_mode))
      must(mount("tmpfs", masked[i], "tmpfs", MS_RDONLY, "size=4096"), masked[i]);
    else
      must(mount("/dev/null", masked[i], NULL, MS_BIND, NULL), masked[i]);
  }
}

static void change_root(const char* rootfs) {
  must(mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL), "/");
  must(mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL), rootfs);
  must(chdir(rootfs), rootfs);
  mount_one("proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount_one("tmpfs", "dev", MS_NOSUID, "mode=755,size=65536k");
  mount_one(
      "devpts", "dev/pts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620,gid=5");
  mount_one("tmpfs", "dev/shm", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=1777,size=65536k");
  mount_one("mqueue", "dev/mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL);
  mount_one("sysfs", "sys", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY, NULL);
  mount_groups();
  make_devices();
  hide();
  must(syscall(SYS_pivot_root, ".", "."), "pivot_root");
  must(umount2(".", MNT_DETACH), "umount2");
}

static void drop_privileges(const struct sock_fprog* filter) {
  /* isle's default: CHOWN DAC_OVERRIDE FOWNER FSETID KILL SETGID SETUID SETPCAP NET_BIND_SERVICE
     SYS_CHROOT SETFCAP; which bits does not matter for the cost. */
  const uint64_t keep = 0x800405fb;
  for (unsigned i = 0; i <= 40; i++) {
    if (!(keep >> i & 1)) prctl(PR_CAPBSET_DROP, i);
  }
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{(uint32_t)keep, (uint32_t)keep, 0}, {0, 0, 0}};
  must(syscall(SYS_capset, &header, data), "capset");
  must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
  must(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, filter), "seccomp");
}

static struct sock_fprog read_filter(const char* bundle) {
  char path[4096];
  struct stat info;
  snprintf(path, sizeof path, "%s/filter.bpf", bundle);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  must(fd, path);
  must(fstat(fd, &info), path);
  struct sock_filter* code = malloc((size_t)info.st_size);
  must(read(fd, code, (size_t)info.st_size), path);
  close(fd);
  return (struct sock_fprog){(unsigned short)((size_t)info.st_size / sizeof *code), code};
}

static void child(int go, const char* rootfs, const struct sock_fprog* filter) {
  static char *const arguments[] = {"/true", NULL}, *const environment[] = {"PATH=/bin", NULL};
  char byte;
  join_groups();
  must(read(go, &byte, 1), "read");
  setsid();
  sethostname("isle", 4);
  change_root(rootfs);
  drop_privileges(filter);
  close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  execve(arguments[0], arguments, environment);
  _exit(127);
}

int main(int argc, char** argv) {
  char rootfs[4096];
  int ends[2], status = 0;
  if (argc != 2) return 2;
  snprintf(rootfs, sizeof rootfs, "%s/rootfs", argv[1]);
  struct sock_fprog filter = read_filter(argv[1]);
  make_groups();
  must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), "socketpair");
  struct clone_args arguments = {
      .flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS,
      .exit_signal = SIGCHLD};
  if (on_v2()) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = (uint64_t)open("/sys/fs/cgroup/isle-bench-bare", O_PATH | O_CLOEXEC);
  }
  pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  must(pid, "clone3");
  if (pid == 0) child(ends[1], rootfs, &filter);
  must(write(ends[0], "g", 1), "write");
  must(waitpid(pid, &status, 0), "waitpid");
  remove_groups();
  return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
