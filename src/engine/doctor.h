#pragma once
// What this host offers, what it lacks, and the line that mends it. The questions to the host are
// handed in, so that every advice can be tested.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/paths.h"
#include "runtime/plan/facts.h"

namespace isle::engine {

struct Finding {
  enum class Grade : unsigned char {
    Fine,
    Limited,  // something that can be asked for is not to be had
    Broken,   // containers do not run
  };
  Grade grade = Grade::Fine;
  std::string subject;  // "user namespaces"
  std::string found;    // what there is
  std::string mend;     // a command, or what to do; empty: nothing is to be done
};
std::string_view to_string(Finding::Grade grade);

struct Patient {
  runtime::HostFacts facts;
  // A file's content without the last newline; nullopt: it is not there.
  std::function<std::optional<std::string>(const std::string& path)> read;
  std::function<bool(const std::string& path)> exists;
  std::function<bool(const std::string& program)> has_program;  // on PATH or beside isle
  std::uint64_t free_bytes = 0;                                 // where the store is
};
Result<Patient> this_host(const Paths& paths);

std::vector<Finding> examine(const Patient& patient);

}  // namespace isle::engine
