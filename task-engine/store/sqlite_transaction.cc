#include "store/sqlite_transaction.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/timestamp.h"
#include "resume/topic.h"
#include "store/sqlite_output.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_schema.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kMostTopicIds = 10'000;
constexpr std::size_t kAnswersBeside = 10;  // are forgotten with each that is remembered
constexpr std::int64_t kSpareShare = 4;     // of all pages, a quarter
constexpr auto kShrink = "PRAGMA incremental_vacuum(256)";

}  // namespace

/// What to forget of topic ?1, the oldest first and at most ?3: its number, bytes and floors, and then its rows.
struct SqliteTransaction::Trimming {
  Trimming(const std::string& index, const std::string& which, const std::string& deletions_floor) {
    const auto events =
        " FROM event INDEXED BY " + index + " WHERE topic_id = ?1 AND " + which + " ORDER BY seq LIMIT ?3)";
    look = "SELECT count(*), sum(bytes), max(seq), " + deletions_floor + " FROM (SELECT seq, " + kSqliteEventBytes +
           " AS bytes" + events;
    forget = "DELETE FROM event WHERE seq IN (SELECT seq" + events;
  }
  std::string look, forget;
};

SqliteTransaction::SqliteTransaction(sqlite::Database& database, TopicIds& topic_ids, Cursor head, SystemTime now,
                                     SystemTime age, std::int64_t least_spare)
    : database_(database),
      rows_(database),
      topic_ids_(topic_ids),
      head_(std::move(head)),
      now_(now),
      age_(age),
      least_spare_(least_spare),
      time_(to_timestamp(now)),
      time_bytes_(time_.SerializeAsString()),
      settled_{.changes = database.total_changes(), .head = head_.sequence} {}

std::optional<Error> SqliteTransaction::settle() {
  std::optional<Error> failure;
  if (database_.failure() && database_.total_changes() == settled_.changes) {
    auto error = database_.error(Reason::store_failed, "; nothing was written");
    if (database_.forgive()) failure = std::move(error);
  }
  if (failure) {
    // What the part did after that it did in vain. What was there before it was written when it read.
    rows_.clear();
    head_.sequence = settled_.head;
    events_.resize(settled_.events);
    added_bytes_ = settled_.added_bytes;
    freed_ = settled_.freed;
    freed_output_ = settled_.freed_output;
  }
  settled_ = {database_.total_changes(), head_.sequence, events_.size(), added_bytes_, freed_, freed_output_};
  return failure;
}

Cursor SqliteTransaction::append(const NewEvent& event) {
  ++head_.sequence;
  const auto topic = topic_id(event.topic);
  write_logged(event, head_, time_bytes_, written_);
  events_.push_back(keeper_.keep({head_.sequence, event.topic, event.key, event.is_deletion, written_}));
  const auto& logged = *events_.back();
  const auto size = stored_size(event, time_bytes_);
  const bool has_task = !event.task.empty();
  if (has_task) write_stored(event, time_bytes_, written_);
  const auto payload = has_task ? std::string_view(written_) : logged.bytes.substr(0, size);
  rows_.add({head_.sequence, topic, logged.key, logged.is_deletion, to_ms(now_), payload});
  if (rows_.is_full() || has_task) write_rows();
  added_bytes_ += static_cast<std::int64_t>(size) + kSqliteRowBytes;
  return head_;
}

void SqliteTransaction::write_rows() {
  const auto own = events_.size() - settled_.events;
  // Those of the parts before are not this one's.
  settled_.changes += static_cast<std::int64_t>(rows_.waiting() - std::min(rows_.waiting(), own));
  rows_.write();
}

sqlite::Database& SqliteTransaction::database() {
  write_rows();
  return database_;
}

std::optional<v1::Task> SqliteTransaction::task(std::string_view task_id) {
  auto row =
      database().query("SELECT seq, payload FROM event WHERE seq = (SELECT last_seq FROM task WHERE id = ?)", task_id);
  if (!row.next()) return std::nullopt;
  return task_of(database(), row.bytes(1), {head_.epoch, row.integer(0)});
}

bool SqliteTransaction::has_ended(const EndedTask& task) {
  auto row = database().query("SELECT 1 FROM task WHERE id = ? AND state > 3 AND last_seq = ?",
                              std::string_view(task.task_id), task.last);
  return row.next();
}

void SqliteTransaction::add_details(v1::Task& task) {
  read_details(database(), task);
}

void SqliteTransaction::add_past_attempts(v1::Task& task) {
  read_past_attempts(database(), task);
}

void SqliteTransaction::put_task(v1::Task& task) {
  added_bytes_ += put_details(database(), task);
  const std::string_view id = task.task_id();
  v1::Event event;
  event.set_topic(topic_name(TopicKind::tasks, task.user_id()));
  event.set_type("taskUpdate");
  // They are large, so they step aside for the copy.
  auto* const params_aside = task.release_params();
  auto* const result_aside = task.release_result();
  google::protobuf::RepeatedPtrField<v1::Attempt> attempts_aside;
  attempts_aside.Swap(task.mutable_past_attempts());
  *event.mutable_task() = task;
  task.set_allocated_params(params_aside);
  task.set_allocated_result(result_aside);
  attempts_aside.Swap(task.mutable_past_attempts());
  const auto topic = topic_id(event.topic());
  const auto cursor = append(std::move(event));
  database().run("UPDATE task SET last_seq = ?3 WHERE id = ?1 AND state = ?2 AND state <= 3", id, task.state(),
                 cursor.sequence);
  if (!database().failure() && database().changes() == 0) {
    database().run(
        "INSERT INTO task (id, topic_id, state, first_seq, last_seq) VALUES (?1, ?2, ?3, ?4, ?4) "
        "ON CONFLICT (id) DO UPDATE SET state = ?3, last_seq = ?4",
        id, topic, task.state(), cursor.sequence);
  }
  task.set_cursor(to_string(cursor));
  *task.mutable_update_time() = time_;
}

Cursor SqliteTransaction::delete_task(const v1::Task& task) {
  const std::string_view id = task.task_id();
  database().run("DELETE FROM task WHERE id = ?", id);
  static const std::string kForget =
      std::string("DELETE FROM task_detail WHERE id = ? RETURNING ") + kSqliteDetailBytes;
  free_each(database().query(kForget, id));
  freed_output_ += delete_output(database(), id);
  v1::Event event;
  event.set_topic(topic_name(TopicKind::tasks, task.user_id()));
  event.set_type("taskDeleted");
  event.mutable_task_deleted()->set_task_id(task.task_id());
  event.mutable_task_deleted()->set_user_id(task.user_id());
  return append(std::move(event));
}

std::vector<v1::Task> SqliteTransaction::open_tasks() {
  return engine::open_tasks(database(), head_.epoch);
}

void SqliteTransaction::put_lease(const KeptLease& lease) {
  database().run("INSERT OR REPLACE INTO lease (task_id, token, attempt, worker) VALUES (?, ?, ?, ?)",
                 std::string_view(lease.task_id), std::string_view(lease.token), lease.attempt,
                 std::string_view(lease.worker));
}

std::optional<KeptLease> SqliteTransaction::lease(std::string_view task_id) {
  static const std::string kLease = kSqliteLease + std::string(" WHERE lease.task_id = ?");
  auto row = database().query(kLease, task_id);
  if (!row.next()) return std::nullopt;
  return lease_of(row);
}

void SqliteTransaction::delete_lease(std::string_view task_id) {
  database().run("DELETE FROM lease WHERE task_id = ?", task_id);
}

std::optional<OutputRun> SqliteTransaction::output_run(std::string_view task_id, int attempt) {
  return engine::output_run(database(), task_id, attempt);
}

void SqliteTransaction::put_output(std::string_view task_id, const OutputRun& run, std::span<const OutputPiece> pieces,
                                   const OutputLimits& limits) {
  engine::put_output(database(), task_id, run, pieces, limits);
}

void SqliteTransaction::forget_output(std::string_view task_id) {
  freed_output_ += engine::forget_output(database(), task_id);
}

void SqliteTransaction::put_type(const v1::RegisterTypeRequest& type) {
  const auto bytes = type.SerializeAsString();
  database().run("INSERT OR REPLACE INTO task_type (name, type) VALUES (?, ?)", std::string_view(type.type()),
                 sqlite::Blob{bytes});
}

void SqliteTransaction::delete_type(std::string_view name) {
  database().run("DELETE FROM task_type WHERE name = ?", name);
}

std::optional<Remembered> SqliteTransaction::recall(const std::string& scope, const std::string& key) {
  auto row = database().query("SELECT hash, answer FROM idempotency WHERE scope = ? AND key = ? AND expires_ms > ?",
                              std::string_view(scope), std::string_view(key), to_ms(age_));
  if (!row.next()) return std::nullopt;
  return Remembered{std::string(row.bytes(0)), std::string(row.bytes(1))};
}

void SqliteTransaction::remember(const std::string& scope, const std::string& key, const Remembered& remembered,
                                 std::chrono::milliseconds keep) {
  static const std::string kReplaced =
      std::string("DELETE FROM idempotency WHERE scope = ? AND key = ? RETURNING ") + kSqliteAnswerBytes;
  forget_answers(kAnswersBeside);
  free_each(database().query(kReplaced, std::string_view(scope), std::string_view(key)));
  database().run("INSERT INTO idempotency (scope, key, hash, answer, expires_ms) VALUES (?, ?, ?, ?, ?)",
                 std::string_view(scope), std::string_view(key), sqlite::Blob{remembered.request_hash},
                 sqlite::Blob{remembered.answer}, to_ms(age_ + keep));
  added_bytes_ +=
      kSqliteRowBytes +
      static_cast<std::int64_t>(scope.size() + key.size() + remembered.request_hash.size() + remembered.answer.size());
}

std::size_t SqliteTransaction::forget_answers(std::size_t most) {
  static const std::string kForget = std::string(
                                         "DELETE FROM idempotency WHERE (scope, key) IN (SELECT scope, key FROM "
                                         "idempotency WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?) "
                                         "RETURNING ") +
                                     kSqliteAnswerBytes;
  return free_each(database().query(kForget, to_ms(age_), static_cast<std::int64_t>(most)));
}

std::size_t SqliteTransaction::trim(const std::string& topic, Sequence through, Sequence deletions_through,
                                    std::size_t most) {
  static const Trimming kKeyless("event_topic", "seq <= ?2", "0");
  static const Trimming kSuperseded("event_update",
                                    "seq <= ?2 AND deletion = 0 AND key <> '' AND "
                                    "seq <> ifnull((SELECT last_seq FROM task WHERE task.id = event.key), 0)",
                                    "0");
  static const Trimming kDeletions("event_deletion", "seq <= ?2 AND deletion = 1", "max(seq)");
  const auto id = topic_id(topic);
  if (!is_keyed(topic)) return trim(kKeyless, id, through, most);
  const auto count = trim(kSuperseded, id, through, most);
  return count == most ? count : count + trim(kDeletions, id, deletions_through, most - count);
}

std::size_t SqliteTransaction::trim(const Trimming& trimming, std::int64_t topic, Sequence through, std::size_t most) {
  const auto limit = static_cast<std::int64_t>(std::min<std::size_t>(most, std::numeric_limits<std::int64_t>::max()));
  std::int64_t events = 0;
  {
    auto row = database().query(trimming.look, topic, through, limit);
    if (!row.next() || row.integer(0) == 0) return 0;
    events = row.integer(0);
    freed_ += row.integer(1);
    raise_floors(topic, row.integer(2), row.integer(3));
  }
  database().run(trimming.forget, topic, through, limit);
  return static_cast<std::size_t>(events);
}

std::size_t SqliteTransaction::trim(const std::string& topic, std::span<const Sequence> superseded) {
  static const std::string kForget =
      std::string("DELETE FROM event WHERE seq = ? AND topic_id = ? RETURNING ") + kSqliteEventBytes;
  if (superseded.empty()) return 0;
  const auto id = topic_id(topic);
  std::size_t count = 0;
  for (const auto sequence : superseded) count += free_each(database().query(kForget, sequence, id));
  raise_floors(id, superseded.back(), 0);
  return count;
}

void SqliteTransaction::raise_floors(std::int64_t topic, Sequence trimmed, Sequence deletions_trimmed) {
  database().run(
      "UPDATE topic SET trimmed_through = max(trimmed_through, ?2), "
      "deletions_trimmed_through = max(deletions_trimmed_through, ?3) WHERE id = ?1",
      topic, trimmed, deletions_trimmed);
}

/// `deleted` answers the bytes of each row that it deletes.
std::size_t SqliteTransaction::free_each(sqlite::Query deleted) {
  std::size_t count = 0;
  for (; deleted.next(); ++count) freed_ += deleted.integer(0);
  return count;
}

bool SqliteTransaction::forget_topic(const std::string& topic) {
  const std::string_view name = topic;
  database().run(
      "UPDATE meta SET trimmed_through = max(meta.trimmed_through, topic.trimmed_through), "
      "deletions_trimmed_through = max(meta.deletions_trimmed_through, topic.deletions_trimmed_through) FROM topic "
      "WHERE name = ? AND NOT EXISTS (SELECT 1 FROM event WHERE topic_id = topic.id)",
      name);
  database().run("DELETE FROM topic WHERE name = ? AND NOT EXISTS (SELECT 1 FROM event WHERE topic_id = topic.id)",
                 name);
  if (database().failure() || database().changes() == 0) return false;
  topic_ids_.erase(topic);
  return true;
}

void SqliteTransaction::note(const Note& note, SystemTime oldest) {
  database().run("INSERT OR IGNORE INTO mark (seq, age_ms) VALUES (?, ?)", head_.sequence, to_ms(note.age));
  database().run("UPDATE meta SET noted_age_ms = ?, noted_wall_ms = max(noted_wall_ms, ?)", to_ms(note.age),
                 to_ms(note.wall));
  database().run(
      "DELETE FROM mark WHERE seq < (SELECT seq FROM mark WHERE age_ms <= ? ORDER BY age_ms DESC, seq DESC LIMIT 1)",
      to_ms(oldest));
}

bool SqliteTransaction::shrink() {
  std::int64_t spare = 0;
  {
    auto pages = database().query("SELECT freelist_count, page_count FROM pragma_freelist_count, pragma_page_count");
    if (!pages.next()) return false;
    spare = pages.integer(0);
    // What is written next needs some of it again.
    if (spare < least_spare_ || spare < pages.integer(1) / kSpareShare) return false;
  }
  database().script(kShrink);
  auto pages = database().query("SELECT freelist_count FROM pragma_freelist_count");
  return pages.next() && pages.integer(0) < spare;  // a file that was made without auto_vacuum stays as large
}

std::int64_t SqliteTransaction::topic_id(std::string_view topic) {
  if (const auto known = topic_ids_.find(topic); known != topic_ids_.end()) return known->second;
  database().run(
      "INSERT INTO topic (name, keyed, trimmed_through, deletions_trimmed_through) "
      "SELECT ?, ?, trimmed_through, deletions_trimmed_through FROM meta WHERE true ON CONFLICT (name) DO NOTHING",
      topic, is_keyed(topic));
  auto row = database().query("SELECT id FROM topic WHERE name = ?", topic);
  if (!row.next()) return 0;
  if (topic_ids_.size() >= kMostTopicIds) topic_ids_.clear();
  return topic_ids_[std::string(topic)] = row.integer(0);
}

}  // namespace taskwire::engine
