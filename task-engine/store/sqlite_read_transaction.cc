#include "store/sqlite_read_transaction.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/timestamp.h"
#include "resume/topic.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_surplus.h"

namespace taskwire::engine {
namespace {

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
      "SELECT max(meta.trimmed_through, ifnull(max(iif(keyed, topic.deletions_trimmed_through, "
      "topic.trimmed_through)), 0)), max(meta.trimmed_through, ifnull(max(topic.trimmed_through), 0)) "
      "FROM meta LEFT JOIN topic";
  auto row = topic.empty() ? database_->query(kAll) : database_->query(kOne, std::string_view(topic), is_keyed(topic));
  if (!row.next()) return {};
  return {row.integer(0), row.integer(1)};
}

bool SqliteReadTransaction::has_more_than(std::int64_t count, const std::string& topic, Sequence after) {
  constexpr std::string_view kOne = "SELECT 1 FROM event WHERE topic_id = ? AND seq > ? LIMIT 1 OFFSET ?";
  constexpr std::string_view kAny =
      "SELECT 1 FROM topic WHERE keyed AND EXISTS "
      "(SELECT 1 FROM event WHERE topic_id = topic.id AND seq > ? LIMIT 1 OFFSET ?) LIMIT 1";
  auto row =
      topic.empty() ? database_->query(kAny, after, count) : database_->query(kOne, topic_id(topic), after, count);
  return row.next();
}

Sequence SqliteReadTransaction::back(std::size_t events) {
  auto row =
      database_->query("SELECT seq FROM event ORDER BY seq DESC LIMIT 1 OFFSET ?", static_cast<std::int64_t>(events));
  return row.next() ? row.integer(0) : 0;
}

sqlite::Query SqliteReadTransaction::open(const TopicQuery& source, Sequence until) {
  if (source.topic.empty()) {
    switch (source.pick) {
      case Pick::all:
        return database_->query("SELECT seq, payload FROM event WHERE seq > ? AND seq <= ? ORDER BY seq", source.after,
                                until);
      case Pick::keyless:
        return database_->query("SELECT seq, payload FROM event WHERE seq > ? AND seq <= ? AND key = '' ORDER BY seq",
                                source.after, until);
      case Pick::living:
        return database_->query(
            "SELECT seq, payload FROM event WHERE seq > ? AND seq <= ? AND key <> '' "
            "AND seq = (SELECT last_seq FROM task WHERE id = key) ORDER BY seq",
            source.after, until);
      case Pick::latest:
        return database_->query(
            "SELECT seq, payload FROM event WHERE seq > ?1 AND seq <= ?2 AND (key = '' OR deletion "
            "OR seq = (SELECT last_seq FROM task WHERE task.id = event.key) "
            "OR topic_id NOT IN (SELECT id FROM topic WHERE keyed AND (trimmed_through > ?1 OR EXISTS "
            "(SELECT 1 FROM event WHERE topic_id = topic.id AND seq > ?1 LIMIT 1 OFFSET ?3)))) ORDER BY seq",
            source.after, until, source.max_lag);
    }
  }
  const auto topic = topic_id(source.topic);
  if (is_keyed(source.topic) && source.pick == Pick::living) {
    return database_->query(
        "SELECT seq, payload FROM task JOIN event ON seq = last_seq "
        "WHERE task.topic_id = ? AND last_seq > ? AND last_seq <= ? ORDER BY last_seq",
        topic, source.after, until);
  }
  if (is_keyed(source.topic) && source.pick == Pick::latest) {
    return database_->query(
        "SELECT seq, payload FROM event WHERE seq IN "
        "(SELECT last_seq FROM task WHERE topic_id = ?1 AND last_seq > ?2 AND last_seq <= ?3 UNION ALL "
        "SELECT seq FROM event WHERE topic_id = ?1 AND deletion = 1 AND seq > ?2 AND seq <= ?3) ORDER BY seq",
        topic, source.after, until);
  }
  return database_->query("SELECT seq, payload FROM event WHERE topic_id = ? AND seq > ? AND seq <= ? ORDER BY seq",
                          topic, source.after, until);
}

bool SqliteReadTransaction::rows(const std::vector<TopicQuery>& sources, Sequence until, const Visit& visit) {
  struct Stream {
    sqlite::Query query;
    Sequence sequence;
  };
  std::vector<Stream> streams;
  streams.reserve(sources.size());
  for (const auto& source : sources) {
    auto query = open(source, until);
    if (query.next()) {
      const auto first = query.integer(0);
      streams.push_back({std::move(query), first});
    }
  }
  constexpr auto kEnd = std::numeric_limits<Sequence>::max();
  const auto by_sequence = [](const Stream& a, const Stream& b) { return a.sequence < b.sequence; };
  for (;;) {
    const auto next = std::min_element(streams.begin(), streams.end(), by_sequence);
    if (next == streams.end() || next->sequence == kEnd) return !database_->failure();
    auto event = event_of(*database_, next->query.bytes(1), {head_.epoch, next->sequence});
    if (!event || !visit(next->sequence, std::move(*event))) return false;
    next->sequence = next->query.next() ? next->query.integer(0) : kEnd;
  }
}

std::optional<v1::Task> SqliteReadTransaction::task(std::string_view task_id) {
  auto row =
      database_->query("SELECT seq, payload FROM event WHERE seq = (SELECT last_seq FROM task WHERE id = ?)", task_id);
  if (!row.next()) return std::nullopt;
  auto task = task_of(*database_, row.bytes(1), {head_.epoch, row.integer(0)});
  if (task) read_details(*database_, *task);
  return task;
}

std::vector<v1::Task> SqliteReadTransaction::open_tasks() {
  return engine::open_tasks(*database_, head_.epoch);
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
