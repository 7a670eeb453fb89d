#include "store/sqlite_rows.h"

#include <string>
#include <utility>

#include "base/wire.h"
#include "store/logged_event.h"
#include "store/plain_event.h"
#include "store/sqlite_schema.h"

namespace taskwire::engine {
namespace {

bool parse(sqlite::Database& database, std::string_view payload, const Cursor& cursor, v1::Event& event) {
  // Every event has a topic, so that a row of nothing is none.
  if (read_message(payload, event) && !event.topic().empty()) return true;
  database.damaged("event " + std::to_string(cursor.sequence) + " is not what was written");
  return false;
}

void fill_attempts(sqlite::Database& database, std::string_view bytes, v1::Task& task) {
  v1::Task kept;
  if (!read_message(bytes, kept))
    database.damaged("what became of task " + task.task_id() + "'s attempts is not what was written");
  *task.mutable_past_attempts() = std::move(*kept.mutable_past_attempts());
}

std::int64_t detail_bytes(sqlite::Database& database, std::string_view task_id) {
  static const std::string kBytes = std::string("SELECT ") + kSqliteDetailBytes + " FROM task_detail WHERE id = ?";
  auto row = database.query(kBytes, task_id);
  return row.next() ? row.integer(0) : 0;
}

void write_details(sqlite::Database& database, const v1::Task& task) {
  const auto params = task.params().SerializeAsString();
  const auto result = task.result().SerializeAsString();
  const std::string_view id = task.task_id();
  if (task.has_params())
    database.run("INSERT INTO task_detail (id, params) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET params = ?2", id,
                 sqlite::Blob{params});
  if (task.has_result())
    database.run("INSERT INTO task_detail (id, result) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET result = ?2", id,
                 sqlite::Blob{result});
  if (task.past_attempts().empty()) return;
  v1::Task kept;
  *kept.mutable_past_attempts() = task.past_attempts();
  const auto attempts = kept.SerializeAsString();
  database.run("INSERT INTO task_detail (id, attempts) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET attempts = ?2",
               id, sqlite::Blob{attempts});
}

}  // namespace

EventPtr event_of(sqlite::Database& database, std::string_view payload, const Cursor& cursor, EventKeeper& keeper) {
  std::string written;
  if (const auto plain = plain_event(payload)) {
    write_logged(payload, *plain, cursor, written);
    return keeper.keep({cursor.sequence, plain->topic, plain->key, plain->is_deletion, written});
  }
  v1::Event event;
  if (!parse(database, payload, cursor, event)) return nullptr;
  place(event, cursor);
  event.AppendToString(&written);
  return keeper.keep({cursor.sequence, event.topic(), key_of(event), event.has_task_deleted(), written});
}

std::optional<v1::Task> task_of(sqlite::Database& database, std::string_view payload, const Cursor& cursor) {
  v1::Event event;
  if (!parse(database, payload, cursor, event)) return std::nullopt;
  if (!event.has_task()) {
    database.damaged("event " + std::to_string(cursor.sequence) + " is no task's, though a task points at it");
    return std::nullopt;
  }
  place(event, cursor);
  return std::move(*event.mutable_task());
}

std::vector<v1::Task> open_tasks(sqlite::Database& database, const std::string& epoch) {
  std::vector<v1::Task> tasks;
  auto row = database.query(
      "SELECT seq, payload FROM event WHERE seq IN (SELECT last_seq FROM task WHERE state = 1 UNION ALL "
      "SELECT last_seq FROM task WHERE state IN (2, 3)) ORDER BY seq");
  while (row.next()) {
    auto task = task_of(database, row.bytes(1), {epoch, row.integer(0)});
    if (task) tasks.push_back(std::move(*task));
  }
  return tasks;
}

KeptLease lease_of(const sqlite::Query& row) {
  return {std::string(row.bytes(0)), std::string(row.bytes(1)), static_cast<int>(row.integer(2)),
          std::string(row.bytes(3)), row.integer(4)};
}

std::optional<Note> last_note(sqlite::Database& database) {
  auto row = database.query("SELECT noted_age_ms, noted_wall_ms FROM meta WHERE noted_age_ms > 0");
  if (!row.next()) return std::nullopt;
  return Note{SystemTime(std::chrono::milliseconds(row.integer(0))),
              SystemTime(std::chrono::milliseconds(row.integer(1)))};
}

void read_details(sqlite::Database& database, v1::Task& task) {
  auto row =
      database.query("SELECT params, result, attempts FROM task_detail WHERE id = ?", std::string_view(task.task_id()));
  if (!row.next()) return;
  const auto fill = [&](std::string_view bytes, google::protobuf::Struct& into) {
    if (!read_message(bytes, into))
      database.damaged("what task " + task.task_id() + " was given or answered is not what was written");
  };
  if (!row.is_null(0)) fill(row.bytes(0), *task.mutable_params());
  if (!row.is_null(1)) fill(row.bytes(1), *task.mutable_result());
  if (!row.is_null(2)) fill_attempts(database, row.bytes(2), task);
}

void read_past_attempts(sqlite::Database& database, v1::Task& task) {
  auto row = database.query("SELECT attempts FROM task_detail WHERE id = ?", std::string_view(task.task_id()));
  if (row.next() && !row.is_null(0)) fill_attempts(database, row.bytes(0), task);
}

std::int64_t put_details(sqlite::Database& database, const v1::Task& task) {
  if (!task.has_params() && !task.has_result() && task.past_attempts().empty()) return 0;
  const auto before = detail_bytes(database, task.task_id());
  write_details(database, task);
  return detail_bytes(database, task.task_id()) - before;
}

}  // namespace taskwire::engine
