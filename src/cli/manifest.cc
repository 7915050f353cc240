// isle manifest: lists of images for several platforms, made here and pushed under one name.
#include <array>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/flags.h"
#include "cli/registry_flags.h"
#include "engine/paths.h"
#include "image/manifest_list.h"
#include "image/resolve.h"
#include "kernel/fd.h"

namespace isle::cli {
namespace {

using options::Arity;
using options::Section;

constexpr const char* kAllHelp = "Of another list each image, not only the one for this machine";

struct CreateRequest {
  bool amend = false, all = false;
};
constexpr CommandFlag<CreateRequest> kCreateFlags[] = {
    {{"amend", 'a', Arity::Switch, nullptr, "Add to a list that is there", Section::General},
     take_switch<CreateRequest, &CreateRequest::amend>},
    {{"all", 0, Arity::Switch, nullptr, kAllHelp, Section::General},
     take_switch<CreateRequest, &CreateRequest::all>},
};

struct AddRequest {
  std::string os, architecture, variant, os_version;
  std::vector<std::string> annotations, os_features;
  bool all = false;
};
constexpr CommandFlag<AddRequest> kAddFlags[] = {
    {{"all", 0, Arity::Switch, nullptr, kAllHelp, Section::General},
     take_switch<AddRequest, &AddRequest::all>},
    {{"os-version", 0, Arity::Value, "VERSION", "The version its system needs", Section::General},
     take_text<AddRequest, &AddRequest::os_version>},
    {{"os-features", 0, Arity::Value, "FEATURE", "What its system needs", Section::General},
     take_each<AddRequest, &AddRequest::os_features>},
    {{"annotation", 0, Arity::Value, "NAME=VALUE", "A fact about the image", Section::General},
     take_each<AddRequest, &AddRequest::annotations>},
    {{"arch", 0, Arity::Value, "ARCH", "Instead of the image's own architecture", Section::General},
     take_text<AddRequest, &AddRequest::architecture>},
    {{"os", 0, Arity::Value, "OS", "Instead of the image's own system", Section::General},
     take_text<AddRequest, &AddRequest::os>},
    {{"variant",
      0,
      Arity::Value,
      "VARIANT",
      "Instead of the image's own variant",
      Section::General},
     take_text<AddRequest, &AddRequest::variant>},
};

struct AnnotateRequest {
  std::string os, architecture, variant, os_version;
  std::vector<std::string> annotations, os_features;
};
constexpr CommandFlag<AnnotateRequest> kAnnotateFlags[] = {
    {{"annotation", 0, Arity::Value, "NAME=VALUE", "A fact about the image", Section::General},
     take_each<AnnotateRequest, &AnnotateRequest::annotations>},
    {{"arch", 0, Arity::Value, "ARCH", "Its architecture", Section::General},
     take_text<AnnotateRequest, &AnnotateRequest::architecture>},
    {{"os", 0, Arity::Value, "OS", "Its system", Section::General},
     take_text<AnnotateRequest, &AnnotateRequest::os>},
    {{"os-version", 0, Arity::Value, "VERSION", "The version its system needs", Section::General},
     take_text<AnnotateRequest, &AnnotateRequest::os_version>},
    {{"os-features", 0, Arity::Value, "FEATURE", "What its system needs", Section::General},
     take_each<AnnotateRequest, &AnnotateRequest::os_features>},
    {{"variant", 0, Arity::Value, "VARIANT", "Its variant", Section::General},
     take_text<AnnotateRequest, &AnnotateRequest::variant>},
};

struct ListPushRequest {
  image::FetchOptions fetch;
  image::PushForm form;
  std::string digest_file;
  bool all = false, remove = false, quiet = false;
};
Result<void> take_compression(ListPushRequest& request, std::string_view value) {
  request.form.compression = TRY_STEP(image::parse_push_compression(value), "--compression-format");
  return {};
}
Result<void> take_form(ListPushRequest& request, std::string_view value) {
  request.form.manifest = TRY_STEP(image::parse_manifest_form(value), "--format");
  return {};
}
constexpr CommandFlag<ListPushRequest> kPushFlags[] = {
    {{"compression-format",
      0,
      Arity::Value,
      "FORMAT",
      "Pack layers that are packed otherwise with gzip or zstd",
      Section::General},
     take_compression},
    {{"format",
      'f',
      Arity::Value,
      "FORMAT",
      "The form of the list and its images: oci, or docker's v2s2",
      Section::General},
     take_form},
    {{"digestfile", 0, Arity::Value, "FILE", "Write the list's digest to FILE", Section::General},
     take_text<ListPushRequest, &ListPushRequest::digest_file>},
    {{"purge", 'p', Arity::Switch, nullptr, "docker's name of --rm", Section::General},
     take_switch<ListPushRequest, &ListPushRequest::remove>},
    {{"all",
      0,
      Arity::Switch,
      nullptr,
      "The images, too, as is done without it: a list without them helps nobody",
      Section::General},
     take_switch<ListPushRequest, &ListPushRequest::all>},
    {{"quiet", 'q', Arity::Switch, nullptr, "Say nothing", Section::General},
     take_switch<ListPushRequest, &ListPushRequest::quiet>},
    {{"rm", 0, Arity::Switch, nullptr, "Remove the list here afterwards", Section::General},
     take_switch<ListPushRequest, &ListPushRequest::remove>},
    kAuthfileFlag<ListPushRequest>,
    kCertDirFlag<ListPushRequest>,
    kCredsFlag<ListPushRequest>,
    kTlsVerifyFlag<ListPushRequest>,
    kRetryFlag<ListPushRequest>,
    kRetryDelayFlag<ListPushRequest>,
};

// An image, or what another list has.
Result<void> add_to(const engine::Paths& paths,
                    image::ManifestList& list,
                    std::string_view word,
                    const image::PlatformChange& change,
                    bool all) {
  const Result<image::Reference> name = image::Reference::parse(word);
  const bool may_be_list = name && !name->digest && !image::is_here(paths.store, word);
  const auto other = may_be_list ? TRY(image::load_list(paths.store, *name)) : std::nullopt;
  if (!other) return image::add_to_list(paths.store, list, std::string(word), change);
  if (change.is_none()) return image::add_list(list, *other, all);
  return fail(ErrorKind::InvalidArgument,
              format("{} is a list, whose images say themselves what they are for", quoted(word)),
              "isle manifest annotate says otherwise of one");
}

Result<std::string> create(Arguments arguments) {
  CreateRequest request;
  const auto names = TRY(take_flags(kCreateFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("manifest create", names, 1, names.size() + 1, "list"));
  const image::Reference name = TRY(image::Reference::parse(names[0]));
  const engine::Paths paths = TRY(engine::Paths::open());
  std::optional<image::ManifestList> known = TRY(image::load_list(paths.store, name));
  if (known && !request.amend) {
    return fail(ErrorKind::Conflict,
                format("the list {} is there", quoted(name.familiar())),
                "--amend adds to it, isle manifest rm removes it");
  }
  image::ManifestList list = std::move(known).value_or(image::ManifestList{});
  for (std::size_t i = 1; i < names.size(); ++i) {
    TRY(add_to(paths, list, names[i], {}, request.all));
  }
  TRY(image::save_list(paths.store, name, list));
  return name.familiar() + "\n";
}

// Of a command without flags.
Result<std::vector<std::string_view>> names_alone(Arguments arguments) {
  return TRY(options::parse_command_line({}, arguments, options::Operands::Mixed)).operands;
}

Result<void> add_annotations(const std::vector<std::string>& words, oci::StringMap& annotations) {
  for (const std::string& word : words) {
    const Cut parts = cut(word, '=');
    if (!parts.found) {
      return fail(ErrorKind::InvalidArgument, format("--annotation {} has no \"=\"", quoted(word)));
    }
    annotations[std::string(parts.before)] = std::string(parts.after);
  }
  return {};
}

Result<std::string> add(Arguments arguments) {
  AddRequest request;
  const auto names = TRY(take_flags(kAddFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("manifest add", names, 2, 2, names.empty() ? "list" : "image"));
  image::PlatformChange change{.os = request.os,
                               .architecture = request.architecture,
                               .variant = request.variant,
                               .os_version = request.os_version,
                               .os_features = request.os_features,
                               .annotations = {}};
  TRY(add_annotations(request.annotations, change.annotations));
  const image::Reference name = TRY(image::Reference::parse(names[0]));
  const engine::Paths paths = TRY(engine::Paths::open());
  image::ManifestList list = TRY(image::find_list(paths.store, name));
  TRY(add_to(paths, list, names[1], change, request.all));
  TRY(image::save_list(paths.store, name, list));
  return name.familiar() + "\n";
}

Result<std::string> annotate(Arguments arguments) {
  AnnotateRequest request;
  const auto names = TRY(take_flags(kAnnotateFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("manifest annotate", names, 2, 2, names.empty() ? "list" : "image"));
  const image::Reference name = TRY(image::Reference::parse(names[0]));
  const engine::Paths paths = TRY(engine::Paths::open());
  image::ManifestList list = TRY(image::find_list(paths.store, name));
  const std::size_t index = TRY(image::find_entry(paths.store, list, std::string(names[1])));
  oci::Descriptor& descriptor = list.entries[index].descriptor;
  TRY(add_annotations(request.annotations, descriptor.annotations));
  oci::Platform platform = descriptor.platform.value_or(oci::Platform{});
  if (!request.os.empty()) platform.os = request.os;
  if (!request.architecture.empty()) platform.architecture = request.architecture;
  if (!request.variant.empty()) platform.variant = request.variant;
  if (!request.os_version.empty()) platform.os_version = request.os_version;
  if (!request.os_features.empty()) platform.os_features = request.os_features;
  descriptor.platform = std::move(platform);
  TRY(image::save_list(paths.store, name, list));
  return name.familiar() + "\n";
}

Result<std::string> take_out(Arguments arguments) {
  const auto names = TRY(names_alone(arguments));
  TRY(check_operands(
      "manifest remove", names, 2, names.size() + 2, names.empty() ? "list" : "image"));
  const image::Reference name = TRY(image::Reference::parse(names[0]));
  const engine::Paths paths = TRY(engine::Paths::open());
  image::ManifestList list = TRY(image::find_list(paths.store, name));
  for (std::size_t i = 1; i < names.size(); ++i) {
    const std::size_t index = TRY(image::find_entry(paths.store, list, std::string(names[i])));
    list.entries.erase(list.entries.begin() + static_cast<std::ptrdiff_t>(index));
  }
  TRY(image::save_list(paths.store, name, list));
  return name.familiar() + "\n";
}

Result<std::string> inspect(Arguments arguments) {
  const auto names = TRY(names_alone(arguments));
  TRY(check_operands("manifest inspect", names, 1, 1, "list"));
  const engine::Paths paths = TRY(engine::Paths::open());
  const image::ManifestList list =
      TRY(image::find_list(paths.store, TRY(image::Reference::parse(names[0]))));
  return json::write_pretty(oci::write_index(image::index_of(list))) + "\n";
}

Result<std::string> push(Arguments arguments) {
  ListPushRequest request;
  const auto names = TRY(take_flags(kPushFlags, arguments, options::Operands::Mixed, request));
  TRY(check_operands("manifest push", names, 1, 2, "list"));
  TRY(complete_creds(request.fetch));
  const image::Reference name = TRY(image::Reference::parse(names[0]));
  const engine::Paths paths = TRY(engine::Paths::open());
  const image::ManifestList list = TRY(image::find_list(paths.store, name));
  std::string_view target = names.back();
  constexpr std::string_view kDocker = "docker://";
  if (target.starts_with(kDocker)) target.remove_prefix(kDocker.size());
  image::ListPush wanted{.destination = TRY(image::Reference::parse(target)),
                         .form = request.form,
                         .fetch = request.fetch,
                         .on_blob = {},
                         .on_warning = warn};
  const oci::Descriptor pushed =
      TRY_STEP(image::push_list(paths.store, list, wanted),
               format("push to {}", quoted(wanted.destination.familiar())));
  if (!request.digest_file.empty()) {
    const HostPath file(request.digest_file);
    TRY_STEP(kernel::replace_file(file, pushed.digest.str(), 0644, false), "--digestfile");
  }
  if (request.remove) TRY(image::remove_list(paths.store, name));
  return request.quiet ? std::string() : pushed.digest.str() + "\n";
}

Result<std::string> remove(Arguments arguments) {
  const auto names = TRY(names_alone(arguments));
  TRY(check_operands("manifest rm", names, 1, names.size() + 1, "list"));
  const engine::Paths paths = TRY(engine::Paths::open());
  std::string text;
  for (const std::string_view word : names) {
    const image::Reference name = TRY(image::Reference::parse(word));
    TRY(image::remove_list(paths.store, name));
    text += name.familiar() + "\n";
  }
  return text;
}

// The commands of the group have their help from their own rows.
template <Result<std::string> (*kRun)(Arguments)>
int command(const char* name, Arguments arguments, const std::vector<options::Flag>& flags) {
  if (wants_help(arguments)) return print_command_help(*find_command(name), flags);
  const auto text = kRun(arguments);
  return text ? finish(text) : complain(Error(text.error()).within(name));
}

int create_command(Arguments arguments) {
  return command<create>("manifest create", arguments, flags_of(kCreateFlags));
}
int add_command(Arguments arguments) {
  return command<add>("manifest add", arguments, flags_of(kAddFlags));
}
int annotate_command(Arguments arguments) {
  return command<annotate>("manifest annotate", arguments, flags_of(kAnnotateFlags));
}
int take_out_command(Arguments arguments) {
  return command<take_out>("manifest remove", arguments, {});
}
int list_inspect_command(Arguments arguments) {
  return command<inspect>("manifest inspect", arguments, {});
}
int list_push_command(Arguments arguments) {
  return command<push>("manifest push", arguments, flags_of(kPushFlags));
}
int list_rm_command(Arguments arguments) { return command<remove>("manifest rm", arguments, {}); }

constexpr std::array kCommands = {
    Command{"manifest create", "[FLAGS] LIST [IMAGE...]", "Make a list of images", create_command},
    Command{"manifest add", "[FLAGS] LIST IMAGE", "Add an image to a list", add_command},
    Command{"manifest annotate",
            "[FLAGS] LIST IMAGE",
            "Say of an image in a list what it is for",
            annotate_command},
    Command{"manifest remove", "LIST IMAGE...", "Take images out of a list", take_out_command},
    Command{"manifest inspect", "LIST", "Show a list as registries get it", list_inspect_command},
    Command{"manifest push",
            "[FLAGS] LIST [NAME]",
            "Give a list and its images to a registry",
            list_push_command},
    Command{"manifest rm", "LIST...", "Remove lists; their images stay", list_rm_command},
};

}  // namespace

const Group kManifestGroup{
    .name = "manifest", .about = "One name for images of several platforms", .commands = kCommands};

int manifest_command(Arguments arguments) { return run_group(kManifestGroup, arguments); }

}  // namespace isle::cli
