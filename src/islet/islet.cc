// Which verb, its options, its help, its error.

#include "islet/islet.h"

#include <algorithm>

#include <unistd.h>

#include "base/strings.h"
#include "islet/globals.h"
#include "islet/verb.h"
#include "kernel/fd.h"
#include "kernel/sealed_program.h"
#include "oci/runtime_spec.h"

namespace isle::islet {

namespace {

constexpr const Verb* kVerbs[] = {&kCreate,
                                  &kDelete,
                                  &kEvents,
                                  &kExec,
                                  &kFeatures,
                                  &kKill,
                                  &kList,
                                  &kMounts,
                                  &kPause,
                                  &kPlan,
                                  &kPs,
                                  &kResume,
                                  &kRun,
                                  &kSpec,
                                  &kStart,
                                  &kState,
                                  &kUpdate};

// runc's verbs that are not done here.
struct Missing {
  std::string_view name, reason;
};
constexpr Missing kMissing[] = {
    {"checkpoint", "containers cannot be saved to disk yet"},
    {"restore", "containers cannot be saved to disk yet"},
};

std::string option_help(std::span<const Option> options) {
  std::string text;
  for (const Option& option : options) {
    if (!option.refused.empty()) continue;
    std::string left = option.letter != 0 ? format("  -{}, --{}", option.letter, option.name)
                                          : format("      --{}", option.name);
    if (!option.value.empty()) left += format(" {}", option.value);
    text += format("{:<41} {}\n", left, option.help);
  }
  return text;
}

std::string usage(const Verb& verb) {
  std::string text = format("Usage: islet {}{}{}{}\n{}\n",
                            verb.name,
                            verb.options.empty() ? "" : " [OPTION...]",
                            verb.words.empty() ? "" : " ",
                            verb.words,
                            verb.summary);
  if (!verb.options.empty()) text += "\nOptions:\n" + option_help(verb.options);
  return text;
}

std::string usage() {
  std::string text =
      "Usage: islet [OPTION...] VERB [ARGUMENT...]\nMakes and runs containers from OCI "
      "bundles.\n\nVerbs:\n";
  for (const Verb* verb : kVerbs) text += format("  {:<10} {}\n", verb->name, verb->summary);
  return text + "\nOptions:\n" + option_help(global_options()) +
         "\nislet VERB --help tells more.\n";
}

std::string version() {
  return format("islet version {}\nspec: {}\n", ISLE_VERSION, oci::kRuntimeSpecVersion);
}

Result<const Verb*> find_verb(std::string_view name) {
  for (const Verb* verb : kVerbs) {
    if (verb->name == name) return verb;
  }
  for (const Missing& missing : kMissing) {
    if (missing.name == name) {
      return fail(ErrorKind::Unsupported,
                  format("the verb {} is not supported", quoted(name)),
                  std::string(missing.reason));
    }
  }
  return fail(ErrorKind::InvalidArgument,
              format("unknown verb {}", quoted(name)),
              "islet --help lists them");
}

Result<void> check_words(const Verb& verb, const Arguments& arguments) {
  const std::size_t count = arguments.words().size();
  if (count >= verb.least_words && count <= verb.most_words) return {};
  return fail(
      ErrorKind::InvalidArgument,
      format("{} {} arguments", verb.name, count < verb.least_words ? "needs more" : "takes fewer"),
      format("islet {} {}", verb.name, verb.words));
}

bool asks_help(const Verb& verb, std::span<char* const> line) {
  for (const std::string_view word : line) {
    if (word == "--help" || word == "-h" || word == "--usage" || word == "-?") return true;
    if (word == "--" || (verb.order == Order::InFront && !word.starts_with('-'))) return false;
  }
  return false;
}

Result<int> run_verb(const Globals& globals, const Verb& verb, std::span<char* const> line) {
  if (asks_help(verb, line)) {
    TRY(print(usage(verb)));
    return 0;
  }
  const Arguments arguments = TRY(Arguments::parse(verb.options, line, verb.order));
  TRY(check_words(verb, arguments));
  return verb.run(globals, arguments);
}

// Verbs that start a process inside, which the container may see.
bool enters_container(std::string_view verb) {
  return verb == "create" || verb == "run" || verb == "start" || verb == "exec";
}

// What is known so far, for the error.
struct Session {
  Globals globals;
  int failure_status = 1;
};

Result<int> run(Session& session, std::span<char* const> line) {
  const Arguments arguments = TRY(Arguments::parse(global_options(), line, Order::InFront));
  session.globals = TRY(read_globals(arguments));
  if (arguments.on("version")) {
    TRY(print(version()));
    return 0;
  }
  const bool help = arguments.words().empty() || arguments.words()[0] == "help";
  const bool asked = arguments.on("help") || arguments.on("usage");
  if (asked || help) {
    TRY(print(usage()));
    return arguments.words().empty() && !asked ? 1 : 0;
  }
  const Verb& verb = *TRY(find_verb(arguments.words()[0]));
  if (enters_container(verb.name)) {
    // The whole line: its first word is the program's own name.
    TRY_STEP(kernel::seal_program(line.data() - 1), "protect the runtime from the container");
  }
  session.failure_status = verb.failure_status;
  return run_verb(session.globals, verb, line.last(arguments.words().size() - 1));
}

}  // namespace

std::span<const Verb* const> verbs() { return kVerbs; }

Result<void> print(std::string_view text) { return kernel::write_all(STDOUT_FILENO, text); }

int islet_main(std::span<char* const> arguments) {
  Session session;
  const Result<int> status =
      run(session, arguments.subspan(std::min<std::size_t>(1, arguments.size())));
  if (status) return *status;
  session.globals.log.error(status.error());
  return session.failure_status;
}

}  // namespace isle::islet
