// What the default seccomp profile costs: to compile, to read from the cache, to install, and for
// each system call made under it; beside the same rules compiled by libseccomp, as a list and as a
// tree. Installing and calling are done in a child, since a filter cannot be taken off again.
#include <chrono>
#include <functional>

#include <benchmark/benchmark.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel/fd.h"
#include "kernel/seccomp.h"
#include "kernel/seccomp_cache.h"
#include "oci/default_seccomp.h"
#include "runtime/plan/seccomp.h"

namespace isle {
namespace {

using Program = std::vector<sock_filter>;

kernel::SeccompFilter default_filter() {
  return MUST(runtime::seccomp_filter(oci::default_seccomp({"CAP_SYS_CHROOT"})));
}

scmp_filter_ctx library_filter(const kernel::SeccompFilter& filter, unsigned optimisation) {
  scmp_filter_ctx context = seccomp_init(SCMP_ACT_ERRNO(1));
  seccomp_attr_set(context, SCMP_FLTATR_CTL_OPTIMIZE, optimisation);
  seccomp_arch_add(context, SCMP_ARCH_X86);
  for (const kernel::SeccompRule& rule : filter.rules) {
    if (rule.outcome.action != kernel::SeccompAction::Allow) continue;
    std::vector<scmp_arg_cmp> conditions;
    for (const auto& [index, op, value, value_two] : rule.conditions) {
      conditions.push_back({index,
                            op == kernel::SeccompOperator::NotEqual  ? SCMP_CMP_NE
                            : op == kernel::SeccompOperator::Greater ? SCMP_CMP_GT
                                                                     : SCMP_CMP_MASKED_EQ,
                            value,
                            value_two});
    }
    for (const std::string& name : rule.names) {
      const int number = seccomp_syscall_resolve_name(name.c_str());
      if (number == __NR_SCMP_ERROR) continue;
      seccomp_rule_add_array(context,
                             SCMP_ACT_ALLOW,
                             number,
                             static_cast<unsigned>(conditions.size()),
                             conditions.data());
    }
  }
  return context;
}

Program library_program(unsigned optimisation) {
  scmp_filter_ctx context = library_filter(default_filter(), optimisation);
  const kernel::UniqueFd file = MUST(kernel::make_memfd("seccomp"));
  seccomp_export_bpf(context, file.get());
  seccomp_release(context);
  lseek(file.get(), 0, SEEK_SET);
  const std::string text = MUST(kernel::read_all(file.get()));
  Program program(text.size() / sizeof(sock_filter));
  text.copy(reinterpret_cast<char*>(program.data()), text.size());
  return program;
}

enum class Kind : int { None, Library, LibraryTree, Isle };

Program program_of(Kind kind) {
  switch (kind) {
    case Kind::None: return {};
    case Kind::Library: return library_program(0);
    case Kind::LibraryTree: return library_program(2);
    case Kind::Isle: break;
  }
  return MUST(kernel::compile(default_filter())).instructions;
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void install(const Program& program) {
  if (program.empty()) return;
  const sock_fprog filter{.len = static_cast<unsigned short>(program.size()),
                          .filter = const_cast<sock_filter*>(program.data())};
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter) != 0) _exit(1);
}

// Runs `measure` in a child and hands on the seconds it gives; negative if the child failed.
double in_child(const std::function<double()>& measure) {
  auto* seconds = static_cast<double*>(
      mmap(nullptr, sizeof(double), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  *seconds = -1;
  const pid_t child = fork();
  if (child == 0) {
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    *seconds = measure();
    _exit(0);
  }
  waitpid(child, nullptr, 0);
  const double result = *seconds;
  munmap(seconds, sizeof(double));
  return result;
}

void compile(benchmark::State& state) {
  const kernel::SeccompFilter filter = default_filter();
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(kernel::compile(filter));
}
BENCHMARK(compile)->Unit(benchmark::kMicrosecond);

void compile_by_library(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) {
    benchmark::DoNotOptimize(library_program(static_cast<unsigned>(state.range(0))));
  }
}
BENCHMARK(compile_by_library)->ArgName("tree")->Arg(0)->Arg(2)->Unit(benchmark::kMicrosecond);

void default_profile_to_filter(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state) benchmark::DoNotOptimize(default_filter());
}
BENCHMARK(default_profile_to_filter)->Unit(benchmark::kMicrosecond);

void cache_hit(benchmark::State& state) {
  const kernel::SeccompFilter filter = default_filter();
  char pattern[] = "/tmp/isle-seccomp-bench-XXXXXX";
  const HostPath directory(mkdtemp(pattern));
  benchmark::DoNotOptimize(kernel::compile_cached(filter, directory));
  for ([[maybe_unused]] auto _ : state) {
    if (!MUST(kernel::compile_cached(filter, directory)).from_cache) state.SkipWithError("missed");
  }
  const std::string remove = "rm -r " + directory.str();
  if (std::system(remove.c_str()) != 0) state.SkipWithError("directory stays behind");
}
BENCHMARK(cache_hit)->Unit(benchmark::kMicrosecond);

void each_kind(benchmark::internal::Benchmark* bench) {
  bench->ArgName("0=none,1=list,2=tree,3=isle")->DenseRange(0, 3)->UseManualTime();
}

void install_program(benchmark::State& state) {
  const Program program = program_of(static_cast<Kind>(state.range(0)));
  for ([[maybe_unused]] auto _ : state) {
    state.SetIterationTime(in_child([&] { return seconds_of([&] { install(program); }); }));
  }
  state.counters["instructions"] = static_cast<double>(program.size());
}
BENCHMARK(install_program)->Apply(each_kind)->Unit(benchmark::kMicrosecond)->Iterations(300);

// One call that is allowed whatever its arguments, and one whose arguments are looked at.
void call_under(benchmark::State& state, long number, long first, long second) {
  const Program program = program_of(static_cast<Kind>(state.range(0)));
  constexpr int kCalls = 100'000;
  for ([[maybe_unused]] auto _ : state) {
    const double seconds = in_child([&] {
      install(program);
      return seconds_of([&] {
        for (int i = 0; i < kCalls; ++i) syscall(number, first, second, 0);
      });
    });
    state.SetIterationTime(seconds / kCalls);
  }
}
void call_getpid(benchmark::State& state) { call_under(state, SYS_getpid, 0, 0); }
void call_ioctl(benchmark::State& state) { call_under(state, SYS_ioctl, -1, 0x5413); }
BENCHMARK(call_getpid)->Apply(each_kind)->Unit(benchmark::kNanosecond)->Iterations(20);
BENCHMARK(call_ioctl)->Apply(each_kind)->Unit(benchmark::kNanosecond)->Iterations(20);

}  // namespace
}  // namespace isle

BENCHMARK_MAIN();
