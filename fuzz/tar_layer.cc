// A layer is a tar archive anyone may have written. It is read through, and applied to an empty
// directory as an ordinary user's; beside that directory lies a file that must stay as it is.

#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "image/layer/applier.h"
#include "kernel/beneath.h"

namespace {

using namespace isle;

// A directory with "layer", to be filled, and "canary", which stays.
class Place {
 public:
  Place() {
    umask(0);
    fuzz::check(mkdtemp(path_) != nullptr, "a temporary directory can be made");
    top_ = kernel::UniqueFd(open(path_, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const kernel::UniqueFd canary(
        openat(top_.get(), "canary", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    fuzz::check(write(canary.get(), "alive", 5) == 5, "the canary can be written");
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { static_cast<void>(kernel::remove_tree(AT_FDCWD, path_)); }

  kernel::UniqueFd fresh() {
    fuzz::check(kernel::remove_tree(top_.get(), "layer").has_value(), "a layer can be removed");
    fuzz::check(mkdirat(top_.get(), "layer", 0755) == 0, "a layer can be made");
    return kernel::UniqueFd(openat(top_.get(), "layer", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  void look() {
    struct stat info{};
    fuzz::check(fstatat(top_.get(), "canary", &info, AT_SYMLINK_NOFOLLOW) == 0 &&
                    S_ISREG(info.st_mode) && info.st_size == 5 && info.st_nlink == 1 &&
                    (info.st_mode & 0777U) == 0600,
                "nothing outside of the layer was touched");
  }

 private:
  char path_[32] = "/tmp/isle-fuzz-XXXXXX";
  kernel::UniqueFd top_;
};

void read_through(std::string_view archive) {
  image::MemorySource source(archive);
  image::TarReader reader(source);
  for (;;) {
    const auto entry = reader.next();
    if (!entry || !*entry) return;
    fuzz::check((*entry)->size >= 0, "sizes are not negative");
    for (;;) {
      const auto part = reader.take_data();
      if (!part) return;
      if (part->empty()) break;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view archive = fuzz::text_of(data, size);
  read_through(archive);
  static Place place;
  image::MemorySource source(archive);
  image::TarReader reader(source);
  static_cast<void>(image::LayerApplier(place.fresh(), image::Unpacker::User).run(reader));
  place.look();
  return 0;
}
