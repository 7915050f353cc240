// The store with the real isle-unpack and the image the build makes.
#include "image/resolve.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "image/blobs.h"
#include "image/embedded.h"
#include "image/image_names.h"
#include "image/image_record.h"
#include "image/installation.h"
#include "image/layer/unpacker.h"
#include "image/load.h"
#include "image/snapshot/snapshot.h"
#include "kernel/beneath.h"

namespace isle::image {
namespace {

namespace fs = std::filesystem;

class StoreTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!helper_program("isle-unpack")) GTEST_SKIP() << "isle-unpack is not built";
    if (embedded_names().empty()) GTEST_SKIP() << "the built-in image is not built";
    std::string pattern = (fs::temp_directory_path() / "isle-store-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    base_ = pattern;
    store_.emplace(HostPath(base_ / "store"), geteuid() == 0 ? Unpacker::Root : Unpacker::User);
  }
  void TearDown() override {
    if (base_.empty()) return;
    const kernel::UniqueFd above =
        MUST(kernel::open_file(HostPath(base_.parent_path()), O_RDONLY | O_DIRECTORY));
    EXPECT_TRUE(kernel::remove_tree(above.get(), base_.filename()));
  }
  // A copy of the built-in layout to damage.
  fs::path layout_copy() const {
    const fs::path copy = base_ / "layout";
    fs::copy(MUST(share_directory()).str() + "/images/busybox", copy, fs::copy_options::recursive);
    return copy;
  }
  // Its largest blob is the layer.
  static fs::path layer_blob(const fs::path& layout) {
    fs::path largest;
    for (const auto& entry : fs::directory_iterator(layout / "blobs/sha256")) {
      if (largest.empty() || entry.file_size() > fs::file_size(largest)) largest = entry.path();
    }
    return largest;
  }
  std::size_t staged() const {
    const fs::path staging = base_ / "store/staging";
    if (!fs::exists(staging)) return 0;
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(staging), {}));
  }

  fs::path base_;
  std::optional<Store> store_;
};

TEST_F(StoreTest, EmbeddedImageIsUnpackedOnce) {
  const ImageInfo first = MUST(resolve(*store_, "busybox"));
  EXPECT_EQ(first.name, "docker.io/library/busybox:latest");
  ASSERT_EQ(first.layers.size(), 1U);
  EXPECT_TRUE(fs::is_symlink(fs::path(first.layers[0].str()) / "bin/sh"));
  EXPECT_THAT(first.config.config.cmd, testing::ElementsAre("sh"));
  EXPECT_EQ(staged(), 0U);
  const auto made = fs::last_write_time(base_ / "store/layers");
  const ImageInfo second = MUST(resolve(*store_, "docker.io/library/busybox:latest"));
  EXPECT_EQ(second.id, first.id);
  EXPECT_EQ(fs::last_write_time(base_ / "store/layers"), made);
  struct stat look{};
  ASSERT_EQ(stat((base_ / "store").c_str(), &look), 0);
  EXPECT_EQ(look.st_mode & 07777, 0700U);
}

TEST_F(StoreTest, LostLayersAndNotesAreMadeAnew) {
  const ImageInfo first = MUST(resolve(*store_, "busybox"));
  fs::remove_all(base_ / "store/layers");
  EXPECT_TRUE(resolve(*store_, "busybox"));
  std::ofstream(base_ / "store/builtin/busybox") << "{";
  EXPECT_TRUE(resolve(*store_, "busybox"));
  std::ofstream(base_ / "store/images" / first.id.hex()) << "";
  EXPECT_TRUE(resolve(*store_, "busybox"));
}

TEST_F(StoreTest, UnknownImagesAreNotFoundWithAList) {
  for (const char* text : {"nosuch", "busybox:1.0", "quay.io/busybox", "abcdef"}) {
    const Result<ImageInfo> info = resolve(*store_, text);
    ASSERT_FALSE(info) << text;
    EXPECT_EQ(info.error().kind, ErrorKind::NotFound);
    EXPECT_THAT(info.error().message, testing::HasSubstr(text));
    EXPECT_THAT(info.error().hint, testing::HasSubstr("busybox:latest"));
  }
  EXPECT_EQ(resolve(*store_, "NO").error().kind, ErrorKind::InvalidArgument);
  EXPECT_FALSE(fs::exists(base_ / "store"));
}

TEST_F(StoreTest, NamesIdsAndPrefixes) {
  Loaded loaded = MUST(load_from_layout(*store_, HostPath(layout_copy()), "busybox:latest"));
  const Reference name = MUST(Reference::parse("localhost:5000/a/b:v1"));
  MUST(name_image(*store_, name, loaded.record.id));
  MUST(name_image(*store_, name, loaded.record.id));
  EXPECT_THAT(image_names(*store_), testing::ElementsAre("localhost:5000/a/b:v1"));
  EXPECT_EQ(MUST(resolve(*store_, "localhost:5000/a/b:v1")).id, loaded.record.id);
  EXPECT_EQ(MUST(resolve(*store_, loaded.record.id.str())).id, loaded.record.id);
  EXPECT_EQ(MUST(resolve(*store_, loaded.record.id.short_hex())).id, loaded.record.id);
  EXPECT_EQ(
      MUST(resolve(*store_, "localhost:5000/a/b:v1@" + loaded.record.descriptor.digest.str())).id,
      loaded.record.id);
  EXPECT_FALSE(resolve(*store_, "localhost:5000/a/b:v1@" + loaded.record.id.str()));
  EXPECT_FALSE(resolve(*store_, "localhost:5000/a/b@" + loaded.record.descriptor.digest.str()));
  Reference by_digest = name;
  by_digest.digest = loaded.record.descriptor.digest;
  MUST(name_image(*store_, by_digest, loaded.record.id));
  EXPECT_TRUE(resolve(*store_, "localhost:5000/a/b@" + loaded.record.descriptor.digest.str()));
  EXPECT_THAT(image_names(*store_), testing::ElementsAre("localhost:5000/a/b:v1"));
}

TEST_F(StoreTest, ListsComeFromTheIndexAndItFollowsEveryChange) {
  EXPECT_TRUE(MUST(list_images(*store_)).empty());
  Loaded loaded = MUST(load_from_layout(*store_, HostPath(layout_copy()), ""));
  const auto listed = [&] {
    std::vector<std::string> names;
    for (const NamedImage& image : MUST(list_images(*store_))) {
      EXPECT_EQ(image.id, loaded.record.id);
      EXPECT_EQ(image.size, loaded.record.size());
      EXPECT_EQ(image.created, loaded.record.config.created);
      names.push_back(image.name);
    }
    return names;
  };
  EXPECT_THAT(listed(), testing::ElementsAre(""));
  const Reference a = MUST(Reference::parse("a:1"));
  MUST(name_image(*store_, a, loaded.record.id));
  EXPECT_THAT(listed(), testing::ElementsAre("docker.io/library/a:1"));
  EXPECT_TRUE(fs::exists(base_ / "store/names.index"));
  const Reference b = MUST(Reference::parse("b"));
  MUST(name_image(*store_, b, loaded.record.id));
  EXPECT_THAT(listed(),
              testing::ElementsAre("docker.io/library/a:1", "docker.io/library/b:latest"));
  std::ofstream(base_ / "store/names.index") << "isle-names 1\ngarbage\nend\n";
  EXPECT_EQ(listed().size(), 2U);
  EXPECT_TRUE(MUST(remove_name(*store_, a)));
  EXPECT_FALSE(MUST(remove_name(*store_, a)));
  EXPECT_THAT(listed(), testing::ElementsAre("docker.io/library/b:latest"));
}

TEST_F(StoreTest, BlobsAreKeptAsTheyCame) {
  const Loaded loaded = MUST(load_from_layout(*store_, HostPath(layout_copy()), ""));
  const ImageRecord& record = loaded.record;
  for (const oci::Descriptor& document : {record.descriptor, record.manifest.config}) {
    const std::string text = MUST(read_blob(*store_, document));
    EXPECT_EQ(MUST(digest_of(text)), document.digest);
  }
  for (const oci::Descriptor& layer : record.manifest.layers) {
    EXPECT_TRUE(open_blob(*store_, layer));
    oci::Descriptor other = layer;
    ++other.size;
    EXPECT_EQ(open_blob(*store_, other).error().kind, ErrorKind::Corrupt);
    fs::remove(store_->blob_file(layer.digest).str());
    EXPECT_EQ(open_blob(*store_, layer).error().kind, ErrorKind::NotFound);
  }
  {
    const StagedBlob dropped = MUST(StagedBlob::create(*store_));
    EXPECT_EQ(staged(), 1U);
  }
  EXPECT_EQ(staged(), 0U);
}

TEST_F(StoreTest, DamagedBlobsAreNeverPublished) {
  const fs::path layout = layout_copy();
  {
    std::fstream blob(layer_blob(layout), std::ios::in | std::ios::out);
    blob.seekp(1'000'000);
    blob.put('!');
  }
  const Result<Loaded> loaded = load_from_layout(*store_, HostPath(layout), "");
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().kind, ErrorKind::Corrupt) << loaded.error().describe();
  EXPECT_EQ(staged(), 0U);
  EXPECT_FALSE(fs::exists(base_ / "store/layers"));
  EXPECT_FALSE(fs::exists(base_ / "store/images"));
}

TEST_F(StoreTest, ShortBlobsAndWrongNamesAreTold) {
  const fs::path layout = layout_copy();
  const Result<Loaded> other = load_from_layout(*store_, HostPath(layout), "other");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().kind, ErrorKind::NotFound);
  fs::resize_file(layer_blob(layout), 512);
  const Result<Loaded> loaded = load_from_layout(*store_, HostPath(layout), "");
  ASSERT_FALSE(loaded);
  EXPECT_THAT(loaded.error().message, testing::HasSubstr("has 512 bytes"));
}

TEST_F(StoreTest, LeftoversOfAKilledUnpackerAreRemoved) {
  const std::string diff_id(MUST(resolve(*store_, "busybox")).layers[0].str());
  const std::string hex = fs::path(diff_id).parent_path().filename();
  fs::remove_all(base_ / "store/layers");
  fs::create_directories(base_ / "store/staging" / (hex + ".99999") / "fs");
  EXPECT_TRUE(resolve(*store_, "busybox"));
  EXPECT_EQ(staged(), 0U);
}

TEST_F(StoreTest, ManyAtOnceUnpackOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      const Result<ImageInfo> image = resolve(*store_, "busybox");
      EXPECT_TRUE(image) << image.error().describe();
      if (image) ++good;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 4);
  EXPECT_EQ(staged(), 0U);
}

TEST_F(StoreTest, OverlayDirectories) {
  const ImageInfo image = MUST(resolve(*store_, "busybox"));
  const Snapshot overlay =
      MUST(prepare_snapshot(*store_, {.container = "c1", .layers = image.layers}));
  EXPECT_EQ(overlay.lowers, image.layers);
  EXPECT_TRUE(fs::is_directory(overlay.upper.str()));
  EXPECT_TRUE(fs::is_directory(overlay.work.str()));
  EXPECT_EQ(overlay.userxattr, geteuid() != 0);
  EXPECT_FALSE(prepare_snapshot(*store_, {.container = "c1", .layers = image.layers}));
  EXPECT_FALSE(prepare_snapshot(*store_, {.container = "../c1", .layers = image.layers}));
  const std::vector<HostPath> layers = {image.layers[0], store_->root() / "layers/gone/fs"};
  const Result<Snapshot> gone = prepare_snapshot(*store_, {.container = "c2", .layers = layers});
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().kind, ErrorKind::Conflict);
  // What overlay leaves in its work directory.
  fs::create_directory(overlay.work.str() + "/work");
  fs::permissions(overlay.work.str() + "/work", fs::perms::none);
  MUST(remove_container_files(*store_, "c1"));
  MUST(remove_container_files(*store_, "c1"));
  EXPECT_FALSE(fs::exists(overlay.upper.str()));
}

}  // namespace
}  // namespace isle::image
