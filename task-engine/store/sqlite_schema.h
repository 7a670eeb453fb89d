#pragma once

namespace taskwire::engine {

/// The layout's number, kept in `meta.schema`.
constexpr int kSqliteSchema = 5;

/// The floors in `meta` are those of all topics without a row, and `bytes` is what all of `event`, `task_detail`
/// and `idempotency` takes. `mark` notes which
/// events were there by when.
/// `event.key` is empty where there is none. A task's state is its last event; its row is what it is found by.
/// `task_detail.attempts` is a Task with nothing but its past attempts; `task_type.type` a RegisterTypeRequest.
/// `output_run` says of each attempt what `OutputRun` does; `output_bytes` is what all of `output_piece` takes.
/// `event_topic` leads to rowids, so it is in order of `seq` too. What an update of a task that runs changes of its
/// row, `last_seq`, is in no index that holds it; few tasks run, and the others are found in its order.
constexpr char kSqliteTables[] = R"sql(
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema INTEGER NOT NULL,
  epoch TEXT NOT NULL,
  head INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  clean INTEGER NOT NULL,
  durability TEXT NOT NULL,
  trimmed_through INTEGER NOT NULL DEFAULT 0,
  deletions_trimmed_through INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  noted_age_ms INTEGER NOT NULL DEFAULT 0,
  noted_wall_ms INTEGER NOT NULL DEFAULT 0,
  output_bytes INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE topic (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  keyed INTEGER NOT NULL,
  trimmed_through INTEGER NOT NULL DEFAULT 0,
  deletions_trimmed_through INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX topic_lost ON topic (iif(keyed, deletions_trimmed_through, trimmed_through));
CREATE INDEX topic_trimmed ON topic (trimmed_through);
CREATE TABLE event (
  seq INTEGER PRIMARY KEY,
  topic_id INTEGER NOT NULL,
  key TEXT NOT NULL,
  deletion INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  payload BLOB NOT NULL
) STRICT;
CREATE INDEX event_topic ON event (topic_id);
CREATE INDEX event_deletion ON event (topic_id) WHERE deletion = 1;
CREATE INDEX event_update ON event (topic_id) WHERE deletion = 0 AND key <> '';
CREATE TABLE task (
  id TEXT PRIMARY KEY,
  topic_id INTEGER NOT NULL,
  state INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX task_newest ON task (topic_id, first_seq);
CREATE INDEX task_waiting ON task (topic_id, last_seq) WHERE state = 1;
CREATE INDEX task_waiting_ever ON task (last_seq) WHERE state = 1;
CREATE INDEX task_running ON task (topic_id) WHERE state IN (2, 3);
CREATE INDEX task_ended ON task (topic_id, last_seq) WHERE state > 3;
CREATE INDEX task_ended_ever ON task (last_seq) WHERE state > 3;
CREATE TABLE task_detail (
  id TEXT PRIMARY KEY,
  params BLOB,
  result BLOB,
  attempts BLOB
) STRICT;
CREATE TABLE lease (
  task_id TEXT PRIMARY KEY,
  token TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  worker TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE task_type (
  name TEXT PRIMARY KEY,
  type BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE output_run (
  task_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  next INTEGER NOT NULL,
  place INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  stdout BLOB NOT NULL,
  stderr BLOB NOT NULL,
  PRIMARY KEY (task_id, attempt)
) STRICT, WITHOUT ROWID;
CREATE TABLE output_piece (
  task_id TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  place INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  text BLOB NOT NULL,
  PRIMARY KEY (task_id, attempt, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE idempotency (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  hash BLOB NOT NULL,
  answer BLOB NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_expiry ON idempotency (expires_ms);
CREATE TABLE mark (
  seq INTEGER PRIMARY KEY,
  age_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX mark_age ON mark (age_ms, seq);
)sql";

/// What a row takes beside what it holds, about: itself, and its places in the indices.
constexpr int kSqliteRowBytes = 100;

// The same in SQL, with what they hold.
constexpr auto kSqliteEventBytes = "(length(payload) + 100)";
constexpr auto kSqliteDetailBytes =
    "(ifnull(length(params), 0) + ifnull(length(result), 0) + ifnull(length(attempts), 0) + 100)";
constexpr auto kSqliteOutputBytes = "max(length(text), 256)";
constexpr auto kSqliteAnswerBytes = "(length(scope) + length(key) + length(hash) + length(answer) + 100)";
constexpr auto kSqliteAllBytes =
    "((SELECT ifnull(sum(length(payload) + 100), 0) FROM event) + "
    "(SELECT ifnull(sum(ifnull(length(params), 0) + ifnull(length(result), 0) + ifnull(length(attempts), 0) + 100), 0) "
    "FROM task_detail) + "
    "(SELECT ifnull(sum(length(scope) + length(key) + length(hash) + length(answer) + 100), 0) FROM idempotency))";

}  // namespace taskwire::engine
