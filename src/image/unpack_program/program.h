#pragma once
// isle-unpack: checks blobs and unpacks layers, for isle, which links neither a hash nor an
// inflater and should not read a stranger's archive in its own address space.
//
//   isle-unpack check DIGEST                      standard input has this digest
//   isle-unpack digest ALGORITHM                  says the digest of standard input
//   isle-unpack layer --into DIR [--user]         unpack standard input into the empty directory
//               --digest DIGEST --diff-id DIGEST   and have it on disk when both digests are right
//               --partial                     descriptor 3 is a file with the blob's beginning:
//               read
//                                             first, standard input is appended to it
//   isle-unpack pack [--layer] [--user] --root DIR... --compression none|gzip|zstd
//               [--uid-map I:O:N]... [--gid-map ...] [--mount-point PATH]...   pack the
//               directories, topmost first, into
//                                             descriptor 3 (layer/pack.h)
//               [--root-fd N]... [--only NAME] [--name NAME]   directories that are open, one
//               entry of them, under another name
//   isle-unpack extract [--user] [--no-special] [--owner U:G] [--uid-map I:O:N]... [--gid-map ...]
//                                             standard input into the directory of descriptor 6,
//                                             whatever is in it; --no-special: no devices, no
//                                             set-id bits, no attributes but the user's
//   isle-unpack convert [--user] --compression none|gzip|zstd   standard input, whatever its own
//                                             compression, into descriptor 3
//   isle-unpack split --into DIR [--user]         the files of the archive on standard input
//                                             become files of the empty DIR, named by their digest
//
// Descriptors 4 and 5, if there are any, are the store's locks on layer and blob: a process that
// outlives its starter keeps others from what it still writes to.
//
// Prints one line of JSON: {"ok":true,...} or {"ok":false,"kind":...,"error":...,"hint":...}.

#include <span>

namespace isle::image {

// Exit status: 0, 1 (the JSON says why), 125 (usage).
int unpack_main(std::span<char*> arguments);

}  // namespace isle::image
