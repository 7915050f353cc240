// --time-offset: clocks of the container's own, time_namespaces(7). Only these two have offsets;
// the time of day is one for the whole machine.
#include "base/strings.h"
#include "options/rows.h"

namespace isle::options {
namespace {

Result<oci::TimeOffset> parse_offset(std::string_view text) {
  const Cut parts = cut(text, '.');
  oci::TimeOffset offset;
  offset.secs = TRY(parse_int(parts.before, "--time-offset:"));
  if (!parts.found) return offset;
  std::string digits(parts.after);
  if (digits.empty() || digits.size() > 9) {
    return fail(ErrorKind::InvalidArgument,
                format("--time-offset: {} is no number of seconds", quoted(text)));
  }
  digits.resize(9, '0');
  offset.nanosecs = static_cast<std::uint32_t>(TRY(parse_uint(digits, "--time-offset:")));
  if (text.starts_with('-') && offset.nanosecs != 0) {
    // The kernel adds nanoseconds to the seconds: -1.5 is -2 s + .5 s.
    offset.secs -= 1;
    offset.nanosecs = 1'000'000'000 - offset.nanosecs;
  }
  return offset;
}

Result<void> parse(RunRequest& request, std::string_view value) {
  auto& offsets = request.container.namespaces.time_offsets;
  const Cut parts = cut(value, '=');
  if (!parts.found) {
    offsets["monotonic"] = offsets["boottime"] = TRY(parse_offset(value));
    return {};
  }
  if (parts.before != "monotonic" && parts.before != "boottime") {
    return fail(ErrorKind::InvalidArgument,
                format("--time-offset: there is no clock {}", quoted(parts.before)),
                "it is monotonic or boottime; without a name both are moved");
  }
  offsets[std::string(parts.before)] = TRY(parse_offset(parts.after));
  return {};
}

Result<void> apply(SpecBuilder& builder, const record::Container& container) {
  if (container.namespaces.time_offsets.empty()) return {};
  if (!builder.has_namespace("time")) builder.add_namespace("time");
  builder.linux_().time_offsets = container.namespaces.time_offsets;
  return {};
}

}  // namespace

const Option kTimeOffset{
    .flag = {"time-offset",
             0,
             Arity::Value,
             "[CLOCK=]SECONDS",
             "Move the monotonic and boot-time clocks (or the one named) by this much, in a time "
             "namespace of its own",
             Section::Namespaces},
    .parse = parse,
    .apply = apply,
};

}  // namespace isle::options
