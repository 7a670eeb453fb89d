#include "tail/signals.h"

#include <initializer_list>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace taskwire::tail {
namespace {

volatile std::sig_atomic_t was_continued = 0;

void on_continue(int /*signal*/) {
  was_continued = 1;
}

/// Whether whoever started us wants the signal to be ignored, as a shell does for what runs in its background.
bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Signals::Signals() {
  sigemptyset(&stop_);
  for (const int signal : {SIGINT, SIGTERM}) {
    if (!is_ignored(signal)) sigaddset(&stop_, signal);
  }
  pthread_sigmask(SIG_BLOCK, &stop_, nullptr);
  fd_ = signalfd(-1, &stop_, SFD_CLOEXEC | SFD_NONBLOCK);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGCONT, on_continue);
}

Signals::~Signals() {
  close(fd_);
  pthread_sigmask(SIG_UNBLOCK, &stop_, nullptr);
}

int Signals::take_stop() {
  signalfd_siginfo info{};
  if (read(fd_, &info, sizeof info) != sizeof info) return 0;
  pthread_sigmask(SIG_UNBLOCK, &stop_, nullptr);
  return static_cast<int>(info.ssi_signo);
}

bool Signals::take_continued() {
  const bool was = was_continued != 0;
  was_continued = 0;
  return was;
}

}  // namespace taskwire::tail
