#include "taskwire/supervisor.h"

#include <algorithm>
#include <array>
#include <limits>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace taskwire::cli {

Ending Supervisor::wait() {
  const auto fd_of = [](const auto* from) { return from == nullptr ? -1 : from->fd(); };
  while (!has_ended_ || has_left_any()) {
    std::array<pollfd, 4> waits = {
        pollfd{has_ended_ ? -1 : execution_.child().fd(), POLLIN, 0}, pollfd{fd_of(settings_.signals), POLLIN, 0},
        pollfd{fd_of(settings_.cancelled), POLLIN, 0}, pollfd{fd_of(settings_.notify), POLLIN, 0}};
    if (poll(waits.data(), waits.size(), patience()) < 0) continue;
    if (waits[3].revents != 0)
      settings_.notify->read([this](const progress::NotifyMessage& message) { hearing_.notify(message); });
    if (waits[1].revents != 0) take_signals();
    if (waits[2].revents != 0 && settings_.cancelled->take()) cancel();
    take_news();
    if (execution_.waits_for_foreground()) execution_.take_up();
    if (kill_at_ && Clock::now() >= *kill_at_) {
      execution_.child().signal(SIGKILL);
      kill_at_.reset();
    }
  }
  if (settings_.notify != nullptr)
    settings_.notify->read([this](const progress::NotifyMessage& message) { hearing_.notify(message); });
  // Whoever stopped it by its own terminal, or by us, cancelled it.
  if (WIFSIGNALED(ending_.status)) {
    const int signal = WTERMSIG(ending_.status);
    if (signal == SIGINT || signal == passed_on_) ending_.was_cancelled = true;
  }
  return ending_;
}

int Supervisor::typed() const {
  const int signal = WIFSIGNALED(ending_.status) ? WTERMSIG(ending_.status) : 0;
  const bool may_be = execution_.has_terminal() && signal != passed_on_;
  return may_be && (signal == SIGINT || signal == SIGQUIT) ? signal : 0;
}

int Supervisor::patience() const {
  constexpr std::int64_t kForeground = 250;  // a shell that takes us there does not say so
  constexpr std::int64_t kLeft = 20;
  std::int64_t patience = std::numeric_limits<int>::max();
  if (kill_at_) patience = std::chrono::ceil<std::chrono::milliseconds>(*kill_at_ - Clock::now()).count();
  if (execution_.waits_for_foreground()) patience = std::min(patience, kForeground);
  if (has_ended_) patience = std::min(patience, kLeft);
  return static_cast<int>(std::clamp<std::int64_t>(patience, 0, std::numeric_limits<int>::max()));
}

/// What was told to stop, and has not, is killed in time.
bool Supervisor::has_left_any() const {
  return kill_at_ && execution_.child().has_left_any();
}

void Supervisor::cancel() {
  if (ending_.was_cancelled) return;
  ending_.was_cancelled = true;
  execution_.child().signal(SIGTERM);
  execution_.child().signal(SIGCONT);  // what is stopped hears nothing
  kill_at_ = Clock::now() + settings_.grace;
}

void Supervisor::take_signals() {
  while (const auto signal = settings_.signals->take()) {
    switch (signal->ssi_signo) {
      case SIGCHLD:
        break;
      case SIGWINCH:
        execution_.resize();
        break;
      case SIGCONT:
        execution_.take_up();
        execution_.child().signal(SIGCONT);
        break;
      default:
        pass_on(*signal);
    }
  }
}

void Supervisor::pass_on(const signalfd_siginfo& signal) {
  const int number = static_cast<int>(signal.ssi_signo);
  if (number != SIGTSTP) passed_on_ = number;
  // What the terminal sent it got with us.
  if (execution_.shares_group() && signal.ssi_code == SI_KERNEL) return;
  execution_.child().signal(number);
}

void Supervisor::take_news() {
  while (const auto status = execution_.child().take_news()) {
    if (WIFSTOPPED(*status)) {
      follow_stop(WSTOPSIG(*status));
    } else if (!WIFCONTINUED(*status)) {
      ending_.status = *status;
      has_ended_ = true;
    }
  }
}

void Supervisor::follow_stop(int signal) {
  if (settings_.signals == nullptr) return;  // whoever stopped it will continue it
  if (can_be_stopped()) {
    execution_.let_go();
    kill(0, SIGSTOP);  // as the terminal would: all of our process group; we go on here after SIGCONT
  } else if (signal != SIGSTOP) {
    execution_.child().signal(SIGCONT);
  }
}

}  // namespace taskwire::cli
