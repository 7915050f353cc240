#pragma once
// The same work for many things at once.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <system_error>
#include <thread>
#include <vector>

namespace isle {

// Calls work(i) for every i below `count`, each once, in no order, by as many threads as the
// machine has processors (at most 8), the caller among them; few calls are made by the caller
// alone, as a thread costs some 50 us. `work` must not throw and must be safe beside itself.
// Where no thread can be made, those there are do the work.
template <typename Work>
void for_each_index(std::size_t count, const Work& work) {
  constexpr std::size_t kWorthAThread = 64;
  constexpr std::size_t kPortion = 16;
  std::atomic<std::size_t> next = 0;
  const auto take_portions = [&] {
    for (std::size_t from = 0; (from = next.fetch_add(kPortion)) < count;) {
      const std::size_t to = std::min(from + kPortion, count);
      for (std::size_t i = from; i < to; ++i) work(i);
    }
  };
  const std::size_t wanted = std::min<std::size_t>(
      {std::max(1U, std::thread::hardware_concurrency()), 8, count / kWorthAThread + 1});
  std::vector<std::jthread> others;
  others.reserve(wanted - 1);
  for (std::size_t i = 1; i < wanted; ++i) {
    try {
      others.emplace_back(take_portions);
    } catch (const std::system_error&) {
      break;  // EAGAIN of clone(2): a limit of processes
    }
  }
  take_portions();
}

}  // namespace isle
