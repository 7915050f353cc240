#pragma once
// Why: to run from a read-only mount of itself (kernel/sealed_program.h) a program has to be
// executed twice, and the C library's own start costs more than the rest of that: it asks the
// processor for its caches by dozens of CPUID instructions, each of which leaves a virtual machine
// for its host. So where a program starts (its ELF entry, before the C library) it does what
// seal_program does, with a few system calls, and only the second start is a whole one.
//
// A program that is linked with "-e isle_start" names here the words of a command line that make
// it enter a container. Whatever is not the plain case (another user than root, an old kernel) is
// left to seal_program, which main calls all the same. Only on x86_64; elsewhere the entry is the
// C library's.

extern "C" {
// Ends with nullptr. One of them anywhere on the command line is enough.
extern const char* const kIsleSealedWords[];
}
