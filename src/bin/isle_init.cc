// isle-init: process 1 of a container that asked for --init. It starts the command, passes every
// signal on to it, reaps whoever becomes an orphan (process 1 is their new parent,
// pid_namespaces(7)), and ends as the command ends.
//
// It is mounted read-only into the container and uses nothing of isle: it may be looked at from
// inside, and it has to be small.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <initializer_list>

namespace {

// A signal's own disposition for the command: what we blocked is unblocked there.
[[noreturn]] void become(char** command, const sigset_t& before) {
  setpgid(0, 0);
  // The command's group is the terminal's, so that keys such as ^C reach it; fails without one. Who
  // is not of the group yet gets SIGTTOU for it, unless that is blocked (tcsetpgrp(3)).
  sigset_t stopping;
  sigemptyset(&stopping);
  sigaddset(&stopping, SIGTTOU);
  pthread_sigmask(SIG_BLOCK, &stopping, nullptr);
  tcsetpgrp(STDIN_FILENO, getpgrp());
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  execvp(command[0], command);
  const int why = errno;
  (void)fprintf(stderr, "isle-init: %s: %s\n", command[0], strerrordesc_np(why));
  _exit(why == ENOENT ? 127 : 126);
}

// The command's exit status once it has ended, else -1.
int reap(pid_t command) {
  for (;;) {
    int status = 0;
    const pid_t pid = waitpid(-1, &status, WNOHANG);
    if (pid <= 0) return -1;
    if (pid != command) continue;
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  }
}

int watch(pid_t command, const sigset_t& all) {
  for (;;) {
    int number = 0;
    if (sigwait(&all, &number) != 0) continue;
    if (number == SIGCHLD) {
      const int status = reap(command);
      if (status >= 0) return status;
    } else {
      kill(command, number);
    }
  }
}

}  // namespace

int main(int count, char** words) {
  char** command = words + 1;
  if (count > 1 && strcmp(*command, "--") == 0) ++command;
  if (*command == nullptr) {
    (void)fputs("usage: isle-init [--] COMMAND [ARGUMENT...]\n", stderr);
    return 125;
  }
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  // Faults of our own must not wait.
  for (int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGTTIN, SIGTTOU}) {
    sigdelset(&all, fault);
  }
  pthread_sigmask(SIG_BLOCK, &all, &before);
  const pid_t pid = fork();
  if (pid < 0) {
    perror("isle-init: fork");
    return 125;
  }
  if (pid == 0) become(command, before);
  return watch(pid, all);
}
