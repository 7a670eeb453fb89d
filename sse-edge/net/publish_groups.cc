#include "net/publish_groups.h"

#include <algorithm>
#include <cassert>
#include <grpcpp/client_context.h>
#include <utility>

#include "net/awaited.h"
#include "resume/cursor.h"
#include "resume/limits.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

int events_of(const v1::Publication& publication) {
  return publication.has_batch() ? publication.batch().events_size() : 1;
}

bool fits(const v1::PublishGroupsResponse& response, std::size_t publications) {
  const auto& outcomes = response.outcomes();
  return static_cast<std::size_t>(outcomes.size()) == publications &&
         std::all_of(outcomes.begin(), outcomes.end(), [](const v1::PublicationOutcome& outcome) {
           return outcome.cursor().empty() || parse_cursor(outcome.cursor());
         });
}

Problem unanswered(grpc::StatusCode code, bool was_sent) {
  return engine_problem(code, "", was_sent);
}

}  // namespace

/// The call that groups go by. Holds itself until its end. Called on gRPC threads, but for what starts it.
class PublishGroups::Call final : public grpc::ClientBidiReactor<v1::PublishGroupsRequest, v1::PublishGroupsResponse>,
                                  public std::enable_shared_from_this<Call> {
 public:
  Call(PublishGroups& groups, std::shared_ptr<const EngineChannel::Way> way) : groups_(groups), way_(std::move(way)) {}

  v1::PublishGroupsRequest request;

  // Under the lock of the groups.
  [[nodiscard]] bool may_write() const { return !is_writing_ && !has_failed_; }
  void claim_write() { is_writing_ = true; }

  /// Sends the request. After claim_write(), not under the lock: what it sets off may be called at once.
  void write() {
    if (!self_) {
      self_ = shared_from_this();
      std::exchange(way_, nullptr)->events->async()->PublishGroups(&context_, this);
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
    groups_.send();
  }
  void OnReadDone(bool ok) override {
    if (ok) {
      groups_.on_outcomes(response_, *this);
      StartRead(&response_);
      return groups_.send();
    }
    if (settle([&] { has_failed_ = has_ended_ = true; })) RemoveHold();
  }
  void OnDone(const grpc::Status& status) override {
    groups_.on_end(std::move(self_), status.ok() ? unanswered(grpc::StatusCode::UNAVAILABLE, true)
                                                 : engine_problem(status.error_code(), status.error_message(), true));
  }
  /// Whether nothing is or will be written any more.
  template <class Change>
  bool settle(Change change) {
    const std::scoped_lock lock(groups_.mutex_);
    change();
    return has_ended_ && !is_writing_;
  }

  PublishGroups& groups_;
  std::shared_ptr<const EngineChannel::Way> way_;  // until it has begun
  grpc::ClientContext context_;
  v1::PublishGroupsResponse response_;
  std::shared_ptr<Call> self_;
  bool is_writing_ = false;
  bool has_failed_ = false;  // a write, or the reading
  bool has_ended_ = false;   // the reading
};

PublishGroups::~PublishGroups() {
  assert(calls_ == 0);
}

asio::awaitable<Result<std::string>> PublishGroups::publish(v1::Publication publication) {
  return awaited<Result<std::string>>([this, publication = std::move(publication)](Done done) mutable {
    publish(std::move(publication), std::move(done));
  });
}

void PublishGroups::publish(v1::Publication publication, Done done) {
  const auto bytes = publication.ByteSizeLong();
  std::unique_lock lock(mutex_);
  if (const auto refusal = refusal_of(bytes)) {
    lock.unlock();
    if (refusal->reason == Reason::too_many_calls) refused_.add();
    return done(tl::unexpected(*refusal));
  }
  waiting_.push_back({std::move(publication), bytes, Clock::now(), std::move(done)});
  waiting_bytes_ += bytes;
  lock.unlock();
  send();
}

std::optional<Problem> PublishGroups::refusal_of(std::size_t bytes) const {
  if (is_shut_down_) return Problem{Reason::shutting_down, "This edge is stopping. Try again in a moment."};
  if (!waiting_.empty() && (waiting_.size() >= kMostWaiting || waiting_bytes_ + bytes > kMostWaitingBytes))
    return Problem{Reason::too_many_calls, "Too many requests wait for the engine. Try again in a moment."};
  return std::nullopt;
}

void PublishGroups::send() {
  std::shared_ptr<Call> call;
  std::deque<Entry> refused;
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
      call = call_;
    }
  }
  for (const auto& entry : refused) entry.done(tl::unexpected(unanswered(grpc::StatusCode::UNAVAILABLE, false)));
  if (call) call->write();
}

void PublishGroups::fill(v1::PublishGroupsRequest& request, std::size_t most_bytes) {
  request.clear_publications();
  int events = 0;
  std::size_t bytes = 0;
  while (!waiting_.empty()) {
    auto& next = waiting_.front();
    events += events_of(next.publication);
    bytes += next.bytes;
    if (!under_way_.empty() && (events > kMostBatchEvents || bytes > most_bytes)) break;
    waiting_bytes_ -= next.bytes;
    *request.add_publications() = std::move(next.publication);
    under_way_.push_back(std::move(next));
    waiting_.pop_front();
  }
}

void PublishGroups::on_outcomes(const v1::PublishGroupsResponse& response, Call& call) {
  Group group;
  {
    const std::scoped_lock lock(mutex_);
    if (fits(response, under_way_.size())) group.swap(under_way_);
  }
  if (group.empty()) return call.cancel();  // no engine of this version says so
  for (int i = 0; i < response.outcomes_size(); ++i) {
    const auto& outcome = response.outcomes(i);
    const auto& done = group[static_cast<std::size_t>(i)].done;
    if (!done) continue;
    if (!outcome.cursor().empty()) {
      done(outcome.cursor());
    } else {
      done(tl::unexpected(engine_problem(outcome.code(), outcome.message(), true)));
    }
  }
}

void PublishGroups::on_end(std::shared_ptr<Call> call, const Problem& problem) {
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

void PublishGroups::expire(Clock::time_point now) {
  std::vector<std::pair<Done, bool>> expired;
  {
    const std::scoped_lock lock(mutex_);
    expired.reserve(under_way_.size() + waiting_.size());
    for (auto& entry : under_way_) {
      if (entry.done && now - entry.since >= kDeadline) expired.emplace_back(std::exchange(entry.done, {}), true);
    }
    while (!waiting_.empty() && now - waiting_.front().since >= kMostWait) {
      waiting_bytes_ -= waiting_.front().bytes;
      expired.emplace_back(std::move(waiting_.front().done), false);
      waiting_.pop_front();
    }
  }
  for (const auto& [done, was_sent] : expired)
    done(tl::unexpected(unanswered(grpc::StatusCode::DEADLINE_EXCEEDED, was_sent)));
}

void PublishGroups::shutdown() {
  std::deque<Entry> waiting;
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
