#include "tail/course.h"

#include <algorithm>
#include <utility>

namespace taskwire::tail {
namespace {

constexpr unsigned kNoContent = 204;
constexpr unsigned kNotFound = 404;
constexpr unsigned kTooManyRequests = 429;
constexpr unsigned kServerErrors = 500;

std::string reason_of(const view::Task& task) {
  if (task.error_reason.empty()) return task.error_message.empty() ? task.message : task.error_message;
  return task.error_message.empty() ? task.error_reason : task.error_reason + ": " + task.error_message;
}

/// How `task` has ended; nothing where it has not.
std::optional<Ending> outcome_of(const view::Task& task) {
  switch (task.state) {
    case view::TaskState::succeeded:
      return Ending{ExitStatus::ok, {}};
    case view::TaskState::failed:
      return Ending{ExitStatus::failed, "the task failed: " + reason_of(task)};
    case view::TaskState::cancelled:
      return Ending{ExitStatus::cancelled, "the task was cancelled"};
    default:
      return std::nullopt;
  }
}

Course::Next end(ExitStatus status, std::string message = {}) {
  return {Ending{status, std::move(message)}, {}};
}

}  // namespace

Course::Course(std::string task_id, bool retries, Backoff backoff)
    : task_id_(std::move(task_id)), retries_(retries), backoff_(std::move(backoff)) {}

void Course::saw(const view::Message& message) {
  progressed();
  if (task_id_.empty()) return;
  if (const auto* const task = std::get_if<view::Task>(&message); task != nullptr && task->id == task_id_) {
    if (outcome_ && task->cursor == end_) return;  // told again, as part of the state
    outcome_ = outcome_of(*task);
    end_ = task->cursor;
    if (aim_ == Aim::confirm || !outcome_) aim_ = Aim::follow;
  } else if (const auto* const deleted = std::get_if<view::TaskDeleted>(&message);
             deleted != nullptr && deleted->id == task_id_) {
    outcome_ = Ending{ExitStatus::gone, "the task was deleted"};
  }
}

Course::Next Course::after(const Cut& cut, std::chrono::milliseconds retry) {
  if (cut.kind == Cut::Kind::refused) return after_refusal(cut, retry);
  if (outcome_) {
    if (aim_ != Aim::follow || !retries_) return {outcome_, {}};
    aim_ = Aim::confirm;
    return {};
  }
  if (!retries_) return end(ExitStatus::lost, cut.why);
  return again(cut, retry);
}

Course::Next Course::after_refusal(const Cut& cut, std::chrono::milliseconds retry) {
  if (outcome_) return {outcome_, {}};
  if (cut.status == kNoContent) {
    if (task_id_.empty() || aim_ == Aim::outcome) return end(ExitStatus::ok);
    aim_ = Aim::outcome;
    return {};
  }
  if (cut.status == kNotFound && !task_id_.empty()) return end(ExitStatus::gone, cut.why);
  const bool may_pass = cut.status == kTooManyRequests || cut.status >= kServerErrors;
  if (!may_pass || !retries_) return end(ExitStatus::refused, cut.why);
  return again(cut, retry);
}

Course::Next Course::again(const Cut& cut, std::chrono::milliseconds retry) {
  return {std::nullopt, std::max({backoff_.next(), retry, cut.retry_after})};
}

}  // namespace taskwire::tail
