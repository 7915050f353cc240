// Runs commands in turn and compares what they cost.
//
//   compare [-n ROUNDS] NAME 'COMMAND' [NAME 'COMMAND' ...]
//
// In each round every command runs once, so that a busy moment of the machine falls on all of them;
// each round begins with another, so that none always finds the caches as the dearest leaves them.
// Wall time is until the command returns; CPU is that of all the processes it caused, also those
// that left it: this process is their subreaper and waits for them. Memory is the peak of the
// largest of these processes (this program, which they begin as, is linked statically so that it is
// none of them). Medians, and ratios to the first. Commands are split at spaces and get /dev/null
// as standard input and output. One may have several steps, ";;" between them (what makes, what
// unmakes): they follow each other, are measured apart, and each has a table of its own.

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

struct Step {
  std::vector<std::string> words;
  std::vector<double> cpu_ms, wall_ms, peak_kib;
};

struct Subject {
  std::string name;
  std::vector<Step> steps;
};

double seconds() {
  timespec now{};
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

double children_cpu() {
  rusage usage{};
  getrusage(RUSAGE_CHILDREN, &usage);
  const auto value = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return value(usage.ru_utime) + value(usage.ru_stime);
}

[[noreturn]] void become(const Step& step) {
  std::vector<char*> arguments;
  arguments.reserve(step.words.size() + 1);
  for (const std::string& word : step.words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int null = open("/dev/null", O_RDWR);
  if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0) _exit(125);
  execvp(arguments[0], arguments.data());
  std::perror(arguments[0]);
  _exit(127);
}

bool measure(const std::string& name, Step& step) {
  const double cpu = children_cpu();
  const double start = seconds();
  const pid_t pid = fork();
  if (pid == 0) become(step);
  int status = 0;
  double wall = 0;
  long peak = 0;
  for (;;) {
    int one = 0;
    rusage usage{};
    const pid_t ended = wait4(-1, &one, 0, &usage);
    if (ended < 0) break;
    peak = std::max(peak, usage.ru_maxrss);
    if (ended == pid) {
      wall = seconds() - start;
      status = one;
    }
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    (void)std::fprintf(stderr, "compare: %s failed with status %d\n", name.c_str(), status);
    return false;
  }
  step.wall_ms.push_back(wall * 1e3);
  step.cpu_ms.push_back((children_cpu() - cpu) * 1e3);
  step.peak_kib.push_back(static_cast<double>(peak));
  return true;
}

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

std::vector<std::string> split(const char* text) {
  std::vector<std::string> words;
  std::string copy = text;
  char* state = nullptr;
  for (char* word = strtok_r(copy.data(), " ", &state); word != nullptr;
       word = strtok_r(nullptr, " ", &state)) {
    words.emplace_back(word);
  }
  return words;
}

bool measure_all(Subject& subject) {
  return std::ranges::all_of(subject.steps,
                             [&](Step& step) { return measure(subject.name, step); });
}

std::vector<Step> steps_of(const char* text) {
  std::vector<Step> steps(1);
  for (std::string& word : split(text)) {
    if (word == ";;") {
      steps.emplace_back();
    } else {
      steps.back().words.push_back(std::move(word));
    }
  }
  return steps;
}

void print(const std::vector<Subject>& subjects, std::size_t at) {
  const double cpu = median(subjects[0].steps[at].cpu_ms);
  const double wall = median(subjects[0].steps[at].wall_ms);
  std::printf(
      "%-22s %10s %10s %9s %9s %9s\n", "", "CPU ms", "wall ms", "CPU x", "wall x", "peak KiB");
  for (const Subject& subject : subjects) {
    const Step& step = subject.steps[at];
    std::printf("%-22s %10.2f %10.2f %9.2f %9.2f %9.0f\n",
                subject.name.c_str(),
                median(step.cpu_ms),
                median(step.wall_ms),
                median(step.cpu_ms) / cpu,
                median(step.wall_ms) / wall,
                median(step.peak_kib));
  }
}

}  // namespace

int main(int argc, char** argv) {
  int rounds = 40;
  int first = 1;
  if (argc > 2 && std::strcmp(argv[1], "-n") == 0) {
    rounds = std::atoi(argv[2]);
    first = 3;
  }
  std::vector<Subject> subjects;
  for (int i = first; i + 1 < argc; i += 2) {
    subjects.push_back({.name = argv[i], .steps = steps_of(argv[i + 1])});
  }
  const bool alike = std::ranges::all_of(subjects, [&](const Subject& subject) {
    return subject.steps.size() == subjects[0].steps.size();
  });
  if (subjects.empty() || !alike || rounds < 1) {
    (void)std::fputs("usage: compare [-n ROUNDS] NAME 'COMMAND [;; COMMAND...]' ...\n", stderr);
    return 2;
  }
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  // One round that does not count: caches, the seccomp cache, the image.
  for (int round = 0; round <= rounds; ++round) {
    for (std::size_t i = 0; i < subjects.size(); ++i) {
      if (!measure_all(subjects[(i + static_cast<std::size_t>(round)) % subjects.size()])) return 1;
    }
    if (round > 0) continue;
    for (Subject& subject : subjects) {
      for (Step& step : subject.steps) {
        step.cpu_ms.clear();
        step.wall_ms.clear();
      }
    }
  }
  for (std::size_t at = 0; at < subjects[0].steps.size(); ++at) print(subjects, at);
}
