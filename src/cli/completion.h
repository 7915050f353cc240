#pragma once
// What may stand at the end of a command line: isle completion's scripts ask for it with every
// press of the key, so that they know flags of the option table and names of this moment.

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "options/command_line.h"

namespace isle::cli {

struct Candidate {
  std::string word, about;  // "--memory", "At most so much memory"
};

// `words`: those behind "isle", the last one as far as it was typed. None: files, or nothing.
std::vector<Candidate> candidates_for(const std::vector<std::string_view>& words);

// Names for what a synopsis calls CONTAINER, IMAGE, VOLUME, NETWORK or NAME.
std::vector<Candidate> names_for(std::string_view command, std::string_view metavar);
// What a flag's value may be, if that can be known: "--restart", "--network", "--format" ...
std::vector<Candidate> values_for(std::string_view command, const options::Flag& flag);

}  // namespace isle::cli
