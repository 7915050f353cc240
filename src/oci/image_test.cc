#include "oci/image.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/strings.h"
#include "oci/media_type.h"

namespace isle::oci {
namespace {

const std::string kHex(64, 'a');
const std::string kDigest = "sha256:" + kHex;

Platform platform(std::string_view architecture, std::string_view os, std::string_view variant) {
  Platform made;
  made.architecture = architecture;
  made.os = os;
  made.variant = variant;
  return made;
}

std::string descriptor(std::string_view type) {
  return format(R"({{"mediaType":"{}","digest":"{}","size":7}})", type, kDigest);
}

TEST(Digest, Grammar) {
  const Digest digest = MUST(Digest::parse(kDigest));
  EXPECT_EQ(digest.algorithm(), "sha256");
  EXPECT_EQ(digest.hex(), kHex);
  EXPECT_EQ(digest.short_hex(), "aaaaaaaaaaaa");
  EXPECT_TRUE(Digest::parse("sha512:" + kHex + kHex));
  for (const std::string& bad : {std::string(),
                                 kHex,
                                 "sha256:" + kHex.substr(1),
                                 "sha256:" + kHex + "a",
                                 "SHA256:" + kHex,
                                 "sha256:" + std::string(64, 'A'),
                                 "sha256:../" + kHex.substr(3),
                                 ":" + kHex,
                                 "md5:" + kHex.substr(32)}) {
    EXPECT_FALSE(Digest::parse(bad)) << bad;
  }
  EXPECT_EQ(Digest::parse("blake3:" + kHex).error().kind, ErrorKind::Unsupported);
}

TEST(ImageDocuments, ManifestRoundTrip) {
  const std::string text = format(
      R"({{"schemaVersion":2,"mediaType":"{}","artifactType":"a/b","config":{},"layers":[{}],)"
      R"("subject":{},"annotations":{{"k":"v"}}}})",
      media_type::kManifest,
      descriptor(media_type::kConfig),
      descriptor(media_type::kLayerGzip),
      descriptor(media_type::kManifest));
  EXPECT_EQ(json::write(write_manifest(MUST(read_manifest(text)))), text);
}

TEST(ImageDocuments, IndexRoundTrip) {
  const std::string text = format(
      R"({{"schemaVersion":2,"manifests":[{{"mediaType":"a/b","digest":"{}","size":1,)"
      R"("urls":["u"],"annotations":{{"k":"v"}},"data":"AA==","platform":{{"architecture":"arm64",)"
      R"("os":"linux","os.version":"1","os.features":["f"],"variant":"v8"}},"artifactType":"c/d"}}]}})",
      kDigest);
  EXPECT_EQ(json::write(write_index(MUST(read_index(text)))), text);
}

TEST(ImageDocuments, ConfigRoundTrip) {
  const std::string text = format(
      R"({{"created":"c","author":"a","architecture":"amd64","os":"linux","variant":"v2",)"
      R"("config":{{"User":"1:2","ExposedPorts":{{"80/tcp":{{}}}},"Env":["A=b"],)"
      R"("Entrypoint":["e"],"Cmd":["c"],"Volumes":{{"/v":{{}}}},"WorkingDir":"/w",)"
      R"("Labels":{{"l":"m"}},"StopSignal":"SIGQUIT","ArgsEscaped":true,)"
      R"("Healthcheck":{{"Test":["NONE"],"Interval":1,"Timeout":2,"StartPeriod":3,)"
      R"("StartInterval":4,"Retries":5}},"Shell":["sh"],"OnBuild":["RUN x"]}},)"
      R"("rootfs":{{"type":"layers","diff_ids":["{}"]}},)"
      R"("history":[{{"created":"c","created_by":"b","author":"a","comment":"d","empty_layer":true}}]}})",
      kDigest);
  EXPECT_EQ(json::write(write_image_config(MUST(read_image_config(text)))), text);
}

TEST(ImageDocuments, ConfigToleratesNullsAndForeignMembers) {
  const ImageConfig image = MUST(read_image_config(format(
      R"({{"architecture":"amd64","os":"linux","docker_version":"20","container_config":{{"x":1}},)"
      R"("config":{{"Cmd":null,"Labels":null,"Hostname":"h"}},)"
      R"("rootfs":{{"type":"layers","diff_ids":["{}"]}},"history":null}})",
      kDigest)));
  EXPECT_TRUE(image.config.cmd.empty());
}

TEST(ImageDocuments, AmbiguousDocumentsAreRefused) {
  const std::string both = format(R"({{"schemaVersion":2,"manifests":[],"config":{},"layers":[]}})",
                                  descriptor(media_type::kConfig));
  EXPECT_FALSE(read_manifest(both));
  EXPECT_FALSE(read_index(both));
  EXPECT_FALSE(read_index(
      format(R"({{"schemaVersion":2,"mediaType":"{}","manifests":[]}})", media_type::kManifest)));
}

TEST(ImageDocuments, ErrorsNameThePath) {
  const Result<Manifest> manifest = read_manifest(format(
      R"({{"schemaVersion":2,"config":{},"layers":[{{"mediaType":"a/b","digest":"sha256:x","size":1}}]}})",
      descriptor(media_type::kConfig)));
  ASSERT_FALSE(manifest);
  EXPECT_THAT(manifest.error().message, testing::StartsWith("layers[0].digest: \"sha256:x\""));
  const Result<Manifest> old = read_manifest(R"({"schemaVersion":1})");
  ASSERT_FALSE(old);
  EXPECT_EQ(old.error().message, "schemaVersion: version 1 is not supported, only 2");
}

TEST(ImageDocuments, LayoutVersion) {
  EXPECT_TRUE(check_layout(json::write(write_layout())));
  EXPECT_FALSE(check_layout(R"({"imageLayoutVersion":"2.0.0"})"));
  EXPECT_FALSE(check_layout("{}"));
}

TEST(MediaType, LayersAndPlatforms) {
  EXPECT_EQ(layer_compression(media_type::kDockerLayerGzip), Compression::Gzip);
  EXPECT_EQ(layer_compression(media_type::kLayer), Compression::None);
  EXPECT_EQ(layer_compression("application/vnd.oci.image.layer.v1.tar+encrypted"), std::nullopt);
  const Platform host = platform("amd64", "linux", "");
  EXPECT_TRUE(runs_on(platform("amd64", "linux", ""), host));
  EXPECT_FALSE(runs_on(platform("amd64", "linux", "v3"), host));
  EXPECT_FALSE(runs_on(platform("arm64", "linux", ""), host));
  EXPECT_FALSE(runs_on(platform("amd64", "windows", ""), host));
  EXPECT_TRUE(runs_on(platform("arm64", "linux", "v8"), platform("arm64", "linux", "")));
}

// Where isle differs from the schemas: images without layers and variables without "=" exist and
// run; a digest of an algorithm that cannot be verified is refused.
bool differs_on_purpose(std::string_view name) {
  return name == "manifest-05.fail.json" || name == "config-09.fail.json" ||
         name == "manifest-06.ok.json";
}

// The specification's own examples, when somebody has them at hand: files named
// KIND-NUMBER.ok.json and KIND-NUMBER.fail.json.
TEST(ImageDocuments, SpecificationsCases) {
  const char* named = std::getenv("ISLE_IMAGE_SPEC_CASES");
  const std::string directory =
      named != nullptr ? named : ISLE_SOURCE_DIR "/../shared/data/image-spec/cases";
  if (!std::filesystem::exists(directory)) {
    GTEST_SKIP() << "ISLE_IMAGE_SPEC_CASES names no directory";
  }
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    const std::string name = entry.path().filename();
    if (differs_on_purpose(name)) continue;
    std::ifstream file(entry.path());
    std::stringstream content;
    content << file.rdbuf();
    const std::string text = content.str();
    bool good = false;
    if (name.starts_with("config")) {
      good = read_image_config(text).has_value();
    } else if (name.starts_with("manifest")) {
      good = read_manifest(text).has_value();
    } else if (name.starts_with("imageindex")) {
      good = read_index(text).has_value();
    } else if (name.starts_with("imagelayout")) {
      good = check_layout(text).has_value();
    } else {
      continue;
    }
    EXPECT_EQ(good, name.ends_with(".ok.json")) << name;
  }
}

}  // namespace
}  // namespace isle::oci
