#include "store/sqlite_surplus.h"

#include <algorithm>

#include "resume/topic.h"

namespace taskwire::engine {
namespace {

bool is_there(sqlite::Query row) {
  return row.next();
}

Sequence place(sqlite::Query row) {
  return row.next() ? row.integer(0) : 0;
}

}  // namespace

Surplus find_surplus(sqlite::Database& database, const std::string& topic, const Keep& keep, std::size_t most) {
  Surplus surplus{.topic = topic};
  const auto id = place(database.query("SELECT id FROM topic WHERE name = ?", std::string_view(topic)));
  const auto events = static_cast<std::int64_t>(keep.events);
  const auto newest = place(database.query("SELECT max(seq) FROM event WHERE topic_id = ?", id));
  if (newest == 0) {
    surplus.is_empty = true;
    return surplus;
  }
  const bool has_changed = newest > keep.seen_head;
  const bool may_be_many =
      has_changed && is_there(database.query("SELECT 1 FROM event WHERE topic_id = ? LIMIT 1 OFFSET ?", id, events));
  if (!is_keyed(topic)) {
    if (is_there(database.query("SELECT 1 FROM event WHERE topic_id = ? AND seq <= ? LIMIT 1", id, keep.events_after)))
      surplus.events_through = keep.events_after;
    if (may_be_many) {
      const auto beyond = place(
          database.query("SELECT seq FROM event WHERE topic_id = ? ORDER BY seq DESC LIMIT 1 OFFSET ?", id, events));
      surplus.events_through = std::max(surplus.events_through, beyond);
    }
    return surplus;
  }
  auto after = has_changed ? 0 : keep.seen_after;
  auto through = keep.events_after;
  if (may_be_many) {
    const auto beyond = place(database.query(
        "SELECT seq FROM event INDEXED BY event_update WHERE topic_id = ? AND deletion = 0 AND key <> '' AND "
        "seq <> ifnull((SELECT last_seq FROM task WHERE task.id = event.key), 0) ORDER BY seq DESC LIMIT 1 OFFSET ?",
        id, events));
    if (beyond > 0) after = 0;
    through = std::max(through, beyond);
  }
  const auto limit = static_cast<std::int64_t>(most);
  if (after < through) {
    // The writer is not to look for them: among many tasks that wait few may be superseded.
    auto event = database.query(
        "SELECT seq FROM event INDEXED BY event_update WHERE topic_id = ? AND seq > ? AND seq <= ? AND deletion = 0 "
        "AND key <> '' AND seq <> ifnull((SELECT last_seq FROM task WHERE task.id = event.key), 0) ORDER BY seq LIMIT "
        "?",
        id, after, through, limit);
    while (event.next()) surplus.superseded.push_back(event.integer(0));
    // A deletion is not trimmed before what it deleted.
    surplus.is_cut = surplus.superseded.size() == most;
    if (surplus.is_cut) return surplus;
  }
  if (is_there(database.query(
          "SELECT 1 FROM event INDEXED BY event_deletion WHERE topic_id = ? AND deletion = 1 AND seq <= ? LIMIT 1", id,
          keep.deletions_after)))
    surplus.deletions_through = keep.deletions_after;
  auto tasks_through = keep.tasks_after;
  if (has_changed) {
    const auto beyond =
        place(database.query("SELECT last_seq FROM task WHERE topic_id = ? AND state > 3 ORDER BY last_seq DESC "
                             "LIMIT 1 OFFSET ?",
                             id, static_cast<std::int64_t>(keep.tasks)));
    tasks_through = std::max(tasks_through, beyond);
  }
  auto task = database.query(
      "SELECT id, last_seq FROM task WHERE topic_id = ? AND state > 3 AND last_seq <= ? ORDER BY last_seq LIMIT ?", id,
      tasks_through, limit);
  while (task.next()) surplus.tasks.push_back({std::string(task.bytes(0)), task.integer(1)});
  return surplus;
}

}  // namespace taskwire::engine
