#include "work/leased_work.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "tasks/find_task.h"
#include "text/lease_name.h"
#include "work/lease_changes.h"
#include "work/until_known.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kRecallBytes = 512;
constexpr std::size_t kMostAnswerBytes = std::size_t{2} << 20;  // and one task more: gRPC's clients take 4 MiB

/// What was claimed with a key before, as it is now, without what is over; nothing where nothing was.
Result<v1::ClaimResponse> claimed_before(Transaction& transaction, const RequestKey& key) {
  const auto answer = key.recall(transaction);
  if (!answer) return tl::make_unexpected(answer.error());
  v1::ClaimResponse before;
  if (*answer && !before.ParseFromString(**answer))
    return refuse(Reason::store_failed,
                  "what was answered to this key before is damaged in the store; claim without it");
  v1::ClaimResponse now;
  for (auto& assignment : *before.mutable_assignments()) {
    if (!is_held(transaction, assignment.task().task_id(), assignment.lease().lease())) continue;
    auto task = find_task(transaction, assignment.task().task_id());
    if (!task) continue;
    transaction.add_details(*task);
    *assignment.mutable_task() = std::move(*task);
    *now.add_assignments() = std::move(assignment);
  }
  return now;
}

/// Of what is given next; empty where the claimer does not name it.
std::string next_token(const Claim& claim) {
  return claim.lease_prefix.empty() ? std::string() : lease_name(claim.lease_prefix, claim.given.size());
}

bool was_given_back(const Leases::Ptr& lease) {
  return lease->is_unwanted;
}

}  // namespace

std::shared_ptr<LeasedWork> LeasedWork::of(const Means& means, std::size_t most_claims) {
  std::shared_ptr<LeasedWork> work(new LeasedWork(means, most_claims));
  work->alarm_ = Alarm::of(means.clock, means.timers, [weak = std::weak_ptr(work)] {
    if (const auto self = weak.lock()) self->look();
  });
  return work;
}

bool LeasedWork::may_run(const std::string& type) {
  {
    const std::lock_guard lock(mutex_);
    if (is_stopping_ || !claims_.has(type)) return false;
  }
  return means_.leases.has_room(type);
}

bool LeasedWork::may_run(const std::string& user, const std::string& type) {
  return means_.leases.has_room(user, type);
}

bool LeasedWork::give(const Waiting& waiting) {
  const std::lock_guard lock(mutex_);
  if (!claims_.has(waiting.type)) return false;
  auto& claim = claims_.next(waiting.type);
  claim.given.push_back(means_.leases.begin(waiting, claim.worker, next_token(claim)));
  claims_.note_given(claim);
  return true;
}

void LeasedWork::hand_over() {
  std::unique_lock lock(mutex_);
  auto claims = claims_.take_given();
  lock.unlock();
  for (auto& claim : claims) hand_over(std::move(claim));
}

void LeasedWork::hand_over(Claim claim) {
  const auto given = std::make_shared<Claim>(std::move(claim));
  {
    const std::lock_guard lock(mutex_);
    handing_.emplace(given->id, given);
  }
  const std::function<Result<v1::ClaimResponse>(Transaction&)> begin = [given](Transaction& transaction) {
    return begin_all(transaction, *given);
  };
  write_until_known<v1::ClaimResponse>(means_.log, means_.clock, means_.timers, kAttemptBytes * given->given.size(),
                                       begin, [weak = weak_from_this(), given](Result<v1::ClaimResponse> begun) {
                                         if (const auto self = weak.lock()) self->handed_over(given, std::move(begun));
                                       });
}

/// What does not wait any more is not begun, nor what makes the answer too large; what was claimed by the key before,
/// and is not over, is claimed again.
Result<v1::ClaimResponse> LeasedWork::begin_all(Transaction& transaction, const Claim& claim) {
  if (claim.key) {
    auto again = claimed_before(transaction, *claim.key);
    if (!again || again->assignments_size() > 0) return again;
  }
  v1::ClaimResponse begun;
  v1::ClaimResponse kept;
  std::size_t bytes = 0;
  for (const auto& lease : claim.given) {
    if (bytes >= kMostAnswerBytes) break;
    auto task = begin_under_lease(transaction, *lease);
    if (!task) continue;
    auto& short_one = *kept.add_assignments();
    short_one.mutable_lease()->set_lease(lease->token);
    short_one.mutable_task()->set_task_id(task->task_id());
    auto& whole = *begun.add_assignments();
    *whole.mutable_lease() = short_one.lease();
    *whole.mutable_task() = std::move(*task);
    bytes += whole.ByteSizeLong();
  }
  if (claim.key && kept.assignments_size() > 0) claim.key->remember(transaction, kept.SerializeAsString());
  return begun;
}

void LeasedWork::recall(const RequestKey& key, Done<v1::ClaimResponse> done) {
  const std::function<Result<v1::ClaimResponse>(Transaction&)> look = [key](Transaction& transaction) {
    return claimed_before(transaction, key);
  };
  means_.log.write<v1::ClaimResponse>(
      EventLog::Writer::caller, kRecallBytes, look,
      [weak = weak_from_this(), done = std::move(done)](Result<v1::ClaimResponse> before) {
        const auto self = weak.lock();
        done(before && self ? self->filled_in(std::move(*before)) : std::move(before));
      });
}

Done<v1::ClaimResponse> LeasedWork::take_answer(Claim& claim) {
  const std::lock_guard lock(mutex_);
  handing_.erase(claim.id);
  return std::exchange(claim.done, {});
}

void LeasedWork::handed_over(const std::shared_ptr<Claim>& given, Result<v1::ClaimResponse> begun) {
  const auto done = take_answer(*given);
  if (!begun && begun.error().reason == Reason::shutting_down) return done ? done(std::move(begun)) : void();
  std::unordered_map<std::string, const v1::Task*> tasks;
  if (begun) {
    for (const auto& assignment : begun->assignments()) tasks.emplace(assignment.lease().lease(), &assignment.task());
  }
  std::vector<Waiting> unbegun;
  for (const auto& lease : given->given) {
    const auto task = tasks.find(lease->token);
    if (task != tasks.end()) {
      means_.leases.began(lease, *task->second);
    } else if (means_.leases.drop(lease)) {
      unbegun.push_back(lease->what);
    }
  }
  const auto scheduler = scheduler_.lock();
  // One that does not wait any more is found out when it is given again, or by its event.
  const bool was_left_out =
      begun && !unbegun.empty() &&
      ((given->key && begun->assignments_size() > 0) || begun->ByteSizeLong() >= kMostAnswerBytes);
  for (const auto& waiting : unbegun) {
    if (scheduler && (!begun || was_left_out)) scheduler->put_back(waiting);
  }
  const bool is_gone =
      !done || given->is_gone() || std::any_of(given->given.begin(), given->given.end(), was_given_back);
  if (begun && begun->assignments_size() == 0 && !is_gone && given->waits) {
    given->given.clear();
    given->done = done;
    return wait_on(std::move(*given));
  }
  leave(*given);
  const bool is_claimed_by_key = given->key && begun && begun->assignments_size() > 0;
  if (begun && is_gone && !given->key) give_back(std::exchange(*begun, {}));
  if (done) done(begun ? filled_in(std::move(*begun)) : std::move(begun));
  if (is_claimed_by_key) end_newcomer(*given->key);
}

/// It came again with the key while what is claimed with it was being written.
void LeasedWork::end_newcomer(const RequestKey& key) {
  std::unique_lock lock(mutex_);
  auto newcomer = claims_.take(key);
  lock.unlock();
  if (newcomer) end(std::move(*newcomer));
}

/// What was given to it did not wait any more.
void LeasedWork::wait_on(Claim claim) {
  const auto id = claim.id;
  const auto is_gone = claim.is_gone;
  std::unique_lock lock(mutex_);
  if (claim.key && claims_.has(*claim.key)) {  // it came again meanwhile
    lock.unlock();
    return end(std::move(claim));
  }
  const bool is_stopping = is_stopping_;
  claims_.add(std::move(claim));
  set_alarm();
  lock.unlock();
  if (is_stopping || is_gone()) return withdraw(id);
  if (const auto scheduler = scheduler_.lock()) scheduler->look_again();
}

std::uint64_t LeasedWork::next_claim() {
  const std::lock_guard lock(mutex_);
  return next_claim_++;
}

void LeasedWork::wait(Claim claim) {
  std::unique_lock lock(mutex_);
  auto older = claim.key ? claims_.take(*claim.key) : std::nullopt;
  const auto entered = enter(claim);
  lock.unlock();
  if (older) end(std::move(*older));
  if (!entered) claim.done(tl::make_unexpected(entered.error()));
}

/// Within the lock.
Result<void> LeasedWork::enter(Claim& claim) {
  if (is_stopping_) return refuse(Reason::shutting_down, "the engine is stopping; try again when it is back");
  if (claims_.size() >= most_claims_)
    return refuse(Reason::too_many_claims, "as many claims wait as may; try again later, or with fewer workers");
  for (const auto& type : claim.types) means_.presence.enter(type, claim.worker);
  claims_.add(std::move(claim));
  set_alarm();
  return {};
}

void LeasedWork::end(std::uint64_t id) {
  std::unique_lock lock(mutex_);
  auto claim = claims_.take(id);
  lock.unlock();
  if (claim) end(std::move(*claim));
}

void LeasedWork::withdraw(std::uint64_t id) {
  end(id);
  std::unique_lock lock(mutex_);
  const auto handing = handing_.find(id);
  const auto given = handing == handing_.end() ? nullptr : handing->second;
  lock.unlock();
  if (!given) return;
  // What becomes of the writing is found out all the same.
  if (const auto done = take_answer(*given)) done(v1::ClaimResponse());
}

void LeasedWork::give_back(const std::string& token) {
  std::unique_lock lock(mutex_);
  auto waiting = claims_.take_named(token);
  lock.unlock();
  if (waiting) end(std::move(*waiting));
  means_.leases.give_back(token);
}

void LeasedWork::give_back(const v1::ClaimResponse& answer) {
  for (const auto& assignment : answer.assignments()) means_.leases.give_back(assignment.lease().lease());
}

Result<v1::ClaimResponse> LeasedWork::filled_in(v1::ClaimResponse response) {
  auto& assignments = *response.mutable_assignments();
  for (int i = assignments.size() - 1; i >= 0; --i) {
    const auto lease = means_.leases.describe(assignments[i].lease().lease());
    if (!lease) return tl::make_unexpected(lease.error());
    if (*lease) {
      *assignments[i].mutable_lease() = **lease;
    } else {
      assignments.DeleteSubrange(i, 1);
    }
  }
  return response;
}

void LeasedWork::stop() {
  std::unique_lock lock(mutex_);
  is_stopping_ = true;
  auto claims = claims_.take_all();
  const auto handing = handing_;
  lock.unlock();
  for (auto& claim : claims) end(std::move(claim));
  for (const auto& [id, given] : handing) {
    if (const auto done = take_answer(*given))
      done(refuse(Reason::shutting_down, "the engine is stopping; try again when it is back"));
  }
}

void LeasedWork::look() {
  std::unique_lock lock(mutex_);
  auto claims = claims_.take_due(means_.clock.steady());
  set_alarm();
  lock.unlock();
  for (auto& claim : claims) end(std::move(claim));
}

/// Answers it with nothing; what was given to it is handed over all the same.
void LeasedWork::end(Claim claim) {
  if (!claim.given.empty()) return hand_over(std::move(claim));
  leave(claim);
  if (!claim.key) return claim.done(v1::ClaimResponse());
  recall(*claim.key, std::move(claim.done));  // what the same claim was given before may be known by now
}

void LeasedWork::set_alarm() {
  const auto first = claims_.first_due();
  if (first) alarm_->set(std::max(SteadyTime::duration(0), *first - means_.clock.steady()));
}

void LeasedWork::leave(const Claim& claim) {
  for (const auto& type : claim.types) means_.presence.leave(type, claim.worker);
}

}  // namespace taskwire::engine
