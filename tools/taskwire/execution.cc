#include "taskwire/execution.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace taskwire::cli {
namespace {

using progress::Stream;

bool has_controlling_terminal() {
  return static_cast<bool>(Descriptor(open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)));
}

bool are_same_file(int a, int b) {
  struct stat first {};
  struct stat second {};
  return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

}  // namespace

Execution::Execution(const Settings& settings, Hearing& hearing) {
  Launch launch;
  launch.command = settings.command;
  launch.environment = settings.environment;
  launch.in = settings.in;
  launch.mask = settings.mask;
  const bool may_have_keys = settings.may_use_terminal && settings.in < 0;
  // Where the keys of our terminal are another's, or come from elsewhere, the terminal stays the command's own.
  if (may_have_keys && isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1)
    inner_ = InnerTerminal::make(STDOUT_FILENO);
  if (inner_) {
    wire_terminal(launch);
  } else {
    wire_streams(launch, settings.may_use_terminal);
    launch.group = settings.may_use_terminal && has_controlling_terminal() ? Launch::Group::ours : Launch::Group::own;
  }
  group_ = launch.group;
  start_relays(hearing);  // what fails, fails before there is a command
  auto child = Child::start(launch);
  out_.write_end.close();
  err_.write_end.close();
  if (inner_) inner_->close_slave();
  if (!child) {
    cannot_start_ = child.error();
    return;
  }
  child_ = *std::move(child);
}

Execution::~Execution() {
  finish();
}

void Execution::wire_terminal(Launch& launch) {
  launch.group = Launch::Group::terminal;
  launch.terminal = launch.in = launch.out = inner_->slave();
  launch.master = inner_->master();
  launch.screen = STDOUT_FILENO;
  outer_.emplace(STDIN_FILENO);
  if (isatty(STDERR_FILENO) == 1) {
    launch.err = inner_->slave();
  } else {
    err_ = Pipe::make(Pipe::kRoomy);
    launch.err = err_.write_end.get();
  }
}

void Execution::wire_streams(Launch& launch, bool may_use_terminal) {
  const auto make = [&](int to, Descriptor& screen) {
    auto ends = may_use_terminal && isatty(to) == 1 ? make_screen(to) : std::nullopt;
    if (ends) screen = Descriptor(fcntl(ends->read_end.get(), F_DUPFD_CLOEXEC, 0));
    return ends ? *std::move(ends) : Pipe::make(Pipe::kRoomy);
  };
  out_ = make(STDOUT_FILENO, out_screen_);
  launch.out = out_.write_end.get();
  are_one_ = may_use_terminal && are_same_file(STDOUT_FILENO, STDERR_FILENO);
  if (!are_one_) err_ = make(STDERR_FILENO, err_screen_);
  launch.err = are_one_ ? launch.out : err_.write_end.get();
}

void Execution::start_relays(Hearing& hearing) {
  const auto to = [&hearing](Stream stream) {
    return [&hearing, stream](std::string_view bytes) { hearing.hear(bytes, stream); };
  };
  if (inner_) {
    outer_->make_raw();
    typing_.emplace(STDIN_FILENO, inner_->master());
    out_relay_.emplace(Descriptor(fcntl(inner_->master(), F_DUPFD_CLOEXEC, 0)), STDOUT_FILENO, to(Stream::terminal));
  } else {
    const bool is_terminal = are_one_ || out_screen_;
    out_relay_.emplace(std::move(out_.read_end), STDOUT_FILENO, to(is_terminal ? Stream::terminal : Stream::out));
  }
  if (err_.read_end) err_relay_.emplace(std::move(err_.read_end), STDERR_FILENO, to(Stream::err));
}

void Execution::resize() {
  if (inner_) copy_size(STDOUT_FILENO, inner_->master());
  if (out_screen_) copy_size(STDOUT_FILENO, out_screen_.get());
  if (err_screen_) copy_size(STDERR_FILENO, err_screen_.get());
  // The terminal told it before its own had the size.
  if (shares_group() && (out_screen_ || err_screen_) && child_) child_->signal(SIGWINCH);
}

void Execution::let_go() {
  if (outer_) outer_->restore();
}

void Execution::take_up() {
  if (outer_) outer_->make_raw();
  if (typing_) typing_->look_again();
  resize();
}

void Execution::finish() {
  if (is_finished_) return;
  is_finished_ = true;
  typing_.reset();
  std::vector<std::pair<int, int>> copies;
  const auto end = [&](std::optional<Relay>& relay, int to, bool is_left) {
    if (!relay) return;
    relay->finish();
    if (is_left && relay->rest()) copies.emplace_back(relay->rest().get(), to);
  };
  end(out_relay_, STDOUT_FILENO, !inner_);
  end(err_relay_, STDERR_FILENO, true);
  leave_behind(copies);
  if (inner_ && child_) child_->leave_terminal();
  let_go();
}

}  // namespace taskwire::cli
