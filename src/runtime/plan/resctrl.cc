// linux.intelRdt: the class of service, and the counters, of the processor's caches and memory
// bandwidth (config-linux.md, "IntelRdt"). The group is named after the container unless closID
// names one; only what was made for the container is removed with it.

#include "runtime/plan/resctrl.h"
#include "base/strings.h"
#include "runtime/plan/builder.h"

namespace isle::runtime::plan {

namespace {

Result<void> check_class(const std::string& name) {
  const bool reserved =
      name == "." || name == ".." || name == "info" || name == "mon_data" || name == "mon_groups";
  if (name == "/" || (name.find_first_of("/\n") == std::string::npos && !reserved)) return {};
  return fail(ErrorKind::InvalidArgument,
              format("linux.intelRdt.closID: {} is no name of a class of service", quoted(name)),
              "one directory name, or / for the class of everybody");
}

std::vector<std::string> lines_of(const oci::IntelRdt& rdt) {
  std::vector<std::string> lines;
  if (!rdt.l3_cache_schema.empty()) lines.push_back(rdt.l3_cache_schema);
  if (!rdt.mem_bw_schema.empty()) lines.push_back(rdt.mem_bw_schema);
  lines.insert(lines.end(), rdt.schemata.begin(), rdt.schemata.end());
  return lines;
}

}  // namespace

Result<void> check_schema(const std::string& path,
                          const std::string& line,
                          std::string_view prefix) {
  if (line.find('\n') != std::string::npos) {
    return fail(ErrorKind::InvalidArgument, format("{}: holds more than one line", path));
  }
  if (!line.starts_with(prefix)) {
    return fail(ErrorKind::InvalidArgument,
                format("{}: {} does not begin with {}", path, quoted(line), prefix));
  }
  return {};
}

Result<void> check_resctrl(const Builder& builder) {
  if (!builder.linux_.intel_rdt) return {};
  const oci::IntelRdt& rdt = *builder.linux_.intel_rdt;
  if (builder.facts.resctrl.empty()) {
    return fail(ErrorKind::Unsupported,
                "linux.intelRdt: no resctrl file system is mounted on /sys/fs/resctrl",
                "mount it (mount -t resctrl resctrl /sys/fs/resctrl) on a machine whose processor "
                "has it, or leave the member out");
  }
  for (const auto& [name, set] :
       {std::pair("enableCMT", rdt.enable_cmt), std::pair("enableMBM", rdt.enable_mbm)}) {
    if (!set) continue;
    return fail(ErrorKind::Unsupported,
                format("linux.intelRdt.{}: no processor counts one without the other", name),
                "use enableMonitoring, which took its place in version 1.3.0");
  }
  TRY(check_class(rdt.clos_id));
  TRY(check_schema("linux.intelRdt.l3CacheSchema", rdt.l3_cache_schema, ""));
  if (!rdt.mem_bw_schema.empty()) {
    TRY(check_schema("linux.intelRdt.memBwSchema", rdt.mem_bw_schema, "MB:"));
  }
  for (std::size_t i = 0; i < rdt.schemata.size(); ++i) {
    TRY(check_schema(format("linux.intelRdt.schemata[{}]", i), rdt.schemata[i], ""));
  }
  return {};
}

void add_resctrl(Builder& builder) {
  if (!builder.linux_.intel_rdt) return;
  const oci::IntelRdt& rdt = *builder.linux_.intel_rdt;
  const std::string& id = builder.request.id;
  op::JoinResctrl join{.root = builder.facts.resctrl,
                       .group = rdt.clos_id.empty()  ? id
                                : rdt.clos_id == "/" ? std::string()
                                                     : rdt.clos_id,
                       .must_exist = false,
                       .made_for_container = rdt.clos_id.empty(),
                       .schemata = lines_of(rdt),
                       .monitor = rdt.enable_monitoring ? id : std::string()};
  join.must_exist = !join.made_for_container && join.schemata.empty();
  builder.parent(std::move(join),
                 "join a class of service",
                 "linux.intelRdt: its share of the processor's caches and memory bandwidth");
}

}  // namespace isle::runtime::plan
