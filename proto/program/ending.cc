#include "program/ending.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/wait.h>
#include <utility>

#include "text/terminal_line.h"

namespace taskwire {
namespace {

constexpr int kCannotRun = 126;
constexpr int kNotFound = 127;
constexpr int kSignalled = 128;

class LastLine : public TerminalLineSink {
 public:
  void line(std::string_view text) override {
    if (text.find_first_not_of(" \t") != std::string_view::npos) text_ = text;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Without colours and what else a terminal obeys.
std::string plain(std::string_view line) {
  TerminalLine folded;
  LastLine last;
  folded.feed(line, last);
  folded.finish(last);
  return last.text();
}

std::string signal_name(int signal) {
  const char* const name = sigabbrev_np(signal);
  return name == nullptr ? std::to_string(signal) : std::string("SIG") + name;
}

}  // namespace

int Ending::exit_status() const {
  if (cannot_start != 0) return cannot_start == ENOENT ? kNotFound : kCannotRun;
  return WIFSIGNALED(status) ? kSignalled + WTERMSIG(status) : WEXITSTATUS(status);
}

std::optional<Failure> failure_of(const Ending& ending, std::string_view last_line) {
  if (ending.cannot_start != 0) {
    const auto what = ending.lacking.empty() ? "" : ending.lacking + ": ";
    return Failure{Reason::cannot_start, "cannot be started: " + what + std::strerror(ending.cannot_start)};
  }
  if (ending.was_cancelled || ending.status == 0) return std::nullopt;
  const bool is_signal = WIFSIGNALED(ending.status);
  std::string message = is_signal ? "ended by " + signal_name(WTERMSIG(ending.status))
                                  : "exit status " + std::to_string(WEXITSTATUS(ending.status));
  const auto line = plain(last_line);
  if (!line.empty()) message += ": " + line;
  return Failure{is_signal ? Reason::signal : Reason::exit_status, std::move(message)};
}

}  // namespace taskwire
