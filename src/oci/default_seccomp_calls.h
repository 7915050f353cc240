#pragma once
// The default profile's tables: system calls grouped by the reason for which each is allowed. A
// name with 32, 64, time64 or _old in it is the same call with other widths of its arguments; an
// architecture that has no such call passes over the name. Divided by spaces. Internal to
// default_seccomp.cc.

#include <string_view>

namespace isle::oci::calls {

// What a process does with files it can reach: the kernel checks mode bits and capabilities.
inline constexpr std::string_view kFiles =
    "open openat openat2 creat close close_range read write readv writev pread64 pwrite64 preadv "
    "pwritev preadv2 pwritev2 lseek _llseek sendfile sendfile64 splice tee copy_file_range "
    "truncate truncate64 ftruncate ftruncate64 fallocate fadvise64 fadvise64_64 arm_fadvise64_64 "
    "readahead fsync fdatasync sync syncfs sync_file_range sync_file_range2 arm_sync_file_range "
    "cachestat dup dup2 dup3 fcntl fcntl64 flock pipe pipe2 memfd_create memfd_secret";

// Names in directories, and what is known about files.
inline constexpr std::string_view kDirectories =
    "access faccessat faccessat2 stat stat64 lstat lstat64 fstat fstat64 fstatat64 newfstatat "
    "statx statfs statfs64 fstatfs fstatfs64 getdents getdents64 getcwd chdir fchdir mkdir "
    "mkdirat rmdir link linkat symlink symlinkat unlink unlinkat rename renameat renameat2 "
    "readlink readlinkat name_to_handle_at umask chmod fchmod fchmodat fchmodat2 chown chown32 "
    "fchown fchown32 lchown lchown32 fchownat utime utimes futimesat utimensat utimensat_time64 "
    "file_getattr file_setattr "
    // Which device a node may be for decides the control group.
    "mknod mknodat "
    // The caller's own mount namespace, by newer means than /proc/self/mountinfo.
    "statmount listmount";

inline constexpr std::string_view kExtendedAttributes =
    "getxattr lgetxattr fgetxattr getxattrat setxattr lsetxattr fsetxattr setxattrat listxattr "
    "llistxattr flistxattr listxattrat removexattr lremovexattr fremovexattr removexattrat";

// Waiting for files, and being told of changes. fanotify_init is where a capability is asked for.
inline constexpr std::string_view kEvents =
    "select _newselect pselect6 pselect6_time64 poll ppoll ppoll_time64 epoll_create "
    "epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 eventfd eventfd2 signalfd "
    "signalfd4 inotify_init inotify_init1 inotify_add_watch inotify_rm_watch fanotify_mark "
    // Asynchronous I/O of databases; io_uring is not here.
    "io_setup io_destroy io_submit io_cancel io_getevents io_pgetevents io_pgetevents_time64";

// The process's own address space.
inline constexpr std::string_view kMemory =
    "brk mmap mmap2 munmap mremap mprotect madvise mincore msync mlock mlock2 mlockall munlock "
    "munlockall mseal remap_file_pages membarrier pkey_alloc pkey_free pkey_mprotect "
    "map_shadow_stack";

// Beginning, ending and looking after processes and threads. clone, clone3, unshare and setns have
// rules of their own.
inline constexpr std::string_view kProcesses =
    "execve execveat fork vfork exit exit_group wait4 waitid waitpid getpid getppid gettid "
    "getpgid getpgrp setpgid getsid setsid set_tid_address set_robust_list get_robust_list rseq "
    "rseq_slice_yield prctl restart_syscall pidfd_open pidfd_send_signal process_mrelease "
    "getrlimit ugetrlimit setrlimit prlimit64 getrusage times sysinfo uname getcpu getrandom";

// Watching one's own processes. Tracing is no way around a filter since Linux 4.8, where the filter
// came to be asked after the tracer.
inline constexpr std::string_view kDebugging = "ptrace process_vm_readv process_vm_writev";

inline constexpr std::string_view kSignals =
    "kill tkill tgkill pause alarm sigaltstack sigreturn sigprocmask rt_sigaction rt_sigpending "
    "rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait "
    "rt_sigtimedwait_time64 rt_tgsigqueueinfo";

// Locks between threads and processes.
inline constexpr std::string_view kFutexes =
    "futex futex_time64 futex_wait futex_waitv futex_wake futex_requeue";

// Turns on the processor and the disk; a better one than fair needs CAP_SYS_NICE.
inline constexpr std::string_view kScheduling =
    "sched_yield sched_getaffinity sched_setaffinity sched_getattr sched_setattr sched_getparam "
    "sched_setparam sched_getscheduler sched_setscheduler sched_get_priority_max "
    "sched_get_priority_min sched_rr_get_interval sched_rr_get_interval_time64 getpriority "
    "setpriority ioprio_get ioprio_set";

// Who one is. The kernel asks for CAP_SETUID, CAP_SETGID or CAP_SETPCAP.
inline constexpr std::string_view kIdentity =
    "getuid getuid32 geteuid geteuid32 getgid getgid32 getegid getegid32 getresuid getresuid32 "
    "getresgid getresgid32 getgroups getgroups32 setuid setuid32 setgid setgid32 setreuid "
    "setreuid32 setregid setregid32 setresuid setresuid32 setresgid setresgid32 setfsuid "
    "setfsuid32 setfsgid setfsgid32 setgroups setgroups32 capget capset";

// Giving up more: a process may always restrict itself.
inline constexpr std::string_view kRestriction =
    "seccomp landlock_create_ruleset landlock_add_rule landlock_restrict_self";

// Reading clocks, sleeping, timers. adjtimex without CAP_SYS_TIME only reads.
inline constexpr std::string_view kTime =
    "time gettimeofday clock_gettime clock_gettime64 clock_getres clock_getres_time64 "
    "clock_nanosleep clock_nanosleep_time64 nanosleep adjtimex clock_adjtime clock_adjtime64 "
    "getitimer setitimer timer_create timer_delete timer_getoverrun timer_gettime "
    "timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime "
    "timerfd_gettime64 timerfd_settime timerfd_settime64";

// Sockets that exist; making one has rules of its own.
inline constexpr std::string_view kSockets =
    "socketpair bind connect listen accept accept4 getsockname getpeername getsockopt setsockopt "
    "shutdown send sendto sendmsg sendmmsg recv recvfrom recvmsg recvmmsg recvmmsg_time64";

// System V and POSIX queues, semaphores and memory: the IPC namespace bounds them.
inline constexpr std::string_view kIpc =
    "ipc msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat "
    "shmctl shmdt shmget mq_open mq_unlink mq_timedsend mq_timedsend_time64 mq_timedreceive "
    "mq_timedreceive_time64 mq_notify mq_getsetattr";

// What one machine or another needs of a process: thread pointers, caches, its own features, and
// the calls that the kernel's trampolines for probes make in the process's name.
inline constexpr std::string_view kMachine =
    "arch_prctl modify_ldt get_thread_area set_thread_area uretprobe uprobe breakpoint "
    "cacheflush set_tls swapcontext riscv_flush_icache riscv_hwprobe s390_pci_mmio_read "
    "s390_pci_mmio_write s390_runtime_instr";

// What a capability is good for, beyond what the calls above let it do.
struct Unlocked {
  std::string_view capability;
  std::string_view names;
};
inline constexpr Unlocked kUnlocked[] = {
    // Mounts, namespaces, names of the machine: the whole of administration, so nearly all of it.
    {"CAP_SYS_ADMIN",
     "mount umount umount2 pivot_root mount_setattr move_mount open_tree open_tree_attr fsopen "
     "fsconfig fsmount fspick unshare setns clone clone3 sethostname setdomainname quotactl "
     "quotactl_fd fanotify_init bpf perf_event_open syslog lsm_get_self_attr lsm_set_self_attr "
     "lsm_list_modules"},
    // A handle opens a file wherever it is, without a path: past every mount and root directory.
    {"CAP_DAC_READ_SEARCH", "open_by_handle_at"},
    {"CAP_SYS_CHROOT", "chroot"},
    // Into other processes further than tracing goes.
    {"CAP_SYS_PTRACE", "kcmp pidfd_getfd process_madvise"},
    {"CAP_SYS_NICE", "get_mempolicy set_mempolicy set_mempolicy_home_node mbind"},
    {"CAP_SYS_TIME", "settimeofday stime clock_settime clock_settime64"},
    {"CAP_SYS_BOOT", "reboot"},
    {"CAP_SYS_MODULE", "init_module finit_module delete_module"},
    {"CAP_SYS_PACCT", "acct"},
    {"CAP_SYS_RAWIO", "ioperm iopl"},
    {"CAP_SYS_TTY_CONFIG", "vhangup"},
    {"CAP_SYSLOG", "syslog"},
    {"CAP_BPF", "bpf"},
    {"CAP_PERFMON", "perf_event_open"},
};

}  // namespace isle::oci::calls
