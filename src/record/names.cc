#include "record/names.h"

#include <array>
#include <string_view>

namespace isle::record {
namespace {

constexpr std::array<std::string_view, 64> kQualities = {
    "amber",  "azure",  "balmy",  "blue",   "breezy", "bright",   "brisk",  "calm",
    "clear",  "cloudy", "cool",   "coral",  "crisp",  "dewy",     "dim",    "dusky",
    "eager",  "early",  "faint",  "fair",   "far",    "foggy",    "fresh",  "gentle",
    "gilded", "glassy", "golden", "grand",  "gray",   "green",    "gusty",  "hazy",
    "high",   "hushed", "icy",    "indigo", "late",   "light",    "lone",   "low",
    "lunar",  "mellow", "mild",   "misty",  "mossy",  "northern", "pale",   "pearly",
    "placid", "quiet",  "rainy",  "rosy",   "salty",  "sandy",    "serene", "silver",
    "snowy",  "solar",  "starry", "still",  "sunny",  "tidal",    "vivid",  "windy"};

constexpr std::array<std::string_view, 64> kThings = {
    "anchor",  "atoll",  "bay",     "beach",   "beacon",  "boat",    "bluff",   "breaker",
    "bridge",  "buoy",   "cape",    "cave",    "channel", "cliff",   "cloud",   "coast",
    "cove",    "crab",   "creek",   "current", "delta",   "dolphin", "drift",   "dune",
    "estuary", "ferry",  "fjord",   "foam",    "gannet",  "gull",    "harbor",  "heron",
    "horizon", "inlet",  "islet",   "jetty",   "kelp",    "lagoon",  "lantern", "ledge",
    "marsh",   "meadow", "mooring", "oyster",  "pebble",  "pelican", "pier",    "pine",
    "plover",  "quay",   "raft",    "reef",    "ripple",  "sail",    "sandbar", "shell",
    "shoal",   "shore",  "skerry",  "sound",   "spray",   "strait",  "tern",    "wave"};

}  // namespace

std::string random_name(std::uint64_t random) {
  std::string name(kQualities[random % kQualities.size()]);
  name += '_';
  name += kThings[random / kQualities.size() % kThings.size()];
  return name;
}

}  // namespace isle::record
