#include "toolbox/id_maps.h"

#include <algorithm>
#include <cerrno>
#include <limits>

#include <unistd.h>

#include "base/strings.h"
#include "kernel/fd.h"
#include "kernel/process.h"
#include "toolbox/inventory.h"

namespace isle::toolbox {

namespace {
Result<std::uint32_t> parse_id(std::string_view text, const char* what) {
  const unsigned long long number = TRY(parse_uint(text, what));
  if (number > std::numeric_limits<std::uint32_t>::max() - 1) {
    return fail(ErrorKind::InvalidArgument, format("{} is too large for {}", quoted(text), what));
  }
  return static_cast<std::uint32_t>(number);
}
}  // namespace

Result<IdRange> parse_id_range(std::string_view text) {
  const bool older = text.find(',') != std::string_view::npos;
  const auto parts = split(text, older ? ',' : ':');
  if (parts.size() != 3) {
    return fail(ErrorKind::InvalidArgument,
                format("{} is no range of ids", quoted(text)),
                "it is INSIDE:OUTSIDE:COUNT, auto, subids or all");
  }
  IdRange range;
  range.inside = TRY(parse_id(parts[older ? 1 : 0], "the first id inside"));
  range.outside = TRY(parse_id(parts[older ? 0 : 1], "the first id outside"));
  range.count = TRY(parse_id(parts[2], "the number of ids"));
  const std::uint64_t last = std::uint64_t{range.count} + std::max(range.inside, range.outside);
  if (range.count == 0 || last > 0xFFFFFFFF) {
    return fail(ErrorKind::InvalidArgument, format("{} has no ids, or too many", quoted(text)));
  }
  return range;
}

IdMap parse_id_map(std::string_view text) {
  IdMap map;
  for (const std::string_view line : split(text, '\n')) {
    std::vector<std::uint32_t> numbers;
    for (const std::string_view word : split(line, ' ')) {
      if (word.empty()) continue;
      const auto number = parse_uint(word, "an id");
      if (!number || *number > 0xFFFFFFFF) break;
      numbers.push_back(static_cast<std::uint32_t>(*number));
    }
    if (numbers.size() == 3) {
      map.push_back({.inside = numbers[0], .outside = numbers[1], .count = numbers[2]});
    }
  }
  return map;
}

Result<IdMap> subordinate_ranges(const char* file, uid_t uid) {
  const std::string text = kernel::read_file(HostPath(file)).value_or("");
  const std::string name = user_name(uid), number = format("{}", uid);
  IdMap ranges;
  for (const std::string_view line : split(text, '\n')) {
    const auto fields = split(trim(line), ':');
    if (fields.size() != 3 || (fields[0] != name && fields[0] != number)) continue;
    IdRange range;
    range.outside = TRY(parse_id(fields[1], "a first subordinate id"));
    range.count = TRY(parse_id(fields[2], "a number of subordinate ids"));
    range.inside = range.outside;
    ranges.push_back(range);
  }
  if (ranges.empty()) {
    return fail(ErrorKind::NotFound,
                format("{} has no range for {}", file, quoted(name)),
                format("usermod --add-subuids 100000-165535 --add-subgids 100000-165535 {}", name));
  }
  return ranges;
}

void add_automatic(IdMap& map, const IdMap& subordinate) {
  for (IdRange range : subordinate) {
    // The gaps that `map` leaves inside, from 0 on.
    std::uint64_t at = 0;
    while (range.count != 0) {
      std::uint64_t gap_end = 0xFFFFFFFF;
      bool taken = false;
      for (const IdRange& other : map) {
        if (at >= other.inside && at < std::uint64_t{other.inside} + other.count) {
          at = std::uint64_t{other.inside} + other.count;
          taken = true;
        } else if (other.inside > at) {
          gap_end = std::min<std::uint64_t>(gap_end, other.inside);
        }
      }
      if (taken) continue;
      if (at >= 0xFFFFFFFF) return;
      const auto count =
          static_cast<std::uint32_t>(std::min<std::uint64_t>(range.count, gap_end - at));
      map.push_back(
          {.inside = static_cast<std::uint32_t>(at), .outside = range.outside, .count = count});
      range.outside += count;
      range.count -= count;
      at += count;
    }
  }
}

namespace {
// The ids of [first, first + count) without `hole`: one run, or two around it.
std::vector<std::pair<std::uint32_t, std::uint32_t>> runs_of(std::uint32_t first,
                                                             std::uint32_t count,
                                                             std::uint32_t hole) {
  if (hole < first || hole - first >= count) return {{first, count}};
  return {{first, hole - first}, {hole + 1, count - (hole - first) - 1}};
}
}  // namespace

IdMap cut_out(const IdMap& map, const IdRange& one) {
  IdMap result;
  for (const IdRange& range : map) {
    auto inside = runs_of(range.inside, range.count, one.inside);
    auto outside = runs_of(range.outside, range.count, one.outside);
    auto in = inside.begin(), out = outside.begin();
    while (in != inside.end() && out != outside.end()) {
      const std::uint32_t count = std::min(in->second, out->second);
      if (count != 0)
        result.push_back({.inside = in->first, .outside = out->first, .count = count});
      for (const auto& run : {in, out}) {
        run->first += count;
        run->second -= count;
      }
      if (in->second == 0) ++in;
      if (out->second == 0) ++out;
    }
  }
  return result;
}

Result<IdMap> identity_map(const char* file) {
  IdMap map = parse_id_map(TRY(kernel::read_file(HostPath(format("/proc/self/{}", file)))));
  for (IdRange& range : map) range.outside = range.inside;
  return map;
}

Result<void> check_id_map(const IdMap& map, const char* what) {
  constexpr std::size_t kMost = 340;  // UID_GID_MAP_MAX_EXTENTS, since 4.15
  if (map.size() > kMost) {
    return fail(ErrorKind::Unsupported, format("a map of {}s has at most {} lines", what, kMost));
  }
  const auto overlap =
      [](std::uint32_t a, std::uint32_t b, std::uint32_t a_count, std::uint32_t b_count) {
        return std::uint64_t{a} < std::uint64_t{b} + b_count &&
               std::uint64_t{b} < std::uint64_t{a} + a_count;
      };
  for (std::size_t i = 0; i < map.size(); ++i) {
    for (std::size_t j = i + 1; j < map.size(); ++j) {
      if (overlap(map[i].inside, map[j].inside, map[i].count, map[j].count) ||
          overlap(map[i].outside, map[j].outside, map[i].count, map[j].count)) {
        return fail(ErrorKind::InvalidArgument,
                    format("two ranges of {}s overlap: {}", what, map_words(map)));
      }
    }
  }
  return {};
}

bool to_inside(const IdMap& map, std::uint32_t outside, std::uint32_t& inside) {
  for (const IdRange& range : map) {
    if (outside >= range.outside && outside - range.outside < range.count) {
      inside = range.inside + (outside - range.outside);
      return true;
    }
  }
  return false;
}

bool to_outside(const IdMap& map, std::uint32_t inside, std::uint32_t& outside) {
  for (const IdRange& range : map) {
    if (inside >= range.inside && inside - range.inside < range.count) {
      outside = range.outside + (inside - range.inside);
      return true;
    }
  }
  return false;
}

std::string map_words(const IdMap& map) {
  std::vector<std::string> words;
  words.reserve(map.size());
  for (const IdRange& range : map) {
    words.push_back(format("{}:{}:{}", range.inside, range.outside, range.count));
  }
  return join(words, " ");
}

namespace {

Result<void> write_by_program(Pid pid, const char* file, const IdMap& map) {
  const std::string program = format("/usr/bin/new{}map", std::string_view(file).substr(0, 3));
  kernel::SpawnRequest request{.program = HostPath(program),
                               .arguments = {program, format("{}", pid.value)}};
  for (const IdRange& range : map) {
    for (const std::uint32_t number : {range.inside, range.outside, range.count}) {
      request.arguments.push_back(format("{}", number));
    }
  }
  const auto child = kernel::spawn(request);
  if (!child) {
    return std::unexpected(
        Error(child.error()).advise("newuidmap and newgidmap are in Debian's package uidmap"));
  }
  const kernel::ExitStatus ended = TRY(kernel::wait_for(child->pidfd.get()));
  if (ended.status == 0) return {};
  return fail(ErrorKind::Denied,
              format("{} refused the map {}", program, map_words(map)),
              "the ranges outside must be one's own ids, or those of /etc/subuid and /etc/subgid");
}

}  // namespace

Result<void> write_map(Pid pid, const char* file, const IdMap& map) {
  std::string text;
  for (const IdRange& range : map) {
    text += format("{} {} {}\n", range.inside, range.outside, range.count);
  }
  const auto written =
      kernel::write_existing(HostPath(format("/proc/{}/{}", pid.value, file)), text);
  if (written || written.error().errnum != EPERM || geteuid() == 0) {
    return written ? written
                   : std::unexpected(Error(written.error())
                                         .within(format("write the map {}", map_words(map)))
                                         .advise("a map is written once; its ids outside must be "
                                                 "mapped where one is (isle ns ids self)"));
  }
  return write_by_program(pid, file, map);
}

}  // namespace isle::toolbox
