#include "cli/command.h"

int main(int count, char** words) { return isle::cli::main(count, words); }
