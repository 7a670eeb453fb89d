#include "crash/workload.h"

#include <array>
#include <iterator>

#include "base/timestamp.h"
#include "crash/observe.h"

namespace taskwire::engine {
namespace {

constexpr std::array<const char*, 3> kStreams = {"channels/x", "channels/y", "messages/a"};
constexpr std::array<const char*, 2> kUsers = {"a", "b"};
constexpr OutputLimits kAllOutput{.first = std::int64_t{1} << 40, .all = std::int64_t{1} << 40};

}  // namespace

std::string Workload::write(Transaction& transaction, Model& model) {
  Both both{transaction, model, ""};
  for (auto left = dice_.one_in(6) ? 1 + dice_.below(12) : 1 + dice_.below(3); left > 0; --left) write_one(both);
  return both.wrong;
}

void Workload::write_one(Both& both) {
  const auto kind = dice_.below(100);
  if (kind < 35) {
    append(both);
  } else if (kind < 48) {
    start_task(both);
  } else if (kind < 60) {
    go_on_with_task(both);
  } else if (kind < 68) {
    print(both);
  } else if (kind < 69) {
    forget_output(both);
  } else if (kind < 71) {
    lease(both);
  } else if (kind < 72) {
    register_type(both);
  } else if (kind < 76) {
    delete_task(both);
  } else if (kind < 82) {
    remember(both);
  } else if (kind < 86) {
    recall(both);
  } else if (kind < 92) {
    trim(both);
  } else if (kind < 95) {
    end_topic(both);
  } else if (kind < 98) {
    note(both);
  } else {
    shrunk_ += both.transaction.shrink() ? 1 : 0;
  }
}

std::string Workload::text() {
  auto bytes = dice_.below(200);
  if (bulk_ > 0 && dice_.one_in(bulk_)) {
    bytes = 50'000 + dice_.below(250'000);
  } else if (dice_.one_in(12)) {
    bytes = dice_.below(20'000);
  }
  return std::to_string(++serial_) + ' ' + std::string(bytes, static_cast<char>('a' + dice_.below(26)));
}

void Workload::append(Both& both) {
  v1::Event event;
  event.set_topic(kStreams[dice_.below(kStreams.size())]);
  event.set_data(text());
  both.model.append(event, both.transaction.now());
  if (both.transaction.append(std::move(event)).sequence != both.model.head) both.wrong = "an event got another place";
}

void Workload::start_task(Both& both) {
  v1::Task task;
  task.set_task_id("task" + std::to_string(10'000'000 + ++serial_));
  task.set_user_id(kUsers[dice_.below(kUsers.size())]);
  task.set_name(text());
  task.set_state(v1::TASK_STATE_QUEUED);
  if (dice_.one_in(2)) (*task.mutable_params()->mutable_fields())["a"].set_string_value(text());
  both.model.put_task(task, both.transaction.now());
  both.transaction.put_task(task);
}

std::string Workload::any_task(const Model& model) {
  return model.tasks.empty() ? ""
                             : std::next(model.tasks.begin(), static_cast<int>(dice_.below(model.tasks.size())))->first;
}

void Workload::go_on_with_task(Both& both) {
  const auto id = any_task(both.model);
  if (id.empty()) return;
  const auto& known = both.model.tasks.at(id);
  if (const auto found = both.transaction.task(id); found) {
    v1::Event event;
    event.ParseFromString(*both.model.events.at(known.last).bytes);
    auto plain = *found;
    plain.clear_cursor();
    plain.clear_update_time();
    if (plain.SerializeAsString() != event.task().SerializeAsString()) both.wrong = "task " + id + " is another one";
  } else {
    both.wrong = "task " + id + " is missing";
  }
  v1::Task task;
  task.set_task_id(id);
  task.set_user_id(known.user);
  task.set_name(text());
  const bool ends = dice_.one_in(3);
  task.set_state(ends ? v1::TASK_STATE_SUCCEEDED : v1::TASK_STATE_RUNNING);
  if (ends && dice_.one_in(2)) (*task.mutable_result()->mutable_fields())["b"].set_string_value(text());
  both.model.put_task(task, both.transaction.now());
  both.transaction.put_task(task);
}

void Workload::delete_task(Both& both) {
  const auto id = any_task(both.model);
  if (id.empty()) return;
  v1::Task task;
  task.set_task_id(id);
  task.set_user_id(both.model.tasks.at(id).user);
  both.transaction.delete_lease(id);
  both.model.delete_task(id, both.transaction.now());
  (void)both.transaction.delete_task(task);
}

void Workload::print(Both& both) {
  const auto id = any_task(both.model);
  if (id.empty()) return;
  auto& known = both.model.tasks.at(id).outputs;
  const auto last = known.empty() ? 1 : known.rbegin()->first;
  const auto attempt = dice_.one_in(8) ? last + 1 : last;
  const auto found = both.transaction.output_run(id, attempt);
  const auto before = known.find(attempt);
  const bool is_right = before == known.end()
                            ? !found
                            : found && found->next == before->second.next && found->place == before->second.place &&
                                  found->out == before->second.terminal;
  if (!is_right) both.wrong = "task " + id + " has printed something else";
  auto& output = known[attempt];
  std::vector<OutputPiece> pieces;
  for (auto left = 1 + dice_.below(3); left > 0; --left) {
    const auto stream = dice_.one_in(3) ? v1::OUTPUT_STREAM_STDERR : v1::OUTPUT_STREAM_STDOUT;
    pieces.push_back({attempt, output.place, stream, text()});
    const auto& piece = pieces.back().text;
    output.add(stream, piece);
    output.place += static_cast<std::int64_t>(piece.size());
    output.next += static_cast<std::int64_t>(piece.size()) + 1;
  }
  output.terminal = text();
  both.transaction.put_output(id, {attempt, output.next, output.place, 0, output.terminal, ""}, pieces, kAllOutput);
}

void Workload::forget_output(Both& both) {
  const auto id = any_task(both.model);
  if (id.empty()) return;
  for (auto& [attempt, output] : both.model.tasks.at(id).outputs) {
    output.text.clear();
    output.from = output.place;
  }
  both.transaction.forget_output(id);
}

void Workload::lease(Both& both) {
  const auto id = any_task(both.model);
  if (id.empty()) return;
  auto& known = both.model.tasks.at(id).lease;
  const auto found = both.transaction.lease(id);
  if ((found ? found->token : "") != known) both.wrong = "task " + id + " is done under another lease";
  if (dice_.one_in(4)) {
    known.clear();
    both.transaction.delete_lease(id);
  } else {
    known = "lease " + std::to_string(++serial_);
    both.transaction.put_lease({.task_id = id, .token = known, .attempt = 1, .worker = "w"});
  }
}

void Workload::register_type(Both& both) {
  v1::RegisterTypeRequest type;
  type.set_type("type" + std::to_string(dice_.below(4)));
  if (dice_.one_in(4)) {
    both.model.types.erase(type.type());
    both.transaction.delete_type(type.type());
  } else {
    type.set_description(text());
    both.model.types[type.type()] = type.description();
    both.transaction.put_type(type);
  }
}

void Workload::remember(Both& both) {
  const auto& keys = answer_keys();
  const auto& [scope, key] = keys[dice_.below(keys.size())];
  const Model::Answer answer{"hash " + std::to_string(++serial_), text()};
  both.model.answers[{scope, key}] = answer;
  both.transaction.remember(scope, key, {answer.hash, answer.answer}, std::chrono::hours(1000));
}

void Workload::recall(Both& both) {
  const auto& keys = answer_keys();
  const auto& known = keys[dice_.below(keys.size())];
  const auto found = both.transaction.recall(known.first, known.second);
  const auto wanted = both.model.answers.find(known);
  const bool is_right = wanted == both.model.answers.end() ? !found
                                                           : found && found->request_hash == wanted->second.hash &&
                                                                 found->answer == wanted->second.answer;
  if (!is_right) both.wrong = "another answer was remembered";
}

void Workload::trim(Both& both, const std::string& topic, Sequence through, Sequence deletions_through,
                    std::size_t most) {
  const auto wanted = both.model.trim(topic, through, deletions_through, most);
  if (both.transaction.trim(topic, through, deletions_through, most) != wanted)
    both.wrong = "of " + topic + " another number of events was trimmed";
}

void Workload::trim(Both& both) {
  const auto topic = dice_.one_in(2) ? kStreams[dice_.below(kStreams.size())]
                                     : std::string("tasks/") + kUsers[dice_.below(kUsers.size())];
  const auto back = [&](std::size_t most) { return both.model.head - static_cast<Sequence>(dice_.below(most)); };
  trim(both, topic, back(20), back(40), dice_.one_in(2) ? 256 : 1 + dice_.below(5));
}

void Workload::end_topic(Both& both) {
  const std::string topic = kStreams[dice_.below(kStreams.size())];
  trim(both, topic, both.model.head - (dice_.one_in(4) ? 2 : 0), both.model.head, 256);
  const auto wanted = both.model.forget_topic(topic);
  if (both.transaction.forget_topic(topic) != wanted) both.wrong = topic + " was forgotten, or was not";
}

void Workload::note(Both& both) {
  const auto now = clock_.now();
  const auto oldest = now - std::chrono::seconds(30);
  both.model.note(to_ms(now), to_ms(now), to_ms(oldest));
  both.transaction.note({now, now}, oldest);
}

}  // namespace taskwire::engine
