#include "process/stop_signals.h"

#include <csignal>
#include <pthread.h>
#include <unistd.h>

namespace taskwire {
namespace {

constexpr unsigned kPatienceSeconds = 15;

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

StopSignals::StopSignals() {
  const auto signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

void StopSignals::wait() {
  const auto signals = stop_signals();
  int signal = 0;
  sigwait(&signals, &signal);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  alarm(kPatienceSeconds);
}

}  // namespace taskwire
