#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstring>
#include <ctime>
#include <map>

#include "base/strings.h"
#include "toolbox/map.h"
#include "toolbox/mount_tree.h"
#include "toolbox/words.h"

namespace isle::toolbox {

using kernel::NamespaceKind;

namespace {

// What a screen shows without scrolling sideways; a narrower one shows it smaller.
constexpr double kPageWidth = 1440;

// Pixels that a character takes at most, bold and 12 high, in the usual faces.
double width_of(char character) {
  const auto byte = static_cast<unsigned char>(character);
  if ((byte & 0xC0U) == 0x80) return 0;  // what follows in UTF-8
  if (byte >= 0x80 || std::strchr("mwMW@%&", character) != nullptr) return 13;
  if (std::strchr("fijlrtI.,:;|'()[]/ ", character) != nullptr) return 6;
  return std::isupper(byte) != 0 ? 10.5 : 8.5;
}

// Characters that are not bold need less.
constexpr double kThin = 1.2;

// What fits beside each other in so many pixels, whole characters, with dots where more was.
std::string fitted(std::string_view words, double most) {
  constexpr double kDots = 14;
  double width = 0;
  std::size_t with_dots = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const double next = width_of(words[i]);
    if (width + next > most) return std::string(words.substr(0, with_dots)) + "...";
    width += next;
    const bool whole = i + 1 == words.size() || width_of(words[i + 1]) > 0;
    if (whole && width + kDots <= most) with_dots = i + 1;
  }
  return std::string(words);
}

constexpr const char* kStyle = R"(
body{font:13px sans-serif;margin:12px;color:#222;background:#fff}
h1{font-size:16px;margin:0 12px 0 0;display:inline}
#find{margin:0 12px;padding:2px 6px;width:220px}
#more{position:fixed;right:8px;bottom:8px;max-width:560px;max-height:45vh;overflow:auto;background:#fff;border:1px solid #888;padding:8px;white-space:pre-wrap;font:12px monospace;display:none;box-shadow:0 2px 8px #0003}
text{font:12px sans-serif}
svg{max-width:100%;height:auto}
.legend{color:#555;margin:6px 0}
.legend b{display:inline-block;min-width:22px;padding:1px 3px;margin:0 2px 0 10px;border-radius:3px;font:9px sans-serif;text-align:center;color:#fff}
.area>rect{fill:#f3f6fa;stroke:#9ab;rx:6}
.area .area>rect{fill:#e8f1e6;stroke:#8a8}
.area .area .area>rect{fill:#fbf1df;stroke:#ca8}
.box>rect{fill:#fff;stroke:#888;rx:4}
.box.container>rect{stroke:#246;stroke-width:2}
.box.empty>rect{stroke-dasharray:4}
.box .name{font-weight:bold}
.box .about{fill:#666;font-size:11px}
.patch text{font-size:9px;fill:#fff;text-anchor:middle;pointer-events:none}
.patch.initial text{fill:#777}
.link{fill:none;stroke-width:1.5;opacity:.55;pointer-events:none}
.link.far{opacity:.2}
.dim{opacity:.15}
.lit>rect{stroke:#d00;stroke-width:2.5}
)";

constexpr const char* kScript = R"(
const more=document.getElementById('more'),boxes=[...document.querySelectorAll('.box')];
document.addEventListener('mouseover',e=>{
 const patch=e.target.closest('.patch'),box=e.target.closest('.box,.area');
 for(const lit of document.querySelectorAll('.lit'))lit.classList.remove('lit');
 if(patch)for(const same of document.querySelectorAll('[data-ns="'+patch.dataset.ns+'"]'))same.classList.add('lit');
 const from=patch||box;
 more.style.display=from?'block':'none';
 if(from)more.textContent=from.dataset.about;
});
document.getElementById('find').addEventListener('input',e=>{
 const word=e.target.value.toLowerCase();
 for(const box of boxes)box.classList.toggle('dim',!!word&&!box.dataset.about.toLowerCase().includes(word));
});
)";

constexpr const char* kLegend = R"html(
<p class="legend">An area is a user namespace, with those that it owns; a box is processes that share all
their namespaces, a thick frame a container.
<b style="background:#e4e4e4;color:#777">net</b>the kernel's own
<b style="background:hsl(200,55%,42%)">net</b>another: the same colour is the same one, and a line joins those that share it.
<b style="border:1px dashed #888;color:#555">uts</b>no process is in it. Point at one for more.</p>
)html";

class Page {
 public:
  Page(const Inventory& inventory, const ContainerNames& names)
      : inventory_(inventory), names_(names) {}

  std::string draw(const std::vector<MapArea>& areas) {
    double width = 200, height = 60;
    for (const MapArea& area : areas) {
      width = std::max(width, area.x + area.width);
      height = std::max(height, area.y + area.height);
    }
    text_ = format(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" "
        "viewBox=\"-2 -2 {0:.0f} {1:.0f}\">\n",
        width + 4,
        height + 4);
    for (const MapArea& area : areas) draw_area(area);
    draw_links();
    return std::move(text_) + "</svg>\n";
  }

 private:
  const Inventory& inventory_;
  const ContainerNames& names_;
  std::string text_;
  // By namespace the boxes it is in, for the lines.
  std::map<Index, std::vector<std::pair<double, double>>> patches_;

  std::string about_namespace(Index index) const {
    const Namespace& space = inventory_.namespaces[index];
    std::string about =
        format("{}\n{}", space.name.str(), kernel::facts_of(space.name.kind).isolates);
    if (space.initial) about += "\nthe kernel's own";
    if (space.owner != kNone) about += "\nowner " + inventory_.namespaces[space.owner].name.str();
    if (space.parent != kNone)
      about += "\nparent " + inventory_.namespaces[space.parent].name.str();
    about += format("\n{} processes", space.processes);
    std::size_t told = 0;
    for (const Holder& holder : space.holders) {
      if (holder.hold == Hold::Process) continue;
      if (++told > 8) {
        about += format(
            "\n... {} reasons in all (isle ns why {})", space.holders.size(), space.name.inode);
        break;
      }
      about += "\n" + reason_of(inventory_, holder);
    }
    return about;
  }

  std::string about_box(const MapBox& box) const {
    std::string about;
    if (box.container != nullptr)
      about = format("container {}  {}\n", box.container->name, box.container->id.substr(0, 12));
    std::size_t told = 0;
    for (const pid_t pid : box.pids) {
      if (++told > 12) {
        about += format("... {} processes in all\n", box.pids.size());
        break;
      }
      about += format("{:>7} {}\n", pid, command_of(pid).substr(0, 100));
    }
    for (const Index index : box.in) {
      if (index == kNone) continue;
      const Namespace& space = inventory_.namespaces[index];
      about += format("{}{}\n", space.name.str(), space.initial ? " initial" : "");
      if (box.empty()) about += about_namespace(index) + "\n";
    }
    return about;
  }

  static std::string colour(const Namespace& space) {
    return space.initial ? "#e4e4e4" : format("hsl({},55%,42%)", space.name.inode * 137 % 360);
  }

  void draw_area(const MapArea& area) {
    const bool known = area.user_namespace != kNone;
    const std::string about =
        known ? about_namespace(area.user_namespace) : "owners that are not yours to see";
    text_ += format(
        "<g class=\"area\" data-about=\"{}\"><rect x=\"{:.0f}\" y=\"{:.0f}\" width=\"{:.0f}\" "
        "height=\"{:.0f}\"/>",
        escape_lines(about),
        area.x,
        area.y,
        area.width,
        area.height);
    std::string title = "beyond";
    if (known) {
      const Namespace& space = inventory_.namespaces[area.user_namespace];
      title = format("{}{}",
                     space.name.str(),
                     space.initial     ? " initial"
                     : space.owner_uid ? " made by " + user_name(*space.owner_uid)
                                       : "");
    }
    text_ += format("<text x=\"{:.0f}\" y=\"{:.0f}\">{}</text>\n",
                    area.x + 10,
                    area.y + 16,
                    escape_xml(fitted(title, (area.width - 14) * kThin)));
    for (const MapBox& box : area.boxes) draw_box(box);
    for (const MapArea& inner : area.inner) draw_area(inner);
    text_ += "</g>\n";
  }

  void draw_box(const MapBox& box) {
    const char* kind = box.empty() ? " empty" : box.container != nullptr ? " container" : "";
    text_ += format(
        "<g class=\"box{}\" data-about=\"{}\"><rect x=\"{:.0f}\" y=\"{:.0f}\" width=\"176\" "
        "height=\"66\"/>",
        kind,
        escape_lines(about_box(box)),
        box.x,
        box.y);
    text_ += format("<text class=\"name\" x=\"{:.0f}\" y=\"{:.0f}\">{}</text>",
                    box.x + 6,
                    box.y + 16,
                    escape_xml(title_of(box)));
    text_ += format("<text class=\"about\" x=\"{:.0f}\" y=\"{:.0f}\">{}</text>",
                    box.x + 6,
                    box.y + 31,
                    escape_xml(subtitle_of(box)));
    std::size_t place = 0;
    for (const kernel::NamespaceKindFacts& facts : kernel::namespace_kinds()) {
      const Index index = box.in[static_cast<std::size_t>(facts.kind)];
      if (facts.kind == NamespaceKind::User) continue;
      if (index != kNone)
        draw_patch(index, box.x + 5 + static_cast<double>(place) * 24, box.y + 40);
      ++place;
    }
    text_ += "</g>\n";
  }

  void draw_patch(Index index, double x, double y) {
    const Namespace& space = inventory_.namespaces[index];
    const char* name =
        space.name.kind == NamespaceKind::Cgroup ? "cgr" : kernel::facts_of(space.name.kind).name;
    text_ += format(
        "<g class=\"patch{}\" data-ns=\"{}\" data-about=\"{}\"><rect x=\"{:.0f}\" y=\"{:.0f}\" "
        "width=\"22\" height=\"18\" rx=\"3\" fill=\"{}\"/>"
        "<text x=\"{:.0f}\" y=\"{:.0f}\">{}</text></g>",
        space.initial ? " initial" : "",
        space.name.str(),
        escape_lines(about_namespace(index)),
        x,
        y,
        colour(space),
        x + 11,
        y + 12,
        name);
    if (!space.initial) patches_[index].emplace_back(x + 11, y + 18);
  }

  // From each to the next that shares it.
  void draw_links() {
    for (const auto& [index, places] : patches_) {
      for (std::size_t i = 1; i < places.size(); ++i) {
        const auto [x, y] = places[i - 1];
        const auto [to_x, to_y] = places[i];
        const double low = std::max(y, to_y) + 14;
        text_ += format(
            "<path class=\"link{}\" d=\"M{:.0f} {:.0f}C{:.0f} {:.0f} {:.0f} {:.0f} {:.0f} {:.0f}\" "
            "stroke=\"{}\"/>\n",
            // What goes over other boxes is faint.
            std::abs(to_y - y) > 30 ? " far" : "",
            x,
            y,
            x,
            low,
            to_x,
            low,
            to_x,
            to_y,
            colour(inventory_.namespaces[index]));
      }
    }
  }

  std::string title_of(const MapBox& box) const {
    std::string title;
    if (box.container != nullptr) {
      title = box.container->name;
    } else if (box.empty()) {
      title = "no process";
    } else if (box.pids.size() >= 20 || std::ranges::all_of(box.in, [&](Index index) {
                 return index == kNone || inventory_.namespaces[index].initial;
               })) {
      title = "the host";
    } else {
      title = command_of(box.pids.front());
      // The program's name without its directory, as ps -o comm has it.
      const std::size_t slash = title.substr(0, title.find(' ')).rfind('/');
      if (slash != std::string::npos) title.erase(0, slash + 1);
    }
    return fitted(title, 166);
  }

  std::string subtitle_of(const MapBox& box) const {
    if (!box.empty()) {
      return format(
          "{} process{}, {}", box.pids.size(), box.pids.size() == 1 ? "" : "es", box.pids.front());
    }
    for (const Index index : box.in) {
      if (index == kNone) continue;
      const auto& holders = inventory_.namespaces[index].holders;
      return holders.empty() ? "held unseen"
                             : format("kept by a {}", to_string(holders.front().hold));
    }
    return {};
  }

  // New lines stay in an attribute as references.
  static std::string escape_lines(const std::string& about) {
    std::string text;
    for (const std::string_view line : split(about, '\n')) {
      text += (text.empty() ? "" : "&#10;") + escape_xml(line);
    }
    return text;
  }
};

}  // namespace

std::string map_page(const Inventory& inventory,
                     const ContainerNames& names,
                     unsigned refresh_seconds) {
  const std::vector<MapArea> areas = lay_out_map(inventory, names, kPageWidth);
  const std::time_t now = std::time(nullptr);
  char time[32] = "";
  std::tm parts{};
  static_cast<void>(
      std::strftime(time, sizeof time, "%Y-%m-%d %H:%M:%S", localtime_r(&now, &parts)));
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta "
      "charset=\"utf-8\"><title>Namespaces</title>\n";
  if (refresh_seconds != 0)
    page += format("<meta http-equiv=\"refresh\" content=\"{}\">\n", refresh_seconds);
  page += format("<style>{}</style></head><body>\n", kStyle);
  page += format(
      "<h1>Namespaces</h1>{} namespaces, {} processes, {} containers, {}{} <input id=\"find\" "
      "placeholder=\"find\">\n",
      inventory.namespaces.size(),
      inventory.processes.size(),
      names.size(),
      time,
      inventory.unreadable == 0 ? ""
                                : format("; {} process{} could not be read",
                                         inventory.unreadable,
                                         inventory.unreadable == 1 ? "" : "es"));
  page += kLegend;
  page += Page(inventory, names).draw(areas);
  page += format("<div id=\"more\"></div><script>{}</script></body></html>\n", kScript);
  return page;
}

}  // namespace isle::toolbox
