#pragma once
// Parsed once for each room: what nearly every file includes.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "base/error.h"
#include "base/strings.h"
#include "base/types.h"
