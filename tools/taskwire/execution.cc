#include "taskwire/execution.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace taskwire::cli {
namespace {

using progress::Stream;

constexpr int kPipe = 1 << 20;  // fewer turns between the command and us

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
  if (settings.may_use_terminal && isatty(STDOUT_FILENO) == 1) inner_ = InnerTerminal::make(STDOUT_FILENO);
  if (inner_) {
    wire_terminal(launch);
  } else {
    wire_pipes(launch, settings.may_use_terminal);
    launch.group = settings.may_use_terminal && has_controlling_terminal() ? Launch::Group::ours : Launch::Group::own;
  }
  group_ = launch.group;
  auto child = Child::start(launch);
  out_.write_end.close();
  err_.write_end.close();
  if (inner_) inner_->close_slave();
  if (!child) {
    cannot_start_ = child.error();
    return;
  }
  child_ = *std::move(child);
  start_relays(hearing);
}

Execution::~Execution() {
  finish();
}

void Execution::wire_terminal(Launch& launch) {
  launch.group = Launch::Group::terminal;
  launch.terminal = launch.out = inner_->slave();
  if (isatty(STDERR_FILENO) == 1) {
    launch.err = inner_->slave();
  } else {
    err_ = Pipe::make(kPipe);
    launch.err = err_.write_end.get();
  }
  if (launch.in < 0 && isatty(STDIN_FILENO) == 1) {
    launch.in = inner_->slave();
    outer_.emplace(STDIN_FILENO);
  }
}

void Execution::wire_pipes(Launch& launch, bool may_be_one) {
  out_ = Pipe::make(kPipe);
  launch.out = out_.write_end.get();
  are_one_ = may_be_one && are_same_file(STDOUT_FILENO, STDERR_FILENO);
  if (!are_one_) err_ = Pipe::make(kPipe);
  launch.err = are_one_ ? launch.out : err_.write_end.get();
}

void Execution::start_relays(Hearing& hearing) {
  const auto to = [&hearing](Stream stream) {
    return [&hearing, stream](std::string_view bytes) { hearing.hear(bytes, stream); };
  };
  if (inner_) {
    if (outer_) {
      outer_->make_raw();
      typing_.emplace(STDIN_FILENO, inner_->master());
    }
    out_relay_.emplace(Descriptor(fcntl(inner_->master(), F_DUPFD_CLOEXEC, 0)), STDOUT_FILENO, to(Stream::terminal));
  } else {
    out_relay_.emplace(std::move(out_.read_end), STDOUT_FILENO, to(are_one_ ? Stream::terminal : Stream::out));
  }
  if (err_.read_end) err_relay_.emplace(std::move(err_.read_end), STDERR_FILENO, to(Stream::err));
}

void Execution::resize() const {
  if (inner_) inner_->resize(STDOUT_FILENO);
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
  const auto end = [&](std::optional<Relay>& relay, int to) {
    if (!relay) return;
    relay->finish();
    if (relay->rest() && !inner_) copies.emplace_back(relay->rest().get(), to);
  };
  end(out_relay_, STDOUT_FILENO);
  end(err_relay_, STDERR_FILENO);
  leave_behind(copies);
  let_go();
}

}  // namespace taskwire::cli
