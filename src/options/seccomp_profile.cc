// docker's form (docs.docker.com/engine/security/seccomp) is the specification's with conditions:
// each rule may have "includes" and "excludes" of caps, arches and minKernel, and "archMap" stands
// for "architectures". What is left when the conditions are decided is the specification's own.
#include "options/seccomp_profile.h"

#include <algorithm>

#include "base/json.h"
#include "base/strings.h"
#include "oci/runtime_spec_json.h"

namespace isle::options {
namespace {

using json::Value;

bool holds_text(const Value* list, std::string_view text) {
  if (list == nullptr || list->array() == nullptr) return false;
  return std::ranges::any_of(*list->array(), [text](const Value& item) {
    return item.string() != nullptr && *item.string() == text;
  });
}

bool is_kernel_at_least(const Value& wanted, const ProfileContext& context) {
  if (wanted.string() == nullptr) return true;
  const Cut parts = cut(*wanted.string(), '.');
  const auto major = parse_uint(parts.before, "");
  const auto minor = parse_uint(parts.after, "");
  if (!major || !minor) return true;
  return std::pair<unsigned long long, unsigned long long>(
             context.kernel_major, context.kernel_minor) >= std::pair(*major, *minor);
}

bool has_all_capabilities(const Value* wanted, const ProfileContext& context) {
  if (wanted == nullptr || wanted->array() == nullptr) return true;
  return std::ranges::all_of(*wanted->array(), [&context](const Value& name) {
    return name.string() != nullptr &&
           std::ranges::find(context.capabilities, *name.string()) != context.capabilities.end();
  });
}

bool has_any_capability(const Value* unwanted, const ProfileContext& context) {
  return std::ranges::any_of(context.capabilities, [unwanted](const std::string& name) {
    return holds_text(unwanted, name);
  });
}

bool is_included(const Value* includes, const ProfileContext& context) {
  if (includes == nullptr) return true;
  const Value* arches = includes->find("arches");
  const bool any_arch = arches == nullptr || arches->array() == nullptr || arches->array()->empty();
  const Value* kernel = includes->find("minKernel");
  return (any_arch || holds_text(arches, context.architecture)) &&
         has_all_capabilities(includes->find("caps"), context) &&
         (kernel == nullptr || is_kernel_at_least(*kernel, context));
}

bool is_excluded(const Value* excludes, const ProfileContext& context) {
  if (excludes == nullptr) return false;
  const Value* kernel = excludes->find("minKernel");
  return holds_text(excludes->find("arches"), context.architecture) ||
         has_any_capability(excludes->find("caps"), context) ||
         (kernel != nullptr && kernel->string() != nullptr && !kernel->string()->empty() &&
          is_kernel_at_least(*kernel, context));
}

// A rule without its conditions and comment; "name" is an older spelling of "names".
Value plain_rule(const Value& rule) {
  Value plain;
  for (const json::Member& member : *rule.object()) {
    if (member.key == "includes" || member.key == "excludes" || member.key == "comment") continue;
    if (member.key == "name") {
      plain["names"].push_back(member.value);
    } else {
      plain[member.key] = member.value;
    }
  }
  return plain;
}

Value plain_rules(const Value& rules, const ProfileContext& context) {
  Value plain(json::Array{});
  for (const Value& rule : *rules.array()) {
    if (rule.object() == nullptr) {
      plain.push_back(rule);  // the strict reader complains
    } else if (is_included(rule.find("includes"), context) &&
               !is_excluded(rule.find("excludes"), context)) {
      plain.push_back(plain_rule(rule));
    }
  }
  return plain;
}

// The entry whose sub-architectures are ours' 32-bit kin too.
Value architectures(const Value& map, const ProfileContext& context) {
  const std::string_view ours =
      context.architecture == "arm64" ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64";
  Value list(json::Array{});
  for (const Value& entry : *map.array()) {
    const Value* name = entry.find("architecture");
    if (name == nullptr || name->string() == nullptr || *name->string() != ours) continue;
    list.push_back(*name);
    const Value* kin = entry.find("subArchitectures");
    if (kin == nullptr || kin->array() == nullptr) continue;
    for (const Value& other : *kin->array()) list.push_back(other);
  }
  return list;
}

}  // namespace

Result<oci::Seccomp> read_profile(std::string_view text, const ProfileContext& context) {
  const Value document = TRY(json::parse(text));
  if (document.object() == nullptr) {
    return fail(ErrorKind::InvalidArgument, "it is not a JSON object");
  }
  Value plain(json::Object{});
  for (const json::Member& member : *document.object()) {
    const bool is_list = member.value.array() != nullptr;
    if (member.key == "archMap" && is_list) {
      plain["architectures"] = architectures(member.value, context);
    } else if (member.key == "syscalls" && is_list) {
      plain["syscalls"] = plain_rules(member.value, context);
    } else if (member.key != "archMap") {
      plain[member.key] = member.value;
    }
  }
  return oci::read_seccomp(json::write(plain));
}

}  // namespace isle::options
