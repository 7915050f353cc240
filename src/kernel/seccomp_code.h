#pragma once
// Why: emitting classic BPF for seccomp. A conditional jump reaches 255 instructions, forward only
// (linux/filter.h); every piece here ends in a return on all its ways, so that pieces are put
// together by copying, without labels.

#include <cstdint>
#include <map>
#include <vector>

#include "kernel/seccomp.h"
#include "kernel/seccomp_arch.h"

namespace isle::kernel {

using SeccompCode = std::vector<sock_filter>;

sock_filter return_code(SeccompOutcome outcome);

// "If all conditions hold return the outcome", falling through otherwise.
void append_rule(SeccompCode& code,
                 const std::vector<SeccompCondition>& conditions,
                 SeccompOutcome outcome,
                 bool wide);

bool same_code(const SeccompCode& left, const SeccompCode& right);

// Outcome by number: each key starts a range that lasts until the next key; key 0 is there.
using SeccompRanges = std::map<std::uint32_t, SeccompCode>;
// Neighbours of the same code become one.
void merge_ranges(SeccompRanges& ranges);
// Binary search over them; expects the number in the accumulator.
SeccompCode search_tree(const SeccompRanges& ranges);

// Appends "if the accumulator is not `arch`, skip `block`".
void append_block(SeccompCode& code, std::uint32_t arch, const SeccompCode& block);
sock_filter load_arch();
sock_filter load_number();

}  // namespace isle::kernel
