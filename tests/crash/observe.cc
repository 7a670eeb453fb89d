#include "crash/observe.h"

#include <algorithm>
#include <limits>

#include "base/timestamp.h"
#include "resume/topic.h"
#include "store/logged_event.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kAll = std::numeric_limits<int>::max();

void observe_events(ReadTransaction& reader, Observed& observed) {
  const auto head = reader.head();
  auto& model = observed.model;
  model.head = head.sequence;
  reader.rows({{.topic = ""}}, head.sequence, [&](const EventPtr& logged) {
    const auto sequence = logged->sequence;
    auto event = logged->parse();
    const auto cursor = to_string(Cursor{head.epoch, sequence});
    const bool is_placed = event.cursor() == cursor && (!event.has_task() || event.task().cursor() == cursor);
    if (!is_placed) observed.contradiction = "event " + std::to_string(sequence) + " has cursor " + event.cursor();
    auto& row = model.events[sequence];
    row = {std::string(logged->topic), std::string(logged->key), logged->is_deletion, nullptr};
    row.bytes = std::make_shared<const std::string>(bytes_of(std::move(event)));
    return true;
  });
}

void observe_topics(ReadTransaction& reader, Observed& observed) {
  auto& model = observed.model;
  const auto trimmed = [&](const std::string& topic) {
    const auto floors = reader.floors(topic);
    return Model::Trimmed{floors.trimmed, is_keyed(topic) ? floors.lost : 0};
  };
  for (const auto& topic : reader.topics("", kAll)) model.topics[topic] = trimmed(topic);
  model.common = {reader.floors("channels/nobody").trimmed, reader.floors("tasks/nobody").lost};
  for (const auto& [sequence, event] : model.events) {
    if (!model.topics.contains(event.topic)) observed.contradiction = event.topic + " has events and no row";
  }
}

void observe_output(ReadTransaction& reader, const std::string& id, std::map<int, Model::Output>& outputs,
                    Observed& observed) {
  for (const auto& run : reader.output_runs(id)) {
    auto& output = outputs[run.attempt];
    output = {run.next, run.place, run.place, run.out, {}};
    std::int64_t kept = 0;
    auto place = run.place;
    reader.output(id, run.attempt, 0, [&](OutputPiece&& piece) {
      if (output.text.empty()) place = output.from = piece.place;
      if (piece.place != place) observed.contradiction = "the output of task " + id + " has a hole";
      place += static_cast<std::int64_t>(piece.text.size());
      kept += std::max<std::int64_t>(256, static_cast<std::int64_t>(piece.text.size()));
      output.add(piece.stream, piece.text);
      return true;
    });
    observed.output_bytes += kept;
    if (place != run.place || kept != run.kept)
      observed.contradiction = "the output of task " + id + " is not what its sums say";
  }
}

void observe_tasks(ReadTransaction& reader, Observed& observed) {
  auto& model = observed.model;
  for (const auto& [topic, row] : model.topics) {
    const auto parsed = parse_topic(topic);
    if (!parsed || parsed->kind != TopicKind::tasks) continue;
    reader.tasks({.user_id = std::string(parsed->name), .states = {}, .created_below = {}},
                 [&](Sequence first, v1::Task&& task) {
                   auto& known = model.tasks[task.task_id()];
                   known.user = task.user_id();
                   known.has_ended = task.state() > v1::TASK_STATE_CANCELLING;
                   known.first = first;
                   known.last = parse_cursor(task.cursor())->sequence;
                   return true;
                 });
  }
  std::map<std::string, Sequence> last;
  for (const auto& [sequence, event] : model.events) {
    if (!event.key.empty()) last[event.key] = event.deletion ? 0 : sequence;
  }
  for (auto& [id, task] : model.tasks) {
    if (last[id] != task.last) observed.contradiction = "task " + id + " is not what its last event says";
    const auto whole = reader.task(id);
    if (!whole) continue;
    if (whole->has_params()) task.params = whole->params().SerializeAsString();
    if (whole->has_result()) task.result = whole->result().SerializeAsString();
    task.attempts = past_attempts(*whole);
    observe_output(reader, id, task.outputs, observed);
  }
  std::vector<std::string> open;
  for (const auto& task : reader.open_tasks()) open.push_back(task.task_id());
  if (open != model.open_tasks()) observed.contradiction = "the open tasks are not those that have not ended";
}

void observe_work(ReadTransaction& reader, Observed& observed) {
  for (const auto& type : reader.types()) observed.model.types[type.type()] = type.description();
  for (const auto& lease : reader.leases()) {
    const auto task = observed.model.tasks.find(lease.task_id);
    if (task != observed.model.tasks.end()) {
      task->second.lease = lease.token;
    } else {
      observed.contradiction = "there is a lease of task " + lease.task_id + ", which is not there";
    }
  }
}

/// What can be told both from all of it and from a sum that the store keeps.
void observe_sums(ReadTransaction& reader, Observed& observed) {
  const auto& model = observed.model;
  const auto first = model.events.empty() ? 0 : model.events.begin()->first;
  if (reader.first() != first) observed.contradiction = "the first event is not " + std::to_string(first);
  const auto floors = reader.floors("");
  const auto wanted = model.highest_floors();
  if (floors.trimmed != wanted.trimmed || floors.lost != wanted.lost)
    observed.contradiction = "the floors of all topics are not the highest of each";
}

Result<void> observe_answers(Store& store, Observed& observed) {
  const auto looked = store.commit([&](Transaction& transaction) {
    for (const auto& [scope, key] : answer_keys()) {
      if (const auto known = transaction.recall(scope, key))
        observed.model.answers[{scope, key}] = {known->request_hash, known->answer};
    }
  });
  if (!looked) return tl::make_unexpected(looked.error());
  return {};
}

}  // namespace

Result<Observed> observe(Store& store) {
  Observed observed;
  std::int64_t bytes = 0;
  {
    auto reader = store.read();
    if (!reader) return tl::make_unexpected(reader.error());
    bytes = (*reader)->bytes();
    observe_events(**reader, observed);
    observe_topics(**reader, observed);
    observe_tasks(**reader, observed);
    observe_work(**reader, observed);
    if ((*reader)->output_bytes() != observed.output_bytes)
      observed.contradiction = "the bytes of all output are summed up wrongly";
    observe_sums(**reader, observed);
    if (const auto note = (*reader)->last_note()) {
      observed.model.noted_age = to_ms(note->age);
      observed.model.noted_wall = to_ms(note->wall);
    }
    if (const auto error = (*reader)->error()) return tl::make_unexpected(*error);
  }
  if (const auto answers = observe_answers(store, observed); !answers) return tl::make_unexpected(answers.error());
  if (bytes != observed.model.bytes()) observed.contradiction = "the bytes of all that is kept are summed up wrongly";
  return observed;
}

Result<Model> observe_events(Store& store) {
  auto reader = store.read();
  if (!reader) return tl::make_unexpected(reader.error());
  Observed observed;
  observe_events(**reader, observed);
  if (const auto error = (*reader)->error()) return tl::make_unexpected(*error);
  return std::move(observed.model);
}

std::string wrong_marks(Store& store, const Model& written) {
  auto reader = store.read();
  if (!reader) return reader.error().message;
  for (const auto& [sequence, age] : written.marks) {
    const auto found = (*reader)->written_by(SystemTime(std::chrono::milliseconds(age)));
    if (found != written.written_by(age))
      return "written by " + std::to_string(age) + " was " + std::to_string(written.written_by(age)) +
             ", and now it is " + std::to_string(found);
  }
  return "";
}

std::string difference(const Model& found, const Model& wanted) {
  const auto pair = [](const char* what, auto is, auto was) {
    return std::string(what) + " is " + std::to_string(is) + ", wanted is " + std::to_string(was);
  };
  if (found.head != wanted.head) return pair("the head", found.head, wanted.head);
  for (const auto& [sequence, event] : wanted.events) {
    const auto there = found.events.find(sequence);
    if (there == found.events.end()) return "event " + std::to_string(sequence) + " is missing";
    if (!(there->second == event)) return "event " + std::to_string(sequence) + " is another one";
  }
  if (found.events.size() != wanted.events.size())
    return pair("the number of events", found.events.size(), wanted.events.size());
  for (const auto& [topic, trimmed] : wanted.topics) {
    const auto there = found.topics.find(topic);
    if (there == found.topics.end()) return topic + " is forgotten";
    if (there->second.all != trimmed.all) return pair((topic + ": trimmed").c_str(), there->second.all, trimmed.all);
  }
  for (const auto& [id, task] : wanted.tasks) {
    const auto there = found.tasks.find(id);
    if (there == found.tasks.end()) return "task " + id + " is missing";
    if (!(there->second == task)) return "task " + id + " is another one";
  }
  if (found.tasks != wanted.tasks) return "there are other tasks";
  if (found.types != wanted.types) return "other types are registered";
  if (found.topics != wanted.topics) return "there are other topics, or other deletions were trimmed";
  if (!(found.common == wanted.common)) return pair("the common floor", found.common.all, wanted.common.all);
  if (found.answers != wanted.answers) return "other answers are remembered";
  if (found.noted_age != wanted.noted_age || found.noted_wall != wanted.noted_wall) return "another note was the last";
  return "";
}

const std::vector<std::pair<std::string, std::string>>& answer_keys() {
  static const auto kKeys = [] {
    std::vector<std::pair<std::string, std::string>> keys;
    for (int i = 0; i < 12; ++i) keys.emplace_back(i % 2 == 0 ? "start/a" : "publish/b", "key-" + std::to_string(i));
    return keys;
  }();
  return kKeys;
}

}  // namespace taskwire::engine
