#include "commands/command_run.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include "commands/command_result.h"
#include "commands/progress_report.h"
#include "tasks/progress_update.h"

namespace taskwire::engine {
namespace {

using progress::Stream;
using std::chrono::milliseconds;

constexpr milliseconds kBetween(100);  // what is told and what is told next
constexpr milliseconds kTryAgain(1000);
constexpr std::size_t kMostOutput = std::size_t{256} << 10;  // of a write, in JSON
constexpr std::size_t kPiece = std::size_t{64} << 10;
constexpr std::size_t kMostOfTurn = std::size_t{4} << 20;  // read in that time: who prints faster waits; both pipes fit

AttemptId attempt_of(const v1::Task& task) {
  return {task.task_id(), task.attempt()};
}

Outputs outputs_of(const std::vector<taskwire::OutputPiece>& pieces) {
  Outputs outputs;
  for (const auto& piece : pieces) {
    auto& output = *outputs.Add();
    output.set_offset(static_cast<std::int64_t>(piece.offset));
    output.set_stream(piece.is_error ? v1::OUTPUT_STREAM_STDERR : v1::OUTPUT_STREAM_STDOUT);
    output.set_text(piece.text);
  }
  return outputs;
}

/// Until `at`, for poll(2).
int left_until(std::chrono::steady_clock::time_point at) {
  constexpr std::int64_t kLong = 1'000'000;
  const auto left = std::chrono::ceil<milliseconds>(at - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, kLong));
}

}  // namespace

CommandRun::CommandRun(const Command& command, const AttemptOutput::Means& output, TaskContext& context)
    : command_(command),
      context_(context),
      bell_(std::make_shared<Bell>()),
      output_(output, attempt_of(context.task())),
      notify_(NotifySocket::make()) {}

Result<google::protobuf::Struct> CommandRun::run(const Struct& params) {
  auto words = fill_in(command_.arguments, params);
  if (!words) return tl::make_unexpected(words.error());
  words_ = *std::move(words);
  if (notify_ && command_.user) notify_->give_to(command_.user->id, command_.user->group);
  hearing_.emplace(words_, command_.progress, [bell = bell_] { bell->ring(); });
  context_.on_stop([bell = bell_] { bell->ring(); });
  Ending ending;
  {
    auto launched = Launched::start(command_, words_, environment());
    if (launched) {
      ending = attend(*launched);
    } else {
      ending.cannot_start = launched.error();
      ending.lacking = launcher_path();
    }
  }
  hearing_->finish();
  tell_rest();
  return outcome(ending);
}

std::vector<std::string> CommandRun::environment() const {
  auto variables = command_.environment;
  variables.push_back("TASKWIRE_TASK=" + context_.task().task_id());
  if (notify_) variables.push_back("NOTIFY_SOCKET=" + notify_->path());
  return variables;
}

Ending CommandRun::attend(Launched& launched) {
  std::optional<Ending> ending;
  while (!ending) {
    wait(launched);
    if (bell_->take()) has_news_ = true;
    ending = launched.take_end();
    if (!ending && context_.is_stopped()) begin_stop(launched);
    if (!ending && was_stopped_) go_on_stopping(launched);
    // After the end too: what was printed before it is there.
    if (ending || Clock::now() >= turn_ends_) begin_turn();
    if (has_out_) read(launched.out(), Stream::out);
    if (has_err_) read(launched.err(), Stream::err);
    if (notify_) notify_->read([this](const progress::NotifyMessage& message) { hearing_->notify(message); });
    if (!ending && Clock::now() >= tell_at_) tell();
  }
  ending->was_cancelled = was_stopped_;
  return *ending;
}

void CommandRun::begin_turn() {
  may_read_ = kMostOfTurn;
  turn_ends_ = Clock::now() + kBetween;
}

void CommandRun::wait(const Launched& launched) {
  const bool reads = may_read_ > 0;
  std::array<pollfd, 5> waits = {pollfd{launched.fd(), POLLIN, 0},
                                 pollfd{reads && has_out_ ? launched.out().get() : -1, POLLIN, 0},
                                 pollfd{reads && has_err_ ? launched.err().get() : -1, POLLIN, 0},
                                 pollfd{notify_ ? notify_->fd() : -1, POLLIN, 0}, pollfd{bell_->fd(), POLLIN, 0}};
  int patience = -1;
  const auto wake_at = [&patience](Clock::time_point time) {
    const int left = left_until(time);
    patience = patience < 0 ? left : std::min(patience, left);
  };
  if (!reads) wake_at(turn_ends_);
  if (has_news_) wake_at(tell_at_);
  if (has_failed_ && !output_.is_writing()) wake_at(std::max(write_at_, tell_at_));
  if (kill_at_) wake_at(*kill_at_);
  poll(waits.data(), waits.size(), patience);
}

void CommandRun::read(const Descriptor& from, Stream stream) {
  std::vector<char> piece(kPiece);
  while (may_read_ > 0) {
    const auto got = ::read(from.get(), piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return;
    if (got == 0) {
      (stream == Stream::out ? has_out_ : has_err_) = false;
      return;
    }
    const auto size = static_cast<std::size_t>(got);
    may_read_ -= std::min(may_read_, size);
    hearing_->hear({piece.data(), size}, stream);
  }
}

void CommandRun::begin_stop(const Launched& launched) {
  if (std::exchange(was_stopped_, true)) return;
  launched.signal(SIGTERM);
  kill_at_ = Clock::now() + command_.grace;
}

void CommandRun::go_on_stopping(const Launched& launched) {
  if (!is_hurried_ && context_.is_shutting_down()) {
    is_hurried_ = true;
    if (kill_at_) kill_at_ = std::min(*kill_at_, Clock::now() + command_.grace_of_engine);
  }
  if (!kill_at_ || Clock::now() < *kill_at_) return;
  launched.signal(SIGKILL);
  kill_at_.reset();
}

void CommandRun::tell() {
  if (!has_news_ && !has_failed_) return;
  has_news_ = false;
  tell_at_ = Clock::now() + kBetween;
  tell_progress();
  tell_output();
}

void CommandRun::tell_progress() {
  if (hearing_->take_sign_of_life()) context_.hear();
  auto now = tellable(told_, hearing_->progress());
  if (now == told_) return;
  progress_ = updated(progress_, changes(told_, now));
  told_ = std::move(now);
  context_.report(progress_);
}

void CommandRun::tell_output() {
  if (const auto outcome = output_.take_outcome()) take_outcome(*outcome);
  if (output_.is_writing() || Clock::now() < write_at_) return;
  const auto outputs = hearing_->with_output([](OutputQueue& queue) { return outputs_of(queue.next(kMostOutput)); });
  if (outputs.empty()) return;
  context_.hear();
  output_.write(outputs, [bell = bell_] { bell->ring(); });
}

void CommandRun::take_outcome(const Result<std::int64_t>& outcome) {
  has_failed_ =
      !outcome && outcome.error().reason != Reason::stale_report && outcome.error().reason != Reason::output_gap;
  if (has_failed_) {
    write_at_ = Clock::now() + kTryAgain;
    return;
  }
  hearing_->with_output([&](OutputQueue& queue) {
    outcome ? queue.taken(static_cast<std::uint64_t>(*outcome)) : queue.close();
    has_news_ = has_news_ || !queue.is_empty();
  });
}

bool CommandRun::has_rest() {
  return output_.is_writing() || hearing_->with_output([](OutputQueue& queue) { return !queue.is_empty(); });
}

bool CommandRun::is_given_up() const {
  return has_failed_ && (context_.is_shutting_down() || context_.stop_reason() == StopReason::superseded);
}

void CommandRun::tell_rest() {
  tell_progress();
  for (tell_output(); has_rest() && !is_given_up(); tell_output()) {
    pollfd waits{bell_->fd(), POLLIN, 0};
    poll(&waits, 1, output_.is_writing() ? -1 : left_until(write_at_));
    (void)bell_->take();
  }
}

Result<google::protobuf::Struct> CommandRun::outcome(const Ending& ending) const {
  if (const auto failure = failure_of(ending, hearing_->last_error_line()))
    return refuse(failure->reason, failure->message);
  if (ending.was_cancelled) return stopped();
  return result_of(hearing_->last_output_line());
}

}  // namespace taskwire::engine
