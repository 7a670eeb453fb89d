#include "store/sqlite_migration.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/timestamp.h"
#include "store/sqlite_schema.h"

namespace taskwire::engine {
namespace {

constexpr std::int64_t kNotes = 512;

/// What a log of before retention lacks. When its events were written is noted as if it had been all along, at so many
/// places.
void to_2(sqlite::Database& database, SystemTime now) {
  database.script(R"sql(
    ALTER TABLE meta ADD COLUMN trimmed_through INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN deletions_trimmed_through INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN bytes INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN noted_age_ms INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE meta ADD COLUMN noted_wall_ms INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX event_update ON event (topic_id) WHERE deletion = 0 AND key <> '';
    CREATE INDEX task_ended ON task (topic_id, last_seq) WHERE state > 3;
    CREATE TABLE mark (
      seq INTEGER PRIMARY KEY,
      age_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX mark_age ON mark (age_ms, seq);
  )sql");
  std::int64_t head = 0;
  {
    auto row = database.query("SELECT head FROM meta");
    if (row.next()) head = row.integer(0);
  }
  std::int64_t latest = 0;
  for (std::int64_t i = 1; i <= kNotes; ++i) {
    const auto through = head / kNotes * i + head % kNotes * i / kNotes;
    auto event = database.query("SELECT seq, at_ms FROM event WHERE seq <= ? ORDER BY seq DESC LIMIT 1", through);
    if (!event.next()) continue;
    latest = std::max(latest, std::min(event.integer(1), to_ms(now)));
    database.run("INSERT OR IGNORE INTO mark (seq, age_ms) VALUES (?, ?)", event.integer(0), latest);
  }
  if (latest > 0) database.run("UPDATE meta SET noted_age_ms = ?1, noted_wall_ms = ?1", latest);
}

/// Past attempts are kept aside, tasks that run are in no index of their last event any more, and the floors of all
/// topics are found by one.
void to_3(sqlite::Database& database, SystemTime /*now*/) {
  database.script(R"sql(
    ALTER TABLE task_detail ADD COLUMN attempts BLOB;
    DROP INDEX task_latest;
    DROP INDEX task_open;
    CREATE INDEX task_waiting ON task (topic_id, last_seq) WHERE state = 1;
    CREATE INDEX task_waiting_ever ON task (last_seq) WHERE state = 1;
    CREATE INDEX task_running ON task (topic_id) WHERE state IN (2, 3);
    CREATE INDEX task_ended_ever ON task (last_seq) WHERE state > 3;
    CREATE INDEX topic_lost ON topic (iif(keyed, deletions_trimmed_through, trimmed_through));
    CREATE INDEX topic_trimmed ON topic (trimmed_through);
  )sql");
}

/// Types and leases of workers outside.
void to_4(sqlite::Database& database, SystemTime /*now*/) {
  database.script(R"sql(
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
  )sql");
}

/// Output of tasks.
void to_5(sqlite::Database& database, SystemTime /*now*/) {
  database.script(R"sql(
    ALTER TABLE meta ADD COLUMN output_bytes INTEGER NOT NULL DEFAULT 0;
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
  )sql");
}

constexpr std::array<void (*)(sqlite::Database&, SystemTime), kSqliteSchema - 1> kSteps = {to_2, to_3, to_4, to_5};

}  // namespace

void migrate(sqlite::Database& database, int from, SystemTime now) {
  for (int layout = from; layout < kSqliteSchema; ++layout) kSteps[static_cast<std::size_t>(layout - 1)](database, now);
  // What is counted in it has changed between layouts.
  static const std::string kCount = std::string("UPDATE meta SET schema = ?, bytes = ") + kSqliteAllBytes;
  database.run(kCount, kSqliteSchema);
}

}  // namespace taskwire::engine
