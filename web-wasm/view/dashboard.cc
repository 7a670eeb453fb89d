#include "view/dashboard.h"

#include <algorithm>
#include <array>
#include <utility>

#include "resume/topic.h"
#include "view/describe.h"

namespace taskwire::view {

namespace {

// Between two questions for what no event tells, while somebody looks.
constexpr Millis kLookPace{10'000};
// A task that is queued for longer than this waits for something.
constexpr Millis kSoon{1'000};

}  // namespace

Dashboard::Dashboard(RandomBits random)
    : random_(std::move(random)),
      connection_(as_fraction(random_)),
      outputs_(as_fraction(random_)),
      outbox_(as_fraction(random_)) {}

void Dashboard::begin(Time now) {
  outbox_.post(catalogue_request(), now);
  look_at_ = now + kLookPace;
}

bool Dashboard::choose_user(std::string_view name, Time now) {
  if (!is_name(name)) return false;
  if (name != user_) {
    user_ = name;
    status_ = {};
    board_.clear();
    details_.clear();
    outputs_.clear();
    log_.clear();
    announcer_.clear();
    was_live_ = false;
  }
  connection_.connect(now);
  outputs_.set_on(true, now);
  return true;
}

void Dashboard::disconnect() {
  connection_.disconnect();
  outputs_.set_on(false, {});
  was_live_ = false;
}

void Dashboard::pause() {
  connection_.pause();
  outputs_.pause();
}

void Dashboard::resume(Time now) {
  connection_.resume(now);
  outputs_.resume(now);
}

void Dashboard::set_online(bool is_online, Time now) {
  connection_.set_online(is_online, now);
  outputs_.set_online(is_online, now);
}

void Dashboard::output_opened(int feed, Time now) {
  board_.touch(outputs_.opened(feed, now));
}

void Dashboard::output_broke(int feed, Time now, Millis least) {
  board_.touch(outputs_.broke(feed, now, least));
}

void Dashboard::output_refused(int feed, const Answer& answer, Time now) {
  board_.touch(outputs_.refused(feed, answer, now));
}

void Dashboard::output_received(int feed, const std::vector<StreamEvent>& events, const std::string& id, Time now) {
  board_.touch(outputs_.received(feed, events, id, now));
}

bool Dashboard::is_connected_as(std::string_view name) const {
  return connection_.state() != Connection::State::disconnected && name == user_;
}

void Dashboard::stream_opened(Time now) {
  connection_.opened(now);
  announce_link();
}

void Dashboard::stream_broke(bool for_good, Time now) {
  connection_.broke(for_good, now);
  announce_link();
}

void Dashboard::received(const StreamEvent& event, Time now) {
  auto message = decode_message(event);
  const auto* const heartbeat = std::get_if<Heartbeat>(&message);
  connection_.heard(now, heartbeat != nullptr ? heartbeat->interval : std::nullopt);
  if (heartbeat != nullptr && heartbeat->at) clock_.set(*heartbeat->at, now);
  announce_link();
  if (!event.last_event_id.empty()) status_.cursor = event.last_event_id;
  status_.heard_at = now;
  if (heartbeat != nullptr) status_.heartbeat_at = now;
  ++status_.events;
  log_.add({now, event.type, id_of(message, event), summary_of(message, event)});
  if (auto* const task = std::get_if<Task>(&message)) take(std::move(*task), now);
  if (const auto* const deleted = std::get_if<TaskDeleted>(&message); deleted != nullptr && deleted->user == user_) {
    board_.remove(*deleted);
    close_details(deleted->id, now);
  }
  if (const auto* const reset = std::get_if<Reset>(&message)) take(*reset);
  if (const auto* const upstream = std::get_if<Upstream>(&message)) take(*upstream);
  if (std::holds_alternative<Synced>(message)) {
    board_.finish_anew();
    for (const auto& id : details_.tasks()) {
      if (board_.find(id) == nullptr) close_details(id, now);
    }
  }
  if (std::holds_alternative<Skipped>(message)) ++status_.skips;
}

void Dashboard::answered(int number, const Answer& answer, Time now) {
  const auto settled = outbox_.answered(number, answer, now);
  if (!settled) return;
  const auto& request = settled->request;
  switch (request.purpose) {
    case Purpose::catalogue:
      take_catalogue(answer);
      return;
    case Purpose::start:
      take_start(answer);
      return;
    case Purpose::details:
      details_.take(request.task_id, answer);
      board_.touch(request.task_id);
      return;
    case Purpose::cancel:
    case Purpose::retry:
    case Purpose::forget:
      take_command(*settled, answer);
      return;
    case Purpose::publish:
    case Purpose::message:
    case Purpose::run_task:
    case Purpose::run_object:
      return;  // the other page's
  }
}

void Dashboard::tick(bool is_visible, Time now) {
  connection_.tick(now);
  outputs_.see(is_visible, now);
  outputs_.tick(now);
  announce_link();
  if (!is_visible) {
    announcer_.clear();  // nobody is there to be told
    return;
  }
  const auto shown = board_.shown();
  for (const auto* task : shown) {
    if (!task->has_ended()) board_.touch(task->id);
  }
  outputs_.show(shown, now);
  if (now >= look_at_) look_again(now);
}

bool Dashboard::start(Time now) {
  if (user_.empty()) return false;
  auto submission = form_.submit(random_key(random_));
  if (!submission) return false;
  outbox_.post(start_request(user_, std::move(submission->body), std::move(submission->idempotency_key)), now);
  return true;
}

void Dashboard::cancel(const std::string& task_id, Time now) {
  const auto* const task = board_.find(task_id);
  const bool can = task != nullptr && !task->has_ended() && task->state != TaskState::cancelling;
  if (!can || outbox_.is_pending(Purpose::cancel, task_id)) return;
  outbox_.post(cancel_request(user_, task_id), now);
  board_.touch(task_id);
}

void Dashboard::retry(const std::string& task_id, Time now) {
  const auto* const task = board_.find(task_id);
  if (task == nullptr || !task->can_retry() || outbox_.is_pending(Purpose::retry, task_id)) return;
  outbox_.post(retry_request(user_, task_id), now);
  board_.touch(task_id);
}

void Dashboard::forget(const std::string& task_id, Time now) {
  const auto* const task = board_.find(task_id);
  if (task == nullptr || !task->has_ended() || outbox_.is_pending(Purpose::forget, task_id)) return;
  outbox_.post(forget_request(user_, task_id), now);
  board_.touch(task_id);
}

void Dashboard::toggle_details(const std::string& task_id, Time now) {
  const auto* const task = board_.find(task_id);
  if (task == nullptr) return;
  if (details_.toggle(task_id)) {
    outbox_.post(details_request(user_, task_id), now);
    outputs_.open(*task, now);
  } else {
    outputs_.close(task_id, now);
  }
  board_.touch(task_id);
}

std::string Dashboard::stream_url() const {
  const std::array topics = {topic_name(TopicKind::tasks, user_)};
  return view::stream_url(topics, status_.cursor);
}

std::optional<Time> Dashboard::deadline() const {
  std::optional<Time> first;
  for (const auto deadline : {connection_.deadline(), outputs_.deadline(), outbox_.deadline(), announcer_.deadline()}) {
    if (deadline && (!first || *deadline < *first)) first = deadline;
  }
  return first;
}

Wait Dashboard::wait_of(const Task& task) const {
  if (task.state != TaskState::queued) return {};
  const auto* const entry = details_.find(task.id);
  const bool is_told = entry != nullptr && entry->cursor && entry->cursor->epoch == task.cursor.epoch &&
                       entry->cursor->sequence >= task.cursor.sequence;
  auto wait = is_told ? entry->wait : Wait();
  if (wait.because == QueuedBecause::unknown && form_.lacks_worker(task.type)) wait.because = QueuedBecause::no_worker;
  return wait;
}

std::optional<Dashboard::Placeholder> Dashboard::placeholder() const {
  if (board_.count(board_.filter()) > 0) return std::nullopt;
  if (board_.count(Board::Filter::all) > 0)
    return Placeholder{"No such tasks", "No task is in the state you filter by."};
  if (user_.empty()) return Placeholder{"Whose tasks?", "Type a user's name above and connect."};
  if (board_.is_known() && !board_.is_loading()) {
    return Placeholder{"No tasks yet", "Start one: it appears here at once."};
  }
  if (connection_.state() == Connection::State::disconnected)
    return Placeholder{"Disconnected", "Connect to see the tasks."};
  if (connection_.state() == Connection::State::live && status_.events > 0 && !board_.is_loading()) {
    return Placeholder{"Waiting for the engine",
                       "The connection stands, but the engine does not answer yet. This page goes on by itself.", true};
  }
  return Placeholder{"Loading tasks", "", true};
}

void Dashboard::take(Task task, Time now) {
  if (task.user != user_) return;
  if (task.updated) clock_.saw(*task.updated, now);
  const auto* const before = board_.find(task.id);
  const bool had_ended = before != nullptr && before->has_ended();
  const bool is_new_state = before == nullptr || before->state != task.state;
  const auto mark = before == nullptr ? std::string_view() : mark_of(*before);
  const auto id = task.id;
  if (!board_.apply(std::move(task))) {
    ++status_.repeats;
    return;
  }
  const auto* const after = board_.find(id);
  outputs_.heard_of(*after, now);
  if (mark_of(*after) != mark && !board_.is_loading()) announcer_.held_up(*after, mark_of(*after));
  if (after->has_ended() && !had_ended && !board_.is_loading()) announcer_.ended(*after);
  if (is_new_state && after->state == TaskState::queued) look_at_ = std::min(look_at_, now + kSoon);
  if (is_new_state && details_.find(id) != nullptr) outbox_.post(details_request(user_, id), now);
}

void Dashboard::take(const Reset& reset) {
  ++status_.resets;
  status_.last_reset = reset.reason;
  board_.begin_anew();
}

void Dashboard::take(const Upstream& upstream) {
  const bool was_up = connection_.upstream().state == Upstream::State::up;
  const bool is_up = upstream.state == Upstream::State::up;
  connection_.heard_of_engine(upstream);
  if (was_up != is_up) announcer_.say(is_up ? "The engine is back." : "The engine is away, waiting for it.");
}

void Dashboard::close_details(const std::string& task_id, Time now) {
  details_.close(task_id);
  outputs_.close(task_id, now);
}

void Dashboard::take_catalogue(const Answer& answer) {
  const bool is_loaded = answer.is_ok() && form_.load(answer.body);
  if (!is_loaded && !form_.is_loaded()) notices_.add(problem_of(answer));
}

void Dashboard::look_again(Time now) {
  look_at_ = now + kLookPace;
  bool has_queued = false;
  for (const auto* task : board_.shown()) {
    if (task->state != TaskState::queued) continue;
    has_queued = true;
    if (details_.find(task->id) != nullptr && !outbox_.is_pending(Purpose::details, task->id))
      outbox_.post(details_request(user_, task->id), now);
  }
  const bool can_change = has_queued || form_.has_outside_types();
  if (can_change && !outbox_.is_pending(Purpose::catalogue, "")) outbox_.post(catalogue_request(), now);
}

void Dashboard::take_start(const Answer& answer) {
  if (answer.is_ok()) {
    form_.accepted();
  } else if (answer.is_worth_repeating()) {
    auto problem = problem_of(answer);
    if (answer.status == 0) problem.detail += " Starting it again unchanged is safe: it is started once.";
    form_.unanswered(std::move(problem));
  } else {
    form_.refused(problem_of(answer));
  }
}

void Dashboard::take_command(const Outbox::Settled& settled, const Answer& answer) {
  board_.touch(settled.request.task_id);
  if (answer.is_ok() || settled.was_done_before(answer)) return;
  if (settled.request.purpose == Purpose::retry && is_outcome_unknown(answer)) {
    notices_.add({"Retry not confirmed",
                  "It is not known whether the task was taken up again. Its state and attempt will tell.",
                  {}});
    return;
  }
  notices_.add(problem_of(answer));
}

void Dashboard::announce_link() {
  const bool is_live = connection_.state() == Connection::State::live;
  if (is_live == was_live_) return;
  was_live_ = is_live;
  announcer_.say(is_live ? "Connected." : "Connection lost, reconnecting.");
}

}  // namespace taskwire::view
