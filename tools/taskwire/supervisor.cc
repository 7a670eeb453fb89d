#include "taskwire/supervisor.h"

#include <algorithm>
#include <array>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace taskwire::cli {

Ending Supervisor::wait() {
  const auto fd_of = [](const auto* from) { return from == nullptr ? -1 : from->fd(); };
  while (!has_ended_) {
    std::array<pollfd, 4> waits = {
        pollfd{execution_.child().fd(), POLLIN, 0}, pollfd{fd_of(settings_.signals), POLLIN, 0},
        pollfd{fd_of(settings_.cancelled), POLLIN, 0}, pollfd{fd_of(settings_.notify), POLLIN, 0}};
    if (poll(waits.data(), waits.size(), patience()) < 0) continue;
    if (waits[3].revents != 0)
      settings_.notify->read([this](const progress::NotifyMessage& message) { hearing_.notify(message); });
    if (waits[1].revents != 0) take_signals();
    if (waits[2].revents != 0 && settings_.cancelled->take()) cancel();
    take_news();
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

int Supervisor::patience() const {
  if (!kill_at_) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(*kill_at_ - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 1'000'000));
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
