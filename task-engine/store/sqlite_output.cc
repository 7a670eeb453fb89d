#include "store/sqlite_output.h"

#include <algorithm>
#include <string>
#include <utility>

namespace taskwire::engine {
namespace {

OutputRun run_of(const sqlite::Query& row) {
  return {static_cast<int>(row.integer(0)), row.integer(1),           row.integer(2), row.integer(3),
          std::string(row.bytes(4)),        std::string(row.bytes(5))};
}

void count_bytes(sqlite::Database& database, std::int64_t more) {
  if (more != 0) database.run("UPDATE meta SET output_bytes = output_bytes + ?", more);
}

/// Forgets the oldest pieces of a task, but for the beginning, until it holds no more than it may.
void trim(sqlite::Database& database, std::string_view task_id, const OutputLimits& limits) {
  std::int64_t kept = 0;
  int first = 0;
  {
    auto row = database.query("SELECT sum(kept), min(attempt) FROM output_run WHERE task_id = ?", task_id);
    if (!row.next()) return;
    kept = row.integer(0);
    first = static_cast<int>(row.integer(1));
  }
  std::int64_t freed = 0;
  while (kept - freed > limits.all) {
    int attempt = 0;
    std::int64_t place = 0;
    std::int64_t bytes = 0;
    {
      auto row = database.query(
          "SELECT attempt, place, length(text) FROM output_piece WHERE task_id = ? AND "
          "(attempt > ? OR place + length(text) > ?) ORDER BY attempt, place LIMIT 1",
          task_id, first, limits.first);
      if (!row.next()) break;
      attempt = static_cast<int>(row.integer(0));
      place = row.integer(1);
      bytes = row.integer(2);
    }
    database.run("DELETE FROM output_piece WHERE task_id = ? AND attempt = ? AND place = ?", task_id, attempt, place);
    database.run("UPDATE output_run SET kept = kept - ? WHERE task_id = ? AND attempt = ?", bytes, task_id, attempt);
    freed += bytes;
  }
  count_bytes(database, -freed);
}

}  // namespace

std::vector<OutputRun> output_runs(sqlite::Database& database, std::string_view task_id) {
  std::vector<OutputRun> runs;
  auto row = database.query(
      "SELECT attempt, next, place, kept, stdout, stderr FROM output_run WHERE task_id = ? ORDER BY attempt", task_id);
  while (row.next()) runs.push_back(run_of(row));
  return runs;
}

std::optional<OutputRun> output_run(sqlite::Database& database, std::string_view task_id, int attempt) {
  auto row = database.query(
      "SELECT attempt, next, place, kept, stdout, stderr FROM output_run WHERE task_id = ? AND attempt = ?", task_id,
      attempt);
  if (!row.next()) return std::nullopt;
  return run_of(row);
}

void visit_output(sqlite::Database& database, std::string_view task_id, int attempt, std::int64_t place,
                  const ReadTransaction::VisitOutput& visit) {
  auto row = database.query(
      "SELECT place, stream, text FROM output_piece WHERE task_id = ?1 AND attempt = ?2 AND place >= "
      "ifnull((SELECT max(place) FROM output_piece WHERE task_id = ?1 AND attempt = ?2 AND place <= ?3), 0) "
      "ORDER BY place",
      task_id, attempt, place);
  while (row.next()) {
    OutputPiece piece{attempt, row.integer(0), v1::OUTPUT_STREAM_STDOUT, std::string(row.bytes(2))};
    if (row.integer(1) == v1::OUTPUT_STREAM_STDERR) piece.stream = v1::OUTPUT_STREAM_STDERR;
    if (piece.place + static_cast<std::int64_t>(piece.text.size()) > place && !visit(std::move(piece))) return;
  }
}

std::vector<EndedTask> ended_with_output(sqlite::Database& database, std::size_t most) {
  std::vector<EndedTask> tasks;
  auto row = database.query(
      "SELECT id, last_seq FROM task INDEXED BY task_ended_ever WHERE state > 3 AND EXISTS "
      "(SELECT 1 FROM output_piece WHERE task_id = id) ORDER BY last_seq LIMIT ?",
      static_cast<std::int64_t>(most));
  while (row.next()) tasks.push_back({std::string(row.bytes(0)), row.integer(1)});
  return tasks;
}

void put_output(sqlite::Database& database, std::string_view task_id, const OutputRun& run,
                std::span<const OutputPiece> pieces, const OutputLimits& limits) {
  std::int64_t bytes = 0;
  for (const auto& piece : pieces) {
    database.run("INSERT INTO output_piece (task_id, attempt, place, stream, text) VALUES (?, ?, ?, ?, ?)", task_id,
                 piece.attempt, piece.place, static_cast<int>(piece.stream), sqlite::Blob{piece.text});
    bytes += static_cast<std::int64_t>(piece.text.size());
  }
  database.run(
      "INSERT INTO output_run (task_id, attempt, next, place, kept, stdout, stderr) VALUES (?1, ?2, ?3, ?4, ?5, ?6, "
      "?7) "
      "ON CONFLICT (task_id, attempt) DO UPDATE SET next = ?3, place = ?4, kept = kept + ?5, stdout = ?6, "
      "stderr = ?7",
      task_id, run.attempt, run.next, run.place, bytes, sqlite::Blob{run.out}, sqlite::Blob{run.err});
  count_bytes(database, bytes);
  trim(database, task_id, limits);
}

std::int64_t forget_output(sqlite::Database& database, std::string_view task_id) {
  std::int64_t freed = 0;
  {
    auto row = database.query("DELETE FROM output_piece WHERE task_id = ? RETURNING length(text)", task_id);
    while (row.next()) freed += row.integer(0);
  }
  if (freed > 0) database.run("UPDATE output_run SET kept = 0 WHERE task_id = ?", task_id);
  count_bytes(database, -freed);
  return freed;
}

std::int64_t delete_output(sqlite::Database& database, std::string_view task_id) {
  const auto freed = forget_output(database, task_id);
  database.run("DELETE FROM output_run WHERE task_id = ?", task_id);
  return freed;
}

}  // namespace taskwire::engine
