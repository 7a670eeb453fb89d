#include "view/describe.h"

#include <algorithm>

#include "resume/ascii.h"
#include "view/foreign_text.h"
#include "view/format.h"

namespace taskwire::view {
namespace {

using std::chrono::seconds;

std::string capitalised(std::string_view word) {
  std::string text(word);
  if (!text.empty()) text[0] = to_upper(text[0]);
  return text;
}

std::string start_of(Time start, Time server_now, std::optional<Millis> ahead) {
  const auto in = "in " + format_duration(std::chrono::ceil<seconds>(start - server_now));
  return ahead ? "Starts at " + format_time_of_day(start, *ahead) + ", " + in : "Starts " + in;
}

std::string attempt_of(const Task& task) {
  if (task.attempt == 1 && task.last_attempt == 1) return {};
  const auto text = "Attempt " + std::to_string(task.attempt);
  return task.last_attempt < task.attempt ? text : text + " of " + std::to_string(task.last_attempt);
}

std::string reason_of(const Task& task, Time server_now, std::optional<Millis> ahead, QueuedBecause because) {
  if (task.not_before && *task.not_before > server_now) return start_of(*task.not_before, server_now, ahead);
  if (because == QueuedBecause::no_worker) return "No worker for this type";
  if (because == QueuedBecause::limit) return "Waits for its turn: workers are busy, or a limit is reached";
  return because == QueuedBecause::not_before ? "Waits for its time" : std::string();
}

std::string wait_of(const Task& task, Time server_now, std::optional<Millis> ahead, const Wait& wait) {
  auto text = reason_of(task, server_now, ahead, wait.because);
  if (wait.place == 0) return text;
  if (!text.empty()) text += ". ";
  return text + "Place " + format_count(wait.place) + " in the queue";
}

std::string note_of(const Task& task, Time server_now, std::optional<Millis> ahead, const Wait& wait) {
  if (task.state == TaskState::queued) {
    if (auto text = wait_of(task, server_now, ahead, wait); !text.empty()) return text;
  }
  if (task.state != TaskState::failed) return task.message;
  if (task.error_message.empty()) return task.error_reason.empty() ? task.message : task.error_reason;
  if (task.error_reason.empty()) return task.error_message;
  return task.error_message + " (" + task.error_reason + ')';
}

std::string trouble_of(const Task& task) {
  auto text = capitalised(mark_of(task));
  if (!text.empty() && task.condition != Condition::none && task.is_stalled) text += ", stalled";
  return text;
}

std::string step_of(const Task& task) {
  if (!task.is_under_way()) return {};
  const auto step =
      std::find_if(task.steps.begin(), task.steps.end(), [](const Step& s) { return s.state == Step::State::running; });
  if (step == task.steps.end()) return {};
  std::string text =
      "Step " + std::to_string(step - task.steps.begin() + 1) + " of " + std::to_string(task.steps.size());
  if (step->name != task.stage) text.append(": ").append(isolated(step->name));
  return text;
}

/// A guess, so with two digits at most, and nothing any more once its time is over.
std::string left_of(const Task& task, Time server_now) {
  const bool goes_on = task.condition == Condition::none || task.condition == Condition::warning;
  if (!task.is_under_way() || !task.left || !goes_on || task.is_stalled || task.is_indeterminate()) return {};
  const auto past = task.updated ? std::max(server_now - *task.updated, Millis(0)) : Millis(0);
  if (past >= *task.left) return {};
  return "about " + format_guess(*task.left - past) + " left";
}

std::string elapsed_of(const Task& task, Time server_now) {
  const auto begin = task.state == TaskState::queued ? task.created : task.started;
  if (!begin) return {};
  if (!task.has_ended()) return format_duration(std::chrono::floor<seconds>(server_now - *begin));
  return task.finished ? format_duration(*task.finished - *begin) : std::string();
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const auto part : parts) {
    if (part.empty()) continue;
    if (!text.empty()) text += ", ";
    text += part;
  }
  return text;
}

std::string describe(const Upstream& upstream, Millis ahead) {
  std::string text = upstream.state == Upstream::State::down ? "Connected; the engine is away"
                                                             : "Connected; the engine cannot read its store";
  if (upstream.since) text += ", since " + format_time_of_day(*upstream.since, ahead);
  return text;
}

std::string cancel_reason_of(const Task& task, bool is_cancelling) {
  if (task.has_ended()) return "It has ended";
  if (is_cancelling) return "It is being cancelled";
  return {};
}

}  // namespace

std::string_view mark_of(const Task& task) {
  if (!task.is_under_way()) return {};
  if (task.condition == Condition::paused) return "paused";
  if (task.condition == Condition::warning) return "warning";
  if (task.condition == Condition::error) return "error";
  return task.is_stalled ? "stalled" : std::string_view();
}

RowText describe(const Task& task, Time server_now, bool is_cancel_sent, std::optional<Millis> ahead,
                 const Wait& wait) {
  RowText text;
  text.state = capitalised(state_name(task.state));
  text.attempt = attempt_of(task);
  if (!task.is_indeterminate() && task.state != TaskState::queued) text.percent = std::to_string(task.percent) + " %";
  text.amount = format_amount(task.done, task.total, task.unit);
  text.stage = task.stage;
  text.step = step_of(task);
  text.mark = mark_of(task);
  text.trouble = trouble_of(task);
  text.left = left_of(task, server_now);
  text.note = note_of(task, server_now, ahead, wait);
  if (text.note == text.stage) text.note.clear();
  text.elapsed = elapsed_of(task, server_now);
  const std::string_view how_far = task.is_indeterminate() ? "how far is not known" : std::string_view(text.percent);
  text.value = joined({text.state, text.trouble, how_far, text.amount, text.step, text.stage, text.left});
  text.is_cancelling = !task.has_ended() && (is_cancel_sent || task.state == TaskState::cancelling);
  text.cancel_reason = cancel_reason_of(task, text.is_cancelling);
  text.can_retry = task.can_retry();
  return text;
}

StepText describe(const Step& step) {
  return {capitalised(state_name(step.state)), format_amount(step.done, step.total, {})};
}

LinkText describe(const Connection& connection, Time now, Millis ahead) {
  using State = Connection::State;
  const auto state = connection.state();
  if (state == State::disconnected) return {"disconnected", "Disconnected"};
  if (connection.upstream().state != Upstream::State::up) return {"away", describe(connection.upstream(), ahead)};
  if (state == State::live) return {"live", "Live"};
  if (state == State::paused) return {"paused", "Paused"};
  if (!connection.is_online()) return {"offline", "Offline"};
  if (connection.failures() == 0) return {"connecting", "Connecting"};
  std::string label = "Reconnecting";
  if (state == State::waiting) {
    label += " in " + std::to_string(std::chrono::ceil<seconds>(connection.countdown(now)).count()) + " s";
  }
  return {"reconnecting", label + " (" + std::to_string(connection.failures()) + ')'};
}

}  // namespace taskwire::view
