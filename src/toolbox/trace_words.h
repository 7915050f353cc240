#pragma once
// Which system calls are steps of isolation, and what they say (see trace.h). Descriptors are named
// by what they are, since the newer mount calls name nothing else: "move_mount(proc to /proc)".

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace isle::toolbox {

struct RawCall {
  std::uint64_t number = 0;
  std::array<std::uint64_t, 6> arguments{};
  // Of the traced process' memory: text up to a zero byte; so many bytes, fewer where it ends.
  std::function<std::string(std::uint64_t address)> text;
  std::function<std::string(std::uint64_t address, std::size_t size)> bytes;
  // What a descriptor is: as it was named when it was made, else its link in /proc/PID/fd.
  std::function<std::string(int fd)> file;
  // As it was named; empty: nothing was said of it.
  std::function<std::string(int fd)> named;

  // A number of the process' memory.
  template <typename T>
  T value(std::uint64_t address) const {
    T result{};
    const std::string raw = bytes(address, sizeof result);
    if (raw.size() == sizeof result) raw.copy(reinterpret_cast<char*>(&result), sizeof result);
    return result;
  }
  // The path of arguments `directory` and `path`.
  std::string path_at(std::size_t directory, std::size_t path) const;
};

struct CallWords {
  std::string call, about;
  // Calls of one program that follow each other with the same `call` are told as one, with all
  // their items: "prctl(PR_CAPBSET_DROP, CAP_A CAP_B)". `call` has no closing parenthesis then.
  std::string item;
  // What the descriptor is that the call returns, or that is its argument (fsconfig(2)).
  std::string names_result;
  std::optional<int> names_fd;
  bool silent = false;  // told only when it fails
  int expected = 0;     // an errno that is no news: a command is looked for along PATH
};
// nullopt: it isolates nothing.
std::optional<CallWords> words_of_call(const RawCall& call);

// The parts of words_of_call.
std::optional<CallWords> words_of_mounts(const RawCall& call);
std::optional<CallWords> words_of_files(const RawCall& call);
std::optional<CallWords> words_of_network(const RawCall& call);

}  // namespace isle::toolbox
