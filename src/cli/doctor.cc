// isle doctor: what this host offers, what is missing, and what mends it.
#include <algorithm>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "engine/doctor.h"

namespace isle::cli {
namespace {

using engine::Finding;

struct DoctorRequest {
  Format format;
};

constexpr CommandFlag<DoctorRequest> kFlags[] = {
    {{"format",
      'f',
      options::Arity::Value,
      "FORMAT",
      "json, or a template for each finding such as \"{{.Subject}} {{.Grade}}\"",
      options::Section::General},
     take_format<DoctorRequest, &DoctorRequest::format>},
};

json::Value document_of(const Finding& finding) {
  json::Value value;
  value["Subject"] = finding.subject;
  value["Grade"] = engine::to_string(finding.grade);
  value["Found"] = finding.found;
  value["Mend"] = finding.mend;
  return value;
}

Result<std::string> show(const DoctorRequest& request, const std::vector<Finding>& findings) {
  if (request.format.is_table()) {
    std::string text;
    for (const Finding& finding : findings) {
      text += format(
          "{:<8} {:<16} {}\n", engine::to_string(finding.grade), finding.subject, finding.found);
      if (!finding.mend.empty()) text += format("{:<25} -> {}\n", "", finding.mend);
    }
    return text;
  }
  std::vector<json::Value> values;
  values.reserve(findings.size());
  for (const Finding& finding : findings) values.push_back(document_of(finding));
  if (request.format.is_json()) return json::write_pretty(json::Value(json::Array(values))) + "\n";
  return request.format.lines(values);
}

Result<std::vector<Finding>> look(DoctorRequest& request, Arguments arguments) {
  const auto operands = TRY(take_flags(kFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("doctor", operands, 0, 0, ""));
  return engine::examine(TRY(engine::this_host(TRY(engine::Paths::open()))));
}

}  // namespace

// The exit status is 1 when containers cannot run.
int doctor_command(Arguments arguments) {
  if (wants_help(arguments)) return print_command_help(*find_command("doctor"), flags_of(kFlags));
  DoctorRequest request;
  const auto findings = look(request, arguments);
  if (!findings) return complain(findings.error());
  const int shown = finish(show(request, *findings));
  const bool broken = std::ranges::any_of(
      *findings, [](const Finding& finding) { return finding.grade == Finding::Grade::Broken; });
  return shown != 0 ? shown : broken ? 1 : 0;
}

}  // namespace isle::cli
