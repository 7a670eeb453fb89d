#include "store/sqlite_rows.h"

#include <string>
#include <utility>

#include "store/event_row.h"

namespace taskwire::engine {

std::optional<v1::Event> event_of(sqlite::Database& database, std::string_view payload, const Cursor& cursor) {
  v1::Event event;
  // Every event has a topic, so that a row of nothing is none.
  if (!event.ParseFromArray(payload.data(), static_cast<int>(payload.size())) || event.topic().empty()) {
    database.damaged("event " + std::to_string(cursor.sequence) + " is not what was written");
    return std::nullopt;
  }
  place(event, cursor);
  return event;
}

std::optional<v1::Task> task_of(sqlite::Database& database, std::string_view payload, const Cursor& cursor) {
  auto event = event_of(database, payload, cursor);
  if (event && !event->has_task()) {
    database.damaged("event " + std::to_string(cursor.sequence) + " is no task's, though a task points at it");
    return std::nullopt;
  }
  return event ? std::optional(std::move(*event->mutable_task())) : std::nullopt;
}

std::vector<v1::Task> open_tasks(sqlite::Database& database, const std::string& epoch) {
  std::vector<v1::Task> tasks;
  auto row = database.query(
      "SELECT event.seq, payload FROM task JOIN event ON event.seq = last_seq WHERE state <= 3 ORDER BY last_seq");
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
  auto row = database.query("SELECT params, result FROM task_detail WHERE id = ?", std::string_view(task.task_id()));
  if (!row.next()) return;
  const auto fill = [&](std::string_view bytes, google::protobuf::Struct& into) {
    if (!into.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())))
      database.damaged("what task " + task.task_id() + " was given or answered is not what was written");
  };
  if (!row.is_null(0)) fill(row.bytes(0), *task.mutable_params());
  if (!row.is_null(1)) fill(row.bytes(1), *task.mutable_result());
}

}  // namespace taskwire::engine
