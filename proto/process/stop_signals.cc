#include "process/stop_signals.h"

#include <csignal>
#include <pthread.h>
#include <unistd.h>

namespace taskwire {
namespace {

constexpr unsigned kPatienceSeconds = 15;

bool is_ignored(int signal) {
  struct sigaction action {};
  return sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

StopSignals::StopSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGINT);
  sigaddset(&signals_, SIGTERM);
  if (!is_ignored(SIGHUP)) sigaddset(&signals_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

int StopSignals::wait(std::chrono::milliseconds drain) {
  int signal = 0;
  sigwait(&signals_, &signal);
  auto impatient = signals_;
  sigdelset(&impatient, SIGHUP);
  pthread_sigmask(SIG_UNBLOCK, &impatient, nullptr);
  const auto more = signal == SIGTERM ? std::chrono::ceil<std::chrono::seconds>(drain) : std::chrono::seconds(0);
  alarm(kPatienceSeconds + static_cast<unsigned>(more.count()));
  return signal;
}

void StopSignals::begin_stop() {
  alarm(kPatienceSeconds);
}

}  // namespace taskwire
