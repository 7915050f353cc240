#include "cli/volume_list.h"

#include <array>

#include "base/strings.h"
#include "cli/output/listing.h"
#include "engine/volumes.h"
#include "options/command_line.h"

namespace isle::cli {
namespace {

constexpr std::array kFields = {Field{"Driver", "DRIVER"},
                                Field{"Name", "VOLUME NAME"},
                                Field{"Labels", "LABELS"},
                                Field{"Mountpoint", "MOUNTPOINT"},
                                Field{"Scope", "SCOPE"},
                                Field{"CreatedAt", "CREATED AT"}};

Result<bool> passes(const ListedVolume& listed, std::string_view filter) {
  const Cut parts = cut(filter, '=');
  if (parts.before == "name") return listed.volume.name.contains(parts.after);
  if (parts.before == "label") return volume::has_label(listed.volume, parts.after);
  if (parts.before == "driver") return parts.after == "local";
  if (parts.before == "dangling") {
    return TRY(options::parse_bool(parts.after, "--filter dangling")) != listed.used;
  }
  return fail(ErrorKind::Unsupported,
              format("--filter {} is not known", quoted(parts.before)),
              "there are name, label, driver and dangling");
}

json::Value row_of(const ListedVolume& listed) {
  json::Value row;
  row["Driver"] = "local";
  row["Name"] = listed.volume.name;
  std::vector<std::string> labels;
  for (const auto& [key, value] : listed.volume.labels)
    labels.push_back(format("{}={}", key, value));
  row["Labels"] = join(labels, ",");
  row["Mountpoint"] = listed.place;
  row["Scope"] = "local";
  row["CreatedAt"] = time_words(listed.volume.created);
  return row;
}

}  // namespace

Result<std::vector<ListedVolume>> listed_volumes(const engine::Paths& paths,
                                                 const std::vector<std::string>& filters) {
  const volume::Volumes volumes = engine::volumes_of(paths);
  const engine::VolumeUsers users = TRY(engine::volume_users(paths));
  std::vector<ListedVolume> listed;
  for (volume::Volume& volume : TRY(volumes.list())) {
    ListedVolume one{.place = volumes.data(volume.name).str(), .used = users.contains(volume.name)};
    one.volume = std::move(volume);
    bool wanted = true;
    for (const std::string& filter : filters) wanted = TRY(passes(one, filter)) && wanted;
    if (wanted) listed.push_back(std::move(one));
  }
  return listed;
}

Result<std::string> show_volumes(const Format& format, const std::vector<ListedVolume>& volumes) {
  std::vector<json::Value> rows;
  rows.reserve(volumes.size());
  for (const ListedVolume& listed : volumes) rows.push_back(row_of(listed));
  return format.show(kFields, {"Driver", "Name"}, rows);
}

json::Value volume_document(const volume::Volumes& volumes, const volume::Volume& volume) {
  json::Value document;
  document["CreatedAt"] = time_words(volume.created);
  document["Driver"] = "local";
  document["Labels"] = json::Value(volume.labels);
  document["Mountpoint"] = volumes.data(volume.name).str();
  document["Name"] = volume.name;
  document["Options"] = json::Value(volume.options);
  document["Scope"] = "local";
  document["Anonymous"] = volume.anonymous;
  return document;
}

}  // namespace isle::cli
