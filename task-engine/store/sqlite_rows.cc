#include "store/sqlite_rows.h"

#include <string>
#include <utility>

#include "store/logged_event.h"

namespace taskwire::engine {
namespace {

std::optional<v1::Event> parse(sqlite::Database& database, std::string_view payload, const Cursor& cursor) {
  v1::Event event;
  // Every event has a topic, so that a row of nothing is none.
  if (event.ParseFromArray(payload.data(), static_cast<int>(payload.size())) && !event.topic().empty()) return event;
  database.damaged("event " + std::to_string(cursor.sequence) + " is not what was written");
  return std::nullopt;
}

void fill_attempts(sqlite::Database& database, std::string_view bytes, v1::Task& task) {
  v1::Task kept;
  if (!kept.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
    database.damaged("what became of task " + task.task_id() + "'s attempts is not what was written");
  *task.mutable_past_attempts() = std::move(*kept.mutable_past_attempts());
}

}  // namespace

EventPtr event_of(sqlite::Database& database, std::string_view payload, const Cursor& cursor) {
  auto event = parse(database, payload, cursor);
  if (!event) return nullptr;
  place(*event, cursor);
  return std::make_shared<const LoggedEvent>(LoggedEvent{cursor.sequence, event->topic(), std::string(key_of(*event)),
                                                         event->has_task_deleted(), event->SerializeAsString()});
}

std::optional<v1::Task> task_of(sqlite::Database& database, std::string_view payload, const Cursor& cursor) {
  auto event = parse(database, payload, cursor);
  if (event && !event->has_task()) {
    database.damaged("event " + std::to_string(cursor.sequence) + " is no task's, though a task points at it");
    return std::nullopt;
  }
  if (!event) return std::nullopt;
  place(*event, cursor);
  return std::move(*event->mutable_task());
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
    if (!into.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
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

}  // namespace taskwire::engine
