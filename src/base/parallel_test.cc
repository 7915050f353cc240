#include "base/parallel.h"

#include <gtest/gtest.h>

namespace isle {
namespace {

TEST(ForEachIndex, CallsEachOnce) {
  for (const std::size_t count : {0, 1, 15, 16, 17, 63, 64, 65, 1000}) {
    std::vector<std::atomic<int>> calls(count);
    for_each_index(count, [&](std::size_t i) { ++calls[i]; });
    for (std::size_t i = 0; i < count; ++i) EXPECT_EQ(calls[i], 1) << i << " of " << count;
  }
}

TEST(ForEachIndex, FewAreTheCallersOwn) {
  const auto caller = std::this_thread::get_id();
  for_each_index(63, [&](std::size_t) { EXPECT_EQ(std::this_thread::get_id(), caller); });
}

}  // namespace
}  // namespace isle
