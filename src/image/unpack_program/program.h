#pragma once
// isle-unpack: checks blobs and unpacks layers, for isle, which links neither a hash nor an
// inflater and should not read a stranger's archive in its own address space.
//
//   isle-unpack check DIGEST                      standard input has this digest
//   isle-unpack digest ALGORITHM                  says the digest of standard input
//   isle-unpack layer --into DIR [--user]         unpack standard input into the empty directory
//               --digest DIGEST --diff-id DIGEST
//
// Prints one line of JSON: {"ok":true,...} or {"ok":false,"kind":...,"error":...,"hint":...}.

#include <span>

namespace isle::image {

// Exit status: 0, 1 (the JSON says why), 125 (usage).
int unpack_main(std::span<char*> arguments);

}  // namespace isle::image
