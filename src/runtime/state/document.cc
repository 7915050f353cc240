#include "runtime/state/document.h"

#include <cstdint>

#include "base/json.h"
#include "base/strings.h"

namespace isle::runtime {

namespace {

json::Value to_json(const ContainerState& state) {
  json::Value document;
  document["id"] = state.id;
  document["bundle"] = state.bundle.str();
  document["pid"] = state.pid.value;
  document["pidStart"] = state.pid_start;
  document["started"] = state.started;
  if (state.creator.value != 0) {
    document["creator"] = state.creator.value;
    document["creatorStart"] = state.creator_start;
  }
  if (state.keeper.value != 0) {
    document["keeper"] = state.keeper.value;
    document["keeperStart"] = state.keeper_start;
  }
  if (state.updated) document["updated"] = true;
  if (!state.boot.empty()) document["boot"] = state.boot;
  document["created"] = state.created;
  document["owner"] = static_cast<std::int64_t>(state.owner);
  document["rootfs"] = state.rootfs.str();
  document["annotations"] = state.annotations;
  document["cgroups"] = state.cgroup_directories;
  document["namespaces"] = state.namespaces;
  if (!state.systemd_unit.empty()) {
    document["systemdUnit"] = state.systemd_unit;
    document["systemdUser"] = state.systemd_user;
  }
  return document;
}

// Reads members; the first that is missing or of another kind makes the document corrupt.
class Reader {
 public:
  explicit Reader(const json::Value& document) : document_(document) {}

  std::string text(std::string_view key) {
    const json::Value* value = document_.find(key);
    if (value == nullptr || value->string() == nullptr) return note(key), std::string();
    return *value->string();
  }
  // From 0 to `most`.
  std::int64_t number(std::string_view key, std::int64_t most = INT64_MAX) {
    const json::Value* value = document_.find(key);
    const std::int64_t* number = value == nullptr ? nullptr : value->integer();
    if (number == nullptr || *number < 0 || *number > most) return note(key), 0;
    return *number;
  }
  bool has(std::string_view key) const { return document_.find(key) != nullptr; }
  bool flag(std::string_view key) {
    const json::Value* value = document_.find(key);
    if (value == nullptr || value->boolean() == nullptr) return note(key), false;
    return *value->boolean();
  }
  std::vector<std::string> texts(std::string_view key) {
    std::vector<std::string> out;
    const json::Value* value = document_.find(key);
    if (value == nullptr || value->array() == nullptr) return note(key), out;
    for (const json::Value& item : *value->array()) {
      if (item.string() == nullptr)
        note(key);
      else
        out.push_back(*item.string());
    }
    return out;
  }
  oci::StringMap map(std::string_view key) {
    oci::StringMap out;
    const json::Value* value = document_.find(key);
    if (value == nullptr || value->object() == nullptr) return note(key), out;
    for (const json::Member& member : *value->object()) {
      if (member.value.string() == nullptr)
        note(key);
      else
        out[member.key] = *member.value.string();
    }
    return out;
  }
  const std::string& broken() const { return broken_; }

 private:
  const json::Value& document_;
  std::string broken_;
  void note(std::string_view key) {
    if (broken_.empty()) broken_ = key;
  }
};

}  // namespace

Result<ContainerState> parse_state(std::string_view text) {
  const json::Value document = TRY(json::parse(text));
  Reader reader(document);
  ContainerState state;
  state.id = reader.text("id");
  state.bundle = HostPath(reader.text("bundle"));
  state.pid = {static_cast<pid_t>(reader.number("pid", INT32_MAX))};
  state.pid_start = static_cast<std::uint64_t>(reader.number("pidStart"));
  if (reader.has("creator")) {
    state.creator = {static_cast<pid_t>(reader.number("creator", INT32_MAX))};
    state.creator_start = static_cast<std::uint64_t>(reader.number("creatorStart"));
  }
  if (reader.has("keeper")) {
    state.keeper = {static_cast<pid_t>(reader.number("keeper", INT32_MAX))};
    state.keeper_start = static_cast<std::uint64_t>(reader.number("keeperStart"));
  }
  if (reader.has("boot")) state.boot = reader.text("boot");
  state.started = reader.flag("started");
  state.updated = reader.has("updated") && reader.flag("updated");
  state.created = reader.number("created");
  state.owner = static_cast<uid_t>(reader.number("owner", UINT32_MAX));
  state.rootfs = HostPath(reader.text("rootfs"));
  state.annotations = reader.map("annotations");
  state.cgroup_directories = reader.texts("cgroups");
  state.namespaces = reader.texts("namespaces");
  if (reader.has("systemdUnit")) {
    state.systemd_unit = reader.text("systemdUnit");
    state.systemd_user = reader.flag("systemdUser");
  }
  if (!reader.broken().empty()) {
    return fail(
        ErrorKind::Corrupt,
        format("member {} is missing or is not what it should be", quoted(reader.broken())));
  }
  return state;
}

std::string write_state(const ContainerState& state) { return json::write(to_json(state)); }

}  // namespace isle::runtime
