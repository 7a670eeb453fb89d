#include "net/command_lane.h"

#include <algorithm>
#include <cassert>
#include <grpcpp/client_context.h>
#include <iterator>
#include <utility>

#include "resume/cursor.h"
#include "resume/limits.h"

namespace taskwire::edge {
namespace {

int events_of(const v1::Command& command) {
  return command.has_publish_batch() ? command.publish_batch().events_size() : 1;
}

bool answers_with_task(const v1::Command& command) {
  return command.has_start_task() || command.has_cancel_task();
}

/// Whether it is an outcome that a command can have.
bool fits(const v1::CommandOutcome& outcome, const v1::Command& command) {
  switch (outcome.answer_case()) {
    case v1::CommandOutcome::kCursor:
      return (command.has_publish() || command.has_publish_batch()) && parse_cursor(outcome.cursor());
    case v1::CommandOutcome::kStartTask:
      return command.has_start_task();
    case v1::CommandOutcome::kCancelTask:
      return command.has_cancel_task();
    case v1::CommandOutcome::kReport:
      return command.has_report();
    case v1::CommandOutcome::ANSWER_NOT_SET:
      return outcome.code() != 0;
  }
  return false;
}

Problem unanswered(bool was_sent) {
  return engine_problem(grpc::StatusCode::UNAVAILABLE, "", was_sent);
}

/// Of each command of a group that has no outcome where the call ends.
Problem end_of(const grpc::Status& status) {
  if (status.ok()) return unanswered(true);
  auto problem = engine_problem(status.error_code(), status.error_message(), true);
  switch (problem.reason) {
    case Reason::invalid_batch:
    case Reason::payload_too_large:  // of the group; which of it nobody knows
      return {Reason::engine_error, "The engine refused what this was sent with: " + problem.detail};
    case Reason::engine_error: {
      const auto code = status.error_code();
      const bool is_refused = code == grpc::StatusCode::INVALID_ARGUMENT || code == grpc::StatusCode::UNIMPLEMENTED;
      // Else it may be gRPC itself, which would not take the answer.
      return is_refused ? problem : unanswered(true);
    }
    default:
      return problem;
  }
}

}  // namespace

/// The call that groups go by. Holds itself until its end. Called on gRPC threads, but for what starts it.
class CommandLane::Call final : public grpc::ClientBidiReactor<v1::ExecuteRequest, v1::ExecuteResponse>,
                                public std::enable_shared_from_this<Call> {
 public:
  Call(CommandLane& lane, std::shared_ptr<const EngineChannel::Way> way) : lane_(lane), way_(std::move(way)) {}

  v1::ExecuteRequest request;

  // Under the lock of the lane.
  [[nodiscard]] bool may_write() const { return !is_writing_ && !has_failed_; }
  void claim_write() { is_writing_ = true; }
  /// Whether it had failed at the last look: gRPC lets a call go on whose answer it could not read, and one that ends
  /// is not there any more at the next.
  [[nodiscard]] bool lingers() { return std::exchange(is_seen_failed_, has_failed_); }
  void give_up() { has_failed_ = true; }  // it is to be cancelled

  /// Sends the request. After claim_write(), not under the lock: what it sets off may be called at once.
  void write() {
    if (!self_) {
      self_ = shared_from_this();
      std::exchange(way_, nullptr)->commands->async()->Execute(&context_, this);
      AddHold();  // for writes, which are started outside of reactions
      StartRead(&response_);
      StartCall();
    }
    StartWrite(&request);
  }
  void cancel() { context_.TryCancel(); }

 private:
  void OnWriteDone(bool ok) override {
    if (settle([&] {
          is_writing_ = false;
          has_failed_ = has_failed_ || !ok;
        }))
      return RemoveHold();
    lane_.send();
  }
  void OnReadDone(bool ok) override {
    if (ok) {
      lane_.on_outcomes(response_, *this);
      StartRead(&response_);
      return lane_.send();
    }
    if (settle([&] { has_failed_ = has_ended_ = true; })) RemoveHold();
  }
  void OnDone(const grpc::Status& status) override { lane_.on_end(std::move(self_), end_of(status)); }
  /// Whether nothing is or will be written any more.
  template <class Change>
  bool settle(Change change) {
    const std::scoped_lock lock(lane_.mutex_);
    change();
    return has_ended_ && !is_writing_;
  }

  CommandLane& lane_;
  std::shared_ptr<const EngineChannel::Way> way_;  // until it has begun
  grpc::ClientContext context_;
  v1::ExecuteResponse response_;
  std::shared_ptr<Call> self_;
  bool is_writing_ = false;
  bool has_failed_ = false;  // a write, or the reading
  bool has_ended_ = false;   // the reading
  bool is_seen_failed_ = false;
};

CommandLane::~CommandLane() {
  assert(calls_ == 0);
}

void CommandLane::carry_out(v1::Command command, Done done) {
  const auto bytes = command.ByteSizeLong();
  std::unique_lock lock(mutex_);
  if (const auto refusal = refusal_of(bytes)) {
    lock.unlock();
    if (refusal->reason == Reason::too_many_calls) refused_.add();
    return done(tl::unexpected(*refusal));
  }
  waiting_.push_back({std::move(command), bytes, Clock::now(), std::move(done)});
  waiting_bytes_ += bytes;
  lock.unlock();
  send();
}

std::optional<Problem> CommandLane::refusal_of(std::size_t bytes) const {
  if (is_shut_down_) return Problem{Reason::shutting_down, "This edge is stopping. Try again in a moment."};
  if (!waiting_.empty() && (waiting_.size() >= kMostWaiting || waiting_bytes_ + bytes > kMostWaitingBytes))
    return Problem{Reason::too_many_calls, "Too many requests wait for the engine. Try again in a moment."};
  return std::nullopt;
}

void CommandLane::send() {
  std::shared_ptr<Call> call;
  Group refused;
  {
    const std::scoped_lock lock(mutex_);
    auto most_bytes = kMostBatchBytes;
    if (waiting_.empty() || !under_way_.empty()) return;
    if (!call_) {
      // What cannot go at once is not sent, so that its outcome is known.
      if (auto way = channel_.now(); way->channel->GetState(true) == GRPC_CHANNEL_READY) {
        call_ = std::make_shared<Call>(*this, std::move(way));
        ++calls_;
        most_bytes = kMostFirstBytes;
      } else {
        refused.swap(waiting_);
        waiting_bytes_ = 0;
      }
    }
    if (call_) {
      if (!call_->may_write()) return;  // what ends comes back here
      fill(call_->request, most_bytes);
      call_->claim_write();
      heard_ = Clock::now();
      call = call_;
    }
  }
  for (const auto& entry : refused) entry.done(tl::unexpected(unanswered(false)));
  if (call) call->write();
}

void CommandLane::fill(v1::ExecuteRequest& request, std::size_t most_bytes) {
  request.clear_commands();
  int events = 0;
  int tasks = 0;
  std::size_t bytes = 0;
  while (!waiting_.empty()) {
    auto& next = waiting_.front();
    events += events_of(next.command);
    tasks += answers_with_task(next.command) ? 1 : 0;
    bytes += next.bytes;
    const bool fits = events <= kMostBatchEvents && tasks <= kMostGroupTasks && bytes <= most_bytes;
    if (!fits && !under_way_.empty()) break;
    waiting_bytes_ -= next.bytes;
    *request.add_commands() = std::move(next.command);
    under_way_.push_back(std::move(next));
    waiting_.pop_front();
  }
}

void CommandLane::on_outcomes(v1::ExecuteResponse& response, Call& call) {
  const auto count = static_cast<std::size_t>(response.outcomes_size());
  Group group;
  {
    const std::scoped_lock lock(mutex_);
    const auto& asked = call.request.commands();
    const bool is_of_group = count > 0 && count <= under_way_.size();
    if (is_of_group && std::equal(response.outcomes().begin(), response.outcomes().end(),
                                  asked.end() - static_cast<std::ptrdiff_t>(under_way_.size()), fits)) {
      const auto end = under_way_.begin() + static_cast<std::ptrdiff_t>(count);
      group.assign(std::move_iterator(under_way_.begin()), std::move_iterator(end));
      under_way_.erase(under_way_.begin(), end);
      heard_ = Clock::now();
    } else {
      call.give_up();
    }
  }
  if (group.empty()) return call.cancel();  // no engine of this version says so
  for (std::size_t i = 0; i < count; ++i) {
    auto& outcome = *response.mutable_outcomes(static_cast<int>(i));
    const auto& done = group[i].done;
    if (!done) continue;
    if (outcome.answer_case() == v1::CommandOutcome::ANSWER_NOT_SET) {
      done(tl::unexpected(engine_problem(outcome.code(), outcome.message(), true)));
    } else {
      done(std::move(outcome));
    }
  }
}

void CommandLane::on_end(std::shared_ptr<Call> call, const Problem& problem) {
  Group group;
  {
    const std::scoped_lock lock(mutex_);
    group.swap(under_way_);
    call_ = nullptr;
  }
  for (const auto& entry : group) {
    if (entry.done) entry.done(tl::unexpected(problem));
  }
  send();
  const std::scoped_lock lock(mutex_);
  // Before shutdown() can go on: who drops the last hold on the channel frees what it runs on.
  call.reset();
  if (--calls_ == 0) all_ended_.notify_all();
}

void CommandLane::expire(Clock::time_point now) {
  std::vector<std::pair<Done, bool>> expired;
  std::shared_ptr<Call> silent;
  {
    const std::scoped_lock lock(mutex_);
    expired.reserve(under_way_.size() + waiting_.size());
    for (auto& entry : under_way_) {
      if (entry.done && now - entry.since >= kDeadline) expired.emplace_back(std::exchange(entry.done, {}), true);
    }
    const bool is_silent = !under_way_.empty() && now - heard_ >= kDeadline;
    if (call_ && (call_->lingers() || is_silent)) {
      silent = call_;
      silent->give_up();
    }
    while (!waiting_.empty() && now - waiting_.front().since >= kMostWait) {
      waiting_bytes_ -= waiting_.front().bytes;
      expired.emplace_back(std::move(waiting_.front().done), false);
      waiting_.pop_front();
    }
  }
  for (const auto& [done, was_sent] : expired) done(tl::unexpected(unanswered(was_sent)));
  if (silent) silent->cancel();
}

void CommandLane::shutdown() {
  Group waiting;
  std::shared_ptr<Call> call;
  {
    const std::scoped_lock lock(mutex_);
    is_shut_down_ = true;
    waiting.swap(waiting_);
    call = call_;
  }
  for (const auto& entry : waiting)
    entry.done(refuse(Reason::shutting_down, "This edge is stopping. Try again in a moment."));
  if (call) std::exchange(call, nullptr)->cancel();
  std::unique_lock lock(mutex_);
  all_ended_.wait(lock, [&] { return calls_ == 0; });
}

}  // namespace taskwire::edge
