#include "view/outputs.h"

#include <algorithm>
#include <utility>

#include "view/format.h"
#include "view/problem.h"

namespace taskwire::view {

using State = Connection::State;

std::string OutputFeed::url() const {
  return cursor.empty() ? text_url() : resumed(text_url(), cursor);
}

std::string OutputFeed::above() const {
  if (output.above() == 0 && output.left_out_above() == 0) return {};
  const auto text = format_bytes(output.above()) + " stand above, and are not shown here";
  if (output.left_out_above() == 0) return text + '.';
  return text + "; " + format_bytes(output.left_out_above()) + " were left out there.";
}

std::string OutputFeed::status() const {
  if (!problem.empty()) return problem;
  if (is_over) return "That is all.";
  if (is_waiting) return "The output of two tasks is read at a time: close the details of another.";
  if (connection.upstream().state != Upstream::State::up) return "Waiting for the engine.";
  const bool is_broken = connection.failures() > 0 && connection.state() != State::live;
  return is_broken ? "Connection lost, reconnecting." : std::string();
}

void Outputs::open(const Task& task, Time now) {
  if (find(task.id) != nullptr) return;
  feeds_.push_back(std::make_unique<OutputFeed>(task, ++opened_, random_));
  arrange(now);
}

void Outputs::close(const std::string& task_id, Time now) {
  std::erase_if(feeds_, [&](const auto& feed) { return feed->task_id == task_id; });
  arrange(now);
}

void Outputs::heard_of(const Task& task, Time now) {
  for (auto& feed : feeds_) {
    if (feed->task_id != task.id || task.attempt <= feed->attempt) continue;
    feed->attempt = task.attempt;
    if (!feed->is_over) {
      // What has not been answered yet may have been asked before that attempt, and be told that all is over.
      if (feed->connection.state() == State::connecting) feed->connection.reconnect(now);
      continue;
    }
    feed->is_over = false;
    feed->problem.clear();
    feed->output.go_on();
    arrange(now);
  }
}

void Outputs::show(const std::vector<const Task*>& tasks, Time now) {
  bool is_changed = false;
  for (auto& feed : feeds_) {
    const bool is_hidden =
        std::none_of(tasks.begin(), tasks.end(), [&](const Task* task) { return task->id == feed->task_id; });
    is_changed |= std::exchange(feed->is_hidden, is_hidden) != is_hidden;
  }
  if (is_changed) arrange(now);
}

void Outputs::set_on(bool is_on, Time now) {
  is_on_ = is_on;
  arrange(now);
}

void Outputs::see(bool is_seen, Time now) {
  if (std::exchange(is_seen_, is_seen) != is_seen) arrange(now);
}

void Outputs::pause() {
  for (auto& feed : feeds_) feed->connection.pause();
}

void Outputs::resume(Time now) {
  for (auto& feed : feeds_) feed->connection.resume(now);
}

void Outputs::set_online(bool is_online, Time now) {
  for (auto& feed : feeds_) feed->connection.set_online(is_online, now);
}

void Outputs::tick(Time now) {
  for (auto& feed : feeds_) feed->connection.tick(now);
}

std::optional<Time> Outputs::deadline() const {
  std::optional<Time> first;
  for (const auto& feed : feeds_) {
    const auto deadline = feed->connection.deadline();
    if (deadline && (!first || *deadline < *first)) first = deadline;
  }
  return first;
}

std::string Outputs::opened(int feed, Time now) {
  auto* const found = find(feed);
  if (found == nullptr) return {};
  found->connection.opened(now);
  found->connection.heard(now);
  found->output.cut();
  return found->task_id;
}

std::string Outputs::broke(int feed, Time now, Millis least) {
  auto* const found = find(feed);
  if (found == nullptr) return {};
  found->connection.broke(true, now, least);
  return found->task_id;
}

std::string Outputs::refused(int feed, const Answer& answer, Time now) {
  auto* const found = find(feed);
  if (found == nullptr) return {};
  if (answer.is_worth_repeating()) return broke(feed, now, answer.retry_after);
  // 404: nobody knows of any output.
  if (!answer.is_ok() && answer.status != 404) {
    const auto problem = problem_of(answer);
    found->problem = problem.detail.empty() ? problem.title : problem.detail;
  }
  auto task_id = found->task_id;
  finish(*found, now);
  return task_id;
}

std::string Outputs::received(int feed, const std::vector<StreamEvent>& events, const std::string& id, Time now) {
  auto* const found = find(feed);
  if (found == nullptr || found->connection.stream() == 0) return {};
  auto& connection = found->connection;
  connection.heard(now);
  for (const auto& event : events) {
    if (event.type == "heartbeat") {
      connection.heard(now, decode_heartbeat(event.data).interval);
    } else if (event.type == "upstream") {
      if (auto upstream = decode_upstream(event.data)) connection.heard_of_engine(*std::move(upstream));
    } else {
      found->output.received(event);
    }
  }
  if (!id.empty()) found->cursor = id;
  auto task_id = found->task_id;
  if (found->output.has_ended()) end(*found, now);
  return task_id;
}

const OutputFeed* Outputs::find(const std::string& task_id) const {
  const auto found = std::find_if(feeds_.begin(), feeds_.end(), [&](const auto& f) { return f->task_id == task_id; });
  return found == feeds_.end() ? nullptr : found->get();
}

std::vector<const OutputFeed*> Outputs::feeds() const {
  std::vector<const OutputFeed*> feeds;
  for (const auto& feed : feeds_) feeds.push_back(feed.get());
  return feeds;
}

OutputFeed* Outputs::find(int feed) {
  const auto found = std::find_if(feeds_.begin(), feeds_.end(), [&](const auto& f) { return f->number == feed; });
  return found == feeds_.end() ? nullptr : found->get();
}

void Outputs::end(OutputFeed& feed, Time now) {
  if (feed.output.attempt().value_or(feed.attempt) >= feed.attempt) return finish(feed, now);
  feed.output.go_on();
  feed.connection.reconnect(now);
}

void Outputs::finish(OutputFeed& feed, Time now) {
  feed.is_over = true;
  feed.connection.disconnect();
  arrange(now);
}

void Outputs::arrange(Time now) {
  std::size_t streams = 0;
  for (auto feed = feeds_.rbegin(); feed != feeds_.rend(); ++feed) {
    auto& connection = (*feed)->connection;
    const bool is_wanted = is_on_ && is_seen_ && !(*feed)->is_over && !(*feed)->is_hidden;
    (*feed)->is_waiting = is_wanted && streams == kMostStreams;
    if (!is_wanted || (*feed)->is_waiting) {
      connection.disconnect();
      continue;
    }
    ++streams;
    if (connection.state() == State::disconnected) connection.connect(now);
  }
}

}  // namespace taskwire::view
