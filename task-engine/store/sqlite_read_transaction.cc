#include "store/sqlite_read_transaction.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/timestamp.h"
#include "base/wire.h"
#include "resume/topic.h"
#include "store/sqlite_measure.h"
#include "store/sqlite_output.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_surplus.h"

namespace taskwire::engine {
namespace {

/// Of one visit, so that none takes long.
constexpr std::size_t kMostPassedOver = 10'000;

/// Bit n: state n.
std::int64_t mask_of(const std::vector<v1::TaskState>& states) {
  if (states.empty()) return -1;
  std::int64_t mask = 0;
  for (const auto state : states) {
    if (v1::TaskState_IsValid(state)) mask |= std::int64_t{1} << state;
  }
  return mask;
}

}  // namespace

SqliteReadTransaction::SqliteReadTransaction(Connection connection, std::string epoch, GiveBack give_back)
    : database_(std::move(connection)), head_{std::move(epoch), 0}, give_back_(std::move(give_back)) {
  database_->run("BEGIN");
  auto row = database_->query("SELECT head FROM meta");
  if (row.next()) {
    head_.sequence = row.integer(0);
  } else {
    database_->damaged("its table meta is empty");
  }
}

SqliteReadTransaction::~SqliteReadTransaction() {
  database_->run("COMMIT");
  if (database_->failure()) database_.reset();
  give_back_(std::move(database_));
}

Floors SqliteReadTransaction::floors(const std::string& topic) {
  constexpr std::string_view kOne =
      "SELECT iif(?2, deletions_trimmed_through, trimmed_through), trimmed_through FROM topic WHERE name = ?1 "
      "UNION ALL SELECT iif(?2, deletions_trimmed_through, trimmed_through), trimmed_through FROM meta LIMIT 1";
  constexpr std::string_view kAll =
      "SELECT max(trimmed_through, ifnull((SELECT iif(keyed, deletions_trimmed_through, trimmed_through) FROM topic "
      "ORDER BY 1 DESC LIMIT 1), 0)), max(trimmed_through, ifnull((SELECT max(trimmed_through) FROM topic), 0)) "
      "FROM meta";
  auto row = topic.empty() ? database_->query(kAll) : database_->query(kOne, std::string_view(topic), is_keyed(topic));
  if (!row.next()) return {};
  return {row.integer(0), row.integer(1)};
}

bool SqliteReadTransaction::has_more_than(std::int64_t count, const std::string& topic, Sequence after) {
  auto row = database_->query("SELECT 1 FROM event WHERE topic_id = ? AND seq > ? LIMIT 1 OFFSET ?", topic_id(topic),
                              after, count);
  return row.next();
}

Sequence SqliteReadTransaction::back(std::size_t events) {
  auto row =
      database_->query("SELECT seq FROM event ORDER BY seq DESC LIMIT 1 OFFSET ?", static_cast<std::int64_t>(events));
  return row.next() ? row.integer(0) : 0;
}

void SqliteReadTransaction::open(const TopicQuery& source, Sequence until, std::vector<Stream>& streams) {
  const bool all = source.topic.empty();
  const auto topic = all ? 0 : topic_id(source.topic);
  const auto add = [&](std::string_view sql, auto... more) {
    auto query = database_->query(sql, source.after, until, more...);
    if (!query.next()) return;
    const auto first = query.integer(0);
    streams.push_back({source, std::move(query), first});
  };
  const bool living = source.pick == Pick::living || (!all && source.pick == Pick::latest);
  if (living && all) {
    add("SELECT seq, payload FROM task JOIN event ON seq = last_seq WHERE state > 3 AND last_seq > ?1 AND "
        "last_seq <= ?2 ORDER BY last_seq");
    add("SELECT seq, payload FROM task JOIN event ON seq = last_seq WHERE state = 1 AND last_seq > ?1 AND "
        "last_seq <= ?2 ORDER BY last_seq");
    add("SELECT seq, payload FROM event WHERE seq IN (SELECT last_seq FROM task WHERE state IN (2, 3) AND "
        "last_seq > ?1 AND last_seq <= ?2) ORDER BY seq");
  } else if (living && is_keyed(source.topic)) {
    add("SELECT seq, payload FROM task JOIN event ON seq = last_seq WHERE task.topic_id = ?3 AND state > 3 AND "
        "last_seq > ?1 AND last_seq <= ?2 ORDER BY last_seq",
        topic);
    add("SELECT seq, payload FROM task JOIN event ON seq = last_seq WHERE task.topic_id = ?3 AND state = 1 AND "
        "last_seq > ?1 AND last_seq <= ?2 ORDER BY last_seq",
        topic);
    add("SELECT seq, payload FROM event WHERE seq IN (SELECT last_seq FROM task WHERE topic_id = ?3 AND "
        "state IN (2, 3) AND last_seq > ?1 AND last_seq <= ?2) ORDER BY seq",
        topic);
    if (source.pick == Pick::latest)
      add("SELECT seq, payload FROM event INDEXED BY event_deletion WHERE topic_id = ?3 AND deletion = 1 AND seq > ?1 "
          "AND seq <= ?2 ORDER BY seq",
          topic);
  } else if (all) {
    add("SELECT seq, payload, key, deletion, topic_id FROM event WHERE seq > ?1 AND seq <= ?2 ORDER BY seq");
  } else {
    add("SELECT seq, payload FROM event WHERE topic_id = ?3 AND seq > ?1 AND seq <= ?2 ORDER BY seq", topic);
  }
}

bool SqliteReadTransaction::is_wanted(const TopicQuery& source, const sqlite::Query& query, LatestTopics& latest) {
  if (!source.topic.empty() || source.pick == Pick::all || source.pick == Pick::living) return true;
  const auto key = query.bytes(2);
  if (source.pick == Pick::keyless || key.empty()) return key.empty();
  if (query.integer(3) != 0) return true;
  const auto [known, is_new] = latest.try_emplace(query.integer(4));
  if (is_new) {
    auto topic = database_->query(
        "SELECT trimmed_through > ?2 OR EXISTS "
        "(SELECT 1 FROM event WHERE topic_id = ?1 AND seq > ?2 LIMIT 1 OFFSET ?3) FROM topic WHERE id = ?1",
        query.integer(4), source.after, source.max_lag);
    known->second = topic.next() && topic.integer(0) != 0;
  }
  if (!known->second) return true;
  auto task = database_->query("SELECT last_seq FROM task WHERE id = ?", key);
  return task.next() && task.integer(0) == query.integer(0);
}

Visited SqliteReadTransaction::rows(const std::vector<TopicQuery>& sources, Sequence until, const Visit& visit) {
  std::vector<Stream> streams;
  streams.reserve(4 * sources.size());  // queries cannot be assigned
  for (const auto& source : sources) open(source, until, streams);
  constexpr auto kEnd = std::numeric_limits<Sequence>::max();
  const auto by_sequence = [](const Stream& a, const Stream& b) { return a.sequence < b.sequence; };
  Visited visited{.through = until};
  for (const auto& source : sources) visited.through = std::min(visited.through, source.after);
  LatestTopics latest;
  EventKeeper keeper;
  for (std::size_t passed_over = 0; passed_over < kMostPassedOver;) {
    const auto next = std::min_element(streams.begin(), streams.end(), by_sequence);
    if (next == streams.end() || next->sequence == kEnd) {
      visited.through = until;
      break;
    }
    if (is_wanted(next->source, next->query, latest)) {
      const auto event = event_of(*database_, next->query.bytes(1), {head_.epoch, next->sequence}, keeper);
      if (!event || !visit(event)) break;
    } else {
      ++passed_over;
      visited.skipped = visited.skipped || next->source.pick == Pick::latest;
    }
    visited.through = next->sequence;
    next->sequence = next->query.next() ? next->query.integer(0) : kEnd;
  }
  return visited;
}

std::optional<v1::Task> SqliteReadTransaction::task(std::string_view task_id) {
  auto task = bare_task(task_id);
  if (task) read_details(*database_, *task);
  return task;
}

std::optional<v1::Task> SqliteReadTransaction::bare_task(std::string_view task_id) {
  auto row =
      database_->query("SELECT seq, payload FROM event WHERE seq = (SELECT last_seq FROM task WHERE id = ?)", task_id);
  if (!row.next()) return std::nullopt;
  return task_of(*database_, row.bytes(1), {head_.epoch, row.integer(0)});
}

std::vector<v1::Task> SqliteReadTransaction::open_tasks() {
  return engine::open_tasks(*database_, head_.epoch);
}

std::vector<KeptLease> SqliteReadTransaction::leases() {
  std::vector<KeptLease> leases;
  auto row = database_->query(kSqliteLease);
  while (row.next()) leases.push_back(lease_of(row));
  return leases;
}

std::vector<v1::RegisterTypeRequest> SqliteReadTransaction::types() {
  std::vector<v1::RegisterTypeRequest> types;
  auto row = database_->query("SELECT name, type FROM task_type");
  while (row.next()) {
    v1::RegisterTypeRequest type;
    if (!read_message(row.bytes(1), type) || type.type() != row.bytes(0)) {
      database_->damaged("the task type " + std::string(row.bytes(0)) + " is not what was written");
      break;
    }
    types.push_back(std::move(type));
  }
  return types;
}

std::vector<OutputRun> SqliteReadTransaction::output_runs(std::string_view task_id) {
  return engine::output_runs(*database_, task_id);
}

void SqliteReadTransaction::output(std::string_view task_id, int attempt, std::int64_t place,
                                   const VisitOutput& visit) {
  visit_output(*database_, task_id, attempt, place, visit);
}

std::int64_t SqliteReadTransaction::output_bytes() {
  auto row = database_->query("SELECT output_bytes FROM meta");
  return row.next() ? row.integer(0) : 0;
}

std::vector<EndedTask> SqliteReadTransaction::ended_with_output(std::size_t most) {
  return engine::ended_with_output(*database_, most);
}

bool SqliteReadTransaction::tasks(const TaskQuery& query, const VisitTask& visit) {
  auto row = database_->query(
      "SELECT first_seq, seq, payload FROM task JOIN event ON seq = last_seq WHERE task.topic_id = ? AND first_seq < ? "
      "AND (? >> state) & 1 ORDER BY first_seq DESC",
      topic_id(topic_name(TopicKind::tasks, query.user_id)),
      query.created_below.value_or(std::numeric_limits<Sequence>::max()), mask_of(query.states));
  while (row.next()) {
    auto task = task_of(*database_, row.bytes(2), {head_.epoch, row.integer(1)});
    if (!task || !visit(row.integer(0), std::move(*task))) return false;
  }
  return !database_->failure();
}

std::vector<std::string> SqliteReadTransaction::topics(const std::string& after, std::size_t most) {
  std::vector<std::string> names;
  auto row = database_->query("SELECT name FROM topic WHERE name > ? ORDER BY name LIMIT ?", std::string_view(after),
                              static_cast<std::int64_t>(most));
  while (row.next()) names.emplace_back(row.bytes(0));
  return names;
}

std::size_t SqliteReadTransaction::topic_count() {
  auto row = database_->query("SELECT count(*) FROM topic");
  return row.next() ? static_cast<std::size_t>(row.integer(0)) : 0;
}

std::set<std::string> SqliteReadTransaction::topics_between(Sequence after, Sequence through) {
  std::set<std::string> names;
  auto row = database_->query(
      "SELECT name FROM topic WHERE id IN (SELECT topic_id FROM event NOT INDEXED WHERE seq > ? AND seq <= ?)", after,
      through);
  while (row.next()) names.emplace(row.bytes(0));
  return names;
}

Surplus SqliteReadTransaction::surplus(const std::string& topic, const Keep& keep, std::size_t most) {
  return find_surplus(*database_, topic, keep, most);
}

Sequence SqliteReadTransaction::written_by(SystemTime age) {
  auto row =
      database_->query("SELECT seq FROM mark WHERE age_ms <= ? ORDER BY age_ms DESC, seq DESC LIMIT 1", to_ms(age));
  return row.next() ? row.integer(0) : 0;
}

std::optional<Note> SqliteReadTransaction::last_note() {
  return engine::last_note(*database_);
}

Sequence SqliteReadTransaction::first() {
  auto row = database_->query("SELECT ifnull(min(seq), 0) FROM event");
  return row.next() ? row.integer(0) : 0;
}

Sequence SqliteReadTransaction::up_from(Measure what, Sequence after, std::int64_t bytes) {
  return measure_up(*database_, what, after, bytes).value_or(head_.sequence);
}

Sequence SqliteReadTransaction::down_from_head(Measure what, std::int64_t bytes) {
  return measure_down(*database_, what, bytes).value_or(0);
}

std::int64_t SqliteReadTransaction::bytes() {
  auto row = database_->query("SELECT bytes FROM meta");
  return row.next() ? row.integer(0) : 0;
}

std::optional<Error> SqliteReadTransaction::error() const {
  if (!database_->failure()) return std::nullopt;
  const auto& failure = *database_->failure();
  return Error{Reason::store_failed, failure.message + "; " + std::string(mend_of(trouble_of(failure)))};
}

std::int64_t SqliteReadTransaction::topic_id(const std::string& topic) {
  auto row = database_->query("SELECT id FROM topic WHERE name = ?", std::string_view(topic));
  return row.next() ? row.integer(0) : 0;
}

}  // namespace taskwire::engine
