#pragma once
// update's command line as the specification's "resources": the flags of runc and crun, one to one.

#include <span>

#include "base/error.h"
#include "islet/arguments.h"
#include "oci/runtime_spec.h"
#include "runtime/state/update.h"

namespace isle::islet {

// --resources first, then the flags.
inline constexpr Option kUpdateOptions[] = {
    {.name = "resources",
     .letter = 'r',
     .value = "FILE",
     .help = "the limits as the specification's JSON (linux.resources); -: standard input"},
    {.name = "blkio-weight", .value = "WEIGHT", .help = "share of disk time, 10 to 1000"},
    {.name = "cpu-period", .value = "US", .help = "period of --cpu-quota in microseconds"},
    {.name = "cpu-quota", .value = "US", .help = "CPU time in each period; -1: no limit"},
    {.name = "cpu-burst", .value = "US", .help = "unused CPU time that may be saved up"},
    {.name = "cpu-share",
     .value = "N",
     .help = "share of the CPU when it is short (1024 is usual)"},
    {.name = "cpu-shares", .value = "N", .help = "the same"},
    {.name = "cpu-rt-period", .value = "US", .help = "period of --cpu-rt-runtime (cgroup v1)"},
    {.name = "cpu-rt-runtime", .value = "US", .help = "real-time CPU time in a period (cgroup v1)"},
    {.name = "cpu-idle", .value = "0|1", .help = "1: run only when nothing else wants the CPU"},
    {.name = "cpuset-cpus", .value = "LIST", .help = "the CPUs it may use, such as 0-3,7"},
    {.name = "cpuset-mems", .value = "LIST", .help = "the memory nodes it may use"},
    {.name = "kernel-memory", .value = "SIZE", .help = "is warned about: it counts as memory"},
    {.name = "kernel-memory-tcp", .value = "SIZE", .help = "is warned about: it counts as memory"},
    {.name = "memory", .value = "SIZE", .help = "limit of memory, such as 64m; -1: none"},
    {.name = "memory-reservation",
     .value = "SIZE",
     .help = "memory that is kept when it is short; -1: none"},
    {.name = "memory-swap", .value = "SIZE", .help = "limit of memory and swap together; -1: none"},
    {.name = "pids-limit", .value = "N", .help = "limit of processes and threads; -1: none"},
    {.name = "l3-cache-schema",
     .value = "SCHEMA",
     .help = "share of the processor's cache (resctrl), such as L3:0=f;1=f"},
    {.name = "mem-bw-schema",
     .value = "SCHEMA",
     .help = "share of the memory bandwidth (resctrl), such as MB:0=50"},
};

// The first flag of a limit of linux.resources that is given, --resources aside; empty if none is.
std::string_view given_update_flag(const Arguments& arguments);
runtime::CacheShares read_cache_shares(const Arguments& arguments);
Result<oci::Resources> read_update_flags(const Arguments& arguments);

}  // namespace isle::islet
