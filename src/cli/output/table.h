#pragma once
// Columns that line up, for people.

#include <string>
#include <vector>

namespace isle::cli {

// Rows of cells under a head; the last column is not padded. Where `width` is not 0 and they need
// more columns of the screen, the widest cells end in an ellipsis.
std::string table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows,
                  unsigned width = 0);
// "3 seconds", "About a minute", "2 hours": a span in docker's words (go-units, HumanDuration).
std::string span_words(long long seconds);
// "1.4MB", powers of 1000, as docker shows sizes.
std::string size_words(long long bytes);
// Columns of the terminal on standard output, else 80.
unsigned screen_width();
// The same for tables: 0 where standard output is no terminal, since programs want all of it.
unsigned table_width();

}  // namespace isle::cli
