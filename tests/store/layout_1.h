#pragma once

namespace taskwire::engine {

/// A log of the first layout, as an engine of then left it: two topics, a task that ended, one that runs, and a floor.
constexpr char kLayout1[] = R"sql(
PRAGMA application_id = 1953982834;
PRAGMA auto_vacuum = INCREMENTAL;
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  schema INTEGER NOT NULL,
  epoch TEXT NOT NULL,
  head INTEGER NOT NULL,
  boot_id TEXT NOT NULL,
  clean INTEGER NOT NULL,
  durability TEXT NOT NULL
) STRICT;
CREATE TABLE topic (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  keyed INTEGER NOT NULL,
  trimmed_through INTEGER NOT NULL DEFAULT 0,
  deletions_trimmed_through INTEGER NOT NULL DEFAULT 0
) STRICT;
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
CREATE TABLE task (
  id TEXT PRIMARY KEY,
  topic_id INTEGER NOT NULL,
  state INTEGER NOT NULL,
  first_seq INTEGER NOT NULL,
  last_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX task_latest ON task (topic_id, last_seq);
CREATE INDEX task_newest ON task (topic_id, first_seq);
CREATE INDEX task_open ON task (last_seq) WHERE state <= 3;
CREATE TABLE task_detail (
  id TEXT PRIMARY KEY,
  params BLOB,
  result BLOB
) STRICT;
CREATE TABLE idempotency (
  scope TEXT NOT NULL,
  key TEXT NOT NULL,
  hash BLOB NOT NULL,
  answer BLOB NOT NULL,
  expires_ms INTEGER NOT NULL,
  PRIMARY KEY (scope, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_expiry ON idempotency (expires_ms);
INSERT INTO meta VALUES (1, 1, 'abcd1234', 6, 'boot', 1, 'full');
INSERT INTO topic VALUES (1, 'channels/x', 0, 1, 0), (2, 'tasks/alice', 1, 0, 0);
INSERT INTO event VALUES
  (2, 1, '', 0, 1800000000000, x'120a6368616e6e656c732f783a0178'),
  (3, 2, 't1', 0, 1800000001000, x'120b7461736b732f616c6963651a0a7461736b5570646174652a0d0a0274311205616c6963653001'),
  (4, 2, 't1', 0, 1800000002000, x'120b7461736b732f616c6963651a0a7461736b5570646174652a0d0a0274311205616c6963653004'),
  (5, 2, 't2', 0, 1800000003000, x'120b7461736b732f616c6963651a0a7461736b5570646174652a0d0a0274321205616c6963653002'),
  (6, 1, '', 0, 1700000000000, x'120a6368616e6e656c732f783a0178');
INSERT INTO task VALUES ('t1', 2, 4, 3, 4), ('t2', 2, 2, 5, 5);
)sql";

}  // namespace taskwire::engine
