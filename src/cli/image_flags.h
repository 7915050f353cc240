#pragma once
// The flags of commands that make an image: commit and import. A request that takes them has the
// members `author`, `message`, `changes` and `quiet`.

#include "cli/command.h"
#include "cli/flags.h"
#include "options/command_line.h"

namespace isle::cli {

template <typename Request>
inline constexpr CommandFlag<Request> kChangeFlag = {
    {"change",
     'c',
     options::Arity::Value,
     "INSTRUCTION",
     "CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME or "
     "WORKDIR, as in a Dockerfile",
     options::Section::General},
    take_each<Request, &Request::changes>};

template <typename Request>
inline constexpr CommandFlag<Request> kMessageFlag = {{"message",
                                                       'm',
                                                       options::Arity::Value,
                                                       "TEXT",
                                                       "A comment in the image's history",
                                                       options::Section::General},
                                                      take_text<Request, &Request::message>};

template <typename Request>
inline constexpr CommandFlag<Request> kQuietFlag = {
    {"quiet", 'q', options::Arity::Switch, nullptr, "Without warnings", options::Section::General},
    take_switch<Request, &Request::quiet>};

}  // namespace isle::cli
