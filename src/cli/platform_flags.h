#pragma once
// The flags that say which platform: docker's --platform, and podman's --os, --arch and --variant
// for its parts. A request that takes them has a member `platform` (PlatformWords).

#include <string>
#include <string_view>

#include "base/error.h"
#include "cli/command.h"
#include "image/platform_choice.h"
#include "options/command_line.h"

namespace isle::cli {

using image::platform_of;
using image::PlatformWords;

template <typename Request, std::string PlatformWords::* Part>
Result<void> take_platform(Request& request, std::string_view value) {
  request.platform.*Part = std::string(value);
  return {};
}

template <typename Request>
inline constexpr CommandFlag<Request> kPlatformFlag = {
    {"platform",
     0,
     options::Arity::Value,
     "OS/ARCH[/VARIANT]",
     "The platform meant, instead of this machine's",
     options::Section::General},
    take_platform<Request, &PlatformWords::whole>};

template <typename Request>
inline constexpr CommandFlag<Request> kOsFlag = {{"os",
                                                  0,
                                                  options::Arity::Value,
                                                  "OS",
                                                  "Of the platform the system alone",
                                                  options::Section::General},
                                                 take_platform<Request, &PlatformWords::os>};

template <typename Request>
inline constexpr CommandFlag<Request> kArchFlag = {
    {"arch",
     0,
     options::Arity::Value,
     "ARCH",
     "Of the platform the architecture alone",
     options::Section::General},
    take_platform<Request, &PlatformWords::architecture>};

template <typename Request>
inline constexpr CommandFlag<Request> kVariantFlag = {
    {"variant",
     0,
     options::Arity::Value,
     "VARIANT",
     "Of the platform the variant alone",
     options::Section::General},
    take_platform<Request, &PlatformWords::variant>};

}  // namespace isle::cli
