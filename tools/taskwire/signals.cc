#include "taskwire/signals.h"

#include <cerrno>
#include <initializer_list>
#include <pthread.h>
#include <system_error>
#include <unistd.h>

namespace taskwire::cli {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Signals::Signals() {
  sigemptyset(&taken_);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP}) {
    if (!is_ignored(signal)) sigaddset(&taken_, signal);
  }
  for (const int signal : {SIGCHLD, SIGWINCH, SIGCONT}) sigaddset(&taken_, signal);
  // Where SIGCHLD was ignored, children would leave no status.
  struct sigaction usual {};
  usual.sa_handler = SIG_DFL;
  sigaction(SIGCHLD, &usual, &child_before_);
  struct sigaction ignored {};
  ignored.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignored, &pipe_before_);
  pthread_sigmask(SIG_BLOCK, &taken_, &before_);
  fd_ = Descriptor(signalfd(-1, &taken_, SFD_CLOEXEC | SFD_NONBLOCK));
  if (fd_) return;
  const int failure = errno;
  give_back();
  throw std::system_error(failure, std::generic_category(), "signalfd");
}

Signals::~Signals() {
  while (take()) {
  }
  give_back();
}

void Signals::give_back() const {
  sigaction(SIGCHLD, &child_before_, nullptr);
  sigaction(SIGPIPE, &pipe_before_, nullptr);
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<signalfd_siginfo> Signals::take() const {
  signalfd_siginfo info{};
  if (read(fd_.get(), &info, sizeof info) != sizeof info) return std::nullopt;
  return info;
}

void Signals::release(int number) const {
  sigset_t one;
  sigemptyset(&one);
  sigaddset(&one, number);
  pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
}

void Signals::release_all() const {
  while (take()) {
  }
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

}  // namespace taskwire::cli
