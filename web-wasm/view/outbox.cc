#include "view/outbox.h"

#include <algorithm>
#include <utility>

#include "view/problem.h"

namespace taskwire::view {

bool Outbox::Settled::was_done_before(const Answer& answer) const {
  if (tries < 2) return false;
  if (request.purpose == Purpose::forget) return answer.status == 404;
  return request.purpose == Purpose::cancel && answer.status == 409 && problem_of(answer).reason == "TASK_ENDED";
}

void Outbox::post(Request request, Time now) {
  const Backoff::Limits limits{.first = Millis(1'000), .most = Millis(15'000), .least = Millis(200)};
  pending_.push_back({++posted_, std::move(request), Backoff(limits, random_), 0, now});
}

std::vector<Outbox::Sending> Outbox::take_due(Time now) {
  std::vector<Sending> due;
  for (auto& pending : pending_) {
    if (!pending.due || *pending.due > now) continue;
    pending.due.reset();
    ++pending.tries;
    due.push_back({pending.number, pending.request});
  }
  return due;
}

std::optional<Outbox::Settled> Outbox::answered(int number, const Answer& answer, Time now) {
  const auto pending =
      std::find_if(pending_.begin(), pending_.end(), [&](const Pending& p) { return p.number == number; });
  if (pending == pending_.end()) return std::nullopt;
  const bool may_repeat = pending->request.tries == 0 || pending->tries < pending->request.tries;
  if (answer.is_worth_repeating() && may_repeat) {
    pending->due = now + std::max(pending->backoff.next(), answer.retry_after);
    return std::nullopt;
  }
  Settled settled{std::move(pending->request), pending->tries};
  pending_.erase(pending);
  return settled;
}

std::optional<Purpose> Outbox::purpose_of(int number) const {
  const auto pending =
      std::find_if(pending_.begin(), pending_.end(), [&](const Pending& p) { return p.number == number; });
  return pending == pending_.end() ? std::nullopt : std::optional(pending->request.purpose);
}

int Outbox::tries(Purpose purpose, std::string_view task_id) const {
  const auto* const pending = find(purpose, task_id);
  return pending == nullptr ? 0 : pending->tries;
}

bool Outbox::is_pending(Purpose purpose, std::string_view task_id) const {
  return find(purpose, task_id) != nullptr;
}

std::optional<Time> Outbox::deadline() const {
  std::optional<Time> first;
  for (const auto& pending : pending_) {
    if (pending.due && (!first || *pending.due < *first)) first = pending.due;
  }
  return first;
}

const Outbox::Pending* Outbox::find(Purpose purpose, std::string_view task_id) const {
  const auto pending = std::find_if(pending_.begin(), pending_.end(), [&](const Pending& p) {
    return p.request.purpose == purpose && p.request.task_id == task_id;
  });
  return pending == pending_.end() ? nullptr : &*pending;
}

}  // namespace taskwire::view
