#pragma once
// Columns that line up, for people.

#include <string>
#include <vector>

namespace isle::cli {

// Rows of cells under a head; the last column is not padded.
std::string table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows);
// "3 seconds", "2 hours": a span as people say it, rounded down.
std::string span_words(long long seconds);
// "1.4MB", powers of 1000, as docker shows sizes.
std::string size_words(long long bytes);
// Columns of the terminal on standard output, else 80.
unsigned screen_width();

}  // namespace isle::cli
