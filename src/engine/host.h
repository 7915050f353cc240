#pragma once
// The options' questions, answered by this machine.

#include "engine/database.h"
#include "engine/layered_root.h"
#include "options/spec_builder.h"
#include "runtime/plan/facts.h"

namespace isle::engine {

// `limits_swap`: whether somebody wants to know if swap is accounted, which costs a look.
options::Host host_of(const runtime::HostFacts& facts, bool limits_swap);

// `root` and `database` have to outlive the answers. With `reserve` false, --userns auto shows a
// range without taking it.
options::World world_of(const LayeredRoot& root,
                        const Database& database,
                        const Paths& paths,
                        std::string_view id,
                        bool reserve);

}  // namespace isle::engine
