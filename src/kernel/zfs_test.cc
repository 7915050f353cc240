#include "kernel/zfs.h"

#include <gtest/gtest.h>

namespace isle::kernel {
namespace {

TEST(Zfs, ComplaintsTellTheKind) {
  EXPECT_EQ(zfs_error_kind("cannot open 'tank/a': dataset does not exist"), ErrorKind::NotFound);
  EXPECT_EQ(zfs_error_kind("cannot create 'tank/a': dataset already exists"), ErrorKind::Conflict);
  EXPECT_EQ(zfs_error_kind("cannot destroy 'tank/a': filesystem has dependent clones\nuse '-R' to"),
            ErrorKind::Conflict);
  EXPECT_EQ(zfs_error_kind("cannot destroy 'tank/a': dataset is busy"), ErrorKind::Unavailable);
  EXPECT_EQ(zfs_error_kind("cannot create 'tank/a': out of space"), ErrorKind::System);
  EXPECT_EQ(zfs_error_kind(""), ErrorKind::System);
}

TEST(Zfs, OtherFileSystemsHaveNoDataSets) {
  EXPECT_FALSE(is_on_zfs(HostPath("/proc")));
  EXPECT_FALSE(is_on_zfs(HostPath("/no/such/place")));
  const Result<std::string> none = dataset_of(HostPath("/proc"));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace isle::kernel
