#include "store/sqlite_event_rows.h"

#include <span>
#include <string>

namespace taskwire::engine {
namespace {

std::string insert(std::size_t rows) {
  std::string sql = "INSERT INTO event (seq, topic_id, key, deletion, at_ms, payload) VALUES ";
  for (std::size_t i = 0; i < rows; ++i) sql.append(i == 0 ? "" : ", ").append("(?, ?, ?, ?, ?, ?)");
  return sql;
}

void run(sqlite::Database& database, const std::string& sql, std::span<const SqliteEventRows::Row> rows) {
  auto query = database.query(sql);
  int index = 0;
  for (const auto& row : rows) {
    query.bind(++index, row.sequence);
    query.bind(++index, row.topic_id);
    query.bind(++index, row.key);
    query.bind(++index, row.deletion);
    query.bind(++index, row.at_ms);
    query.bind(++index, sqlite::Blob{row.payload});
  }
  query.next();
}

}  // namespace

void SqliteEventRows::write() {
  static const auto kOne = insert(1), kAll = insert(kAtOnce);
  const std::span rows(rows_.data(), count_);
  if (count_ == kAtOnce) {
    run(database_, kAll, rows);
  } else {
    for (std::size_t i = 0; i < count_; ++i) run(database_, kOne, rows.subspan(i, 1));
  }
  count_ = 0;
}

}  // namespace taskwire::engine
