#include "store/sqlite_measure.h"

#include <limits>
#include <string>

#include "store/sqlite_schema.h"

namespace taskwire::engine {
namespace {

/// Places and bytes, between two places.
std::string rows(Measure what, const std::string& order) {
  if (what == Measure::events)
    return "SELECT seq, " + std::string(kSqliteEventBytes) + " FROM event WHERE seq > ?1 AND seq < ?2 ORDER BY seq " +
           order;
  return "SELECT last_seq, (SELECT " + std::string(kSqliteDetailBytes) +
         " FROM task_detail WHERE task_detail.id = task.id) FROM task INDEXED BY task_ended_ever WHERE state > 3 AND "
         "last_seq > ?1 AND last_seq < ?2 ORDER BY last_seq " +
         order;
}

const std::string& up(Measure what) {
  static const std::string kEvents = rows(Measure::events, "ASC");
  static const std::string kTasks = rows(Measure::ended_tasks, "ASC");
  return what == Measure::events ? kEvents : kTasks;
}

const std::string& down(Measure what) {
  static const std::string kEvents = rows(Measure::events, "DESC");
  static const std::string kTasks = rows(Measure::ended_tasks, "DESC");
  return what == Measure::events ? kEvents : kTasks;
}

constexpr auto kBeyond = std::numeric_limits<Sequence>::max();

}  // namespace

std::optional<Sequence> measure_up(sqlite::Database& database, Measure what, Sequence after, std::int64_t bytes) {
  std::int64_t sum = 0;
  auto row = database.query(up(what), after, kBeyond);
  while (row.next()) {
    sum += row.integer(1);
    if (sum >= bytes) return row.integer(0);
  }
  return std::nullopt;
}

std::optional<Sequence> measure_down(sqlite::Database& database, Measure what, std::int64_t bytes) {
  std::int64_t sum = 0;
  auto row = database.query(down(what), Sequence{0}, kBeyond);
  while (row.next()) {
    sum += row.integer(1);
    if (sum > bytes) return row.integer(0);
  }
  return std::nullopt;
}

}  // namespace taskwire::engine
