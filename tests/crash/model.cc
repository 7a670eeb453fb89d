#include "crash/model.h"

#include <algorithm>

#include "base/timestamp.h"
#include "resume/topic.h"
#include "store/logged_event.h"
#include "store/sqlite_schema.h"

namespace taskwire::engine {

std::string bytes_of(v1::Event event) {
  event.clear_cursor();
  if (event.has_task()) {
    event.mutable_task()->clear_cursor();
    event.mutable_task()->clear_update_time();
  }
  return event.SerializeAsString();
}

void Model::Output::add(v1::OutputStream stream, const std::string& more) {
  if (text.empty() || text.back().first != stream) text.emplace_back(stream, "");
  text.back().second += more;
}

void Model::append(v1::Event event, SystemTime now) {
  *event.mutable_time() = to_timestamp(now);
  know(event.topic());
  events[++head] = {event.topic(), std::string(key_of(event)), event.has_task_deleted(),
                    std::make_shared<const std::string>(bytes_of(event))};
}

std::string past_attempts(const v1::Task& task) {
  v1::Task kept;
  *kept.mutable_past_attempts() = task.past_attempts();
  return kept.SerializeAsString();
}

void Model::know(const std::string& topic) {
  topics.try_emplace(topic, Trimmed{common.all, is_keyed(topic) ? common.deletions : 0});
}

void Model::put_task(const v1::Task& task, SystemTime now) {
  v1::Event event;
  event.set_topic(topic_name(TopicKind::tasks, task.user_id()));
  event.set_type("taskUpdate");
  *event.mutable_task() = task;
  event.mutable_task()->clear_params();
  event.mutable_task()->clear_result();
  event.mutable_task()->clear_past_attempts();
  append(std::move(event), now);
  auto& row = tasks[task.task_id()];
  row.user = task.user_id();
  row.has_ended = task.state() > v1::TASK_STATE_CANCELLING;
  if (row.first == 0) row.first = head;
  row.last = head;
  if (task.has_params()) row.params = task.params().SerializeAsString();
  if (task.has_result()) row.result = task.result().SerializeAsString();
  if (!task.past_attempts().empty()) row.attempts = past_attempts(task);
}

void Model::delete_task(const std::string& id, SystemTime now) {
  v1::Event event;
  const auto user = tasks.at(id).user;
  event.set_topic(topic_name(TopicKind::tasks, user));
  event.set_type("taskDeleted");
  event.mutable_task_deleted()->set_task_id(id);
  event.mutable_task_deleted()->set_user_id(user);
  tasks.erase(id);
  append(std::move(event), now);
}

std::size_t Model::trim(const std::string& topic, Sequence through, Sequence deletions_through, std::size_t most) {
  know(topic);
  const auto forget = [&](bool deletions, Sequence up_to, std::size_t room) {
    std::vector<Sequence> gone;
    for (const auto& [sequence, event] : events) {
      if (gone.size() == room || sequence > up_to) break;
      if (event.topic != topic || event.deletion != deletions) continue;
      const auto task = tasks.find(event.key);
      if (task == tasks.end() || task->second.last != sequence) gone.push_back(sequence);
    }
    for (const auto sequence : gone) {
      events.erase(sequence);
      topics[topic].raise({sequence, deletions ? sequence : 0});
    }
    return gone.size();
  };
  const auto count = forget(false, through, most);
  return is_keyed(topic) && count < most ? count + forget(true, deletions_through, most - count) : count;
}

bool Model::forget_topic(const std::string& topic) {
  const auto row = topics.find(topic);
  const auto is_of_it = [&](const auto& event) { return event.second.topic == topic; };
  if (row == topics.end() || std::any_of(events.begin(), events.end(), is_of_it)) return false;
  common.raise(row->second);
  topics.erase(row);
  return true;
}

void Model::note(std::int64_t age, std::int64_t wall, std::int64_t oldest) {
  marks.try_emplace(head, age);
  noted_age = age;
  noted_wall = std::max(noted_wall, wall);
  const auto through = written_by(oldest);
  marks.erase(marks.begin(), marks.lower_bound(through));
}

Sequence Model::written_by(std::int64_t age) const {
  Sequence found = 0;
  for (const auto& [sequence, at] : marks) {
    if (at <= age) found = sequence;
  }
  return found;
}

Floors Model::floors(const std::string& topic) const {
  const auto row = topics.find(topic);
  const auto& trimmed = row == topics.end() ? common : row->second;
  return {is_keyed(topic) ? trimmed.deletions : trimmed.all, trimmed.all};
}

Floors Model::highest_floors() const {
  Floors highest{common.all, common.all};
  for (const auto& [topic, row] : topics) {
    highest.lost = std::max(highest.lost, floors(topic).lost);
    highest.trimmed = std::max(highest.trimmed, row.all);
  }
  return highest;
}

std::int64_t Model::bytes() const {
  std::size_t sum = 0, rows = events.size() + answers.size();
  for (const auto& [sequence, event] : events) sum += event.bytes->size();
  for (const auto& [id, task] : tasks) {
    const auto details = task.params.size() + task.result.size() + task.attempts.size();
    rows += details > 0 ? 1 : 0;
    sum += details;
  }
  for (const auto& [key, answer] : answers)
    sum += key.first.size() + key.second.size() + answer.hash.size() + answer.answer.size();
  return static_cast<std::int64_t>(sum + rows * kSqliteRowBytes);
}

std::vector<std::string> Model::open_tasks() const {
  std::vector<std::string> ids;
  for (const auto& [id, task] : tasks) {
    if (!task.has_ended) ids.push_back(id);
  }
  std::sort(ids.begin(), ids.end(), [&](const auto& a, const auto& b) { return tasks.at(a).last < tasks.at(b).last; });
  return ids;
}

}  // namespace taskwire::engine
