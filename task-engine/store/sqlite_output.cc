#include "store/sqlite_output.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "store/sqlite_schema.h"

namespace taskwire::engine {
namespace {

constexpr std::int64_t kLeastPiece = 256;  // bytes that one counts as, at least: it has a row
constexpr std::int64_t kMostTogether = 4096;
constexpr std::int64_t kLeastPieces = 32;  // that what is kept of a task is made of

OutputRun run_of(const sqlite::Query& row) {
  return {static_cast<int>(row.integer(0)), row.integer(1),           row.integer(2), row.integer(3),
          std::string(row.bytes(4)),        std::string(row.bytes(5))};
}

void count_bytes(sqlite::Database& database, std::int64_t more) {
  if (more != 0) database.run("UPDATE meta SET output_bytes = output_bytes + ?", more);
}

std::int64_t bytes_of(std::size_t text) {
  return std::max<std::int64_t>(static_cast<std::int64_t>(text), kLeastPiece);
}

/// Where the first piece begins that does not lie before `border` in that attempt.
std::int64_t first_behind(sqlite::Database& database, std::string_view task_id, int attempt, std::int64_t border) {
  auto row = database.query(
      "SELECT place, place + length(text) FROM output_piece WHERE task_id = ? AND attempt = ? AND place < ? "
      "ORDER BY place DESC LIMIT 1",
      task_id, attempt, border);
  return row.next() && row.integer(1) > border ? row.integer(0) : border;
}

/// Forgets the oldest pieces of a task, but for the beginning, until it holds no more than it may.
void trim(sqlite::Database& database, std::string_view task_id, const OutputLimits& limits) {
  std::int64_t surplus = 0;
  int first = 0;
  {
    auto row = database.query("SELECT sum(kept), min(attempt) FROM output_run WHERE task_id = ?", task_id);
    if (!row.next()) return;
    surplus = row.integer(0) - limits.all;
    first = static_cast<int>(row.integer(1));
  }
  if (surplus <= 0) return;
  const auto begin = first_behind(database, task_id, first, limits.first);
  std::map<int, std::int64_t> freed;  // by attempt
  std::int64_t all = 0;
  int attempt = 0;
  std::int64_t place = 0;
  {
    static const std::string kNext = std::string("SELECT attempt, place, ") + kSqliteOutputBytes +
                                     " FROM output_piece WHERE task_id = ? AND (attempt, place) >= (?, ?) "
                                     "ORDER BY attempt, place";
    auto row = database.query(kNext, task_id, first, begin);
    while (all < surplus && row.next()) {
      attempt = static_cast<int>(row.integer(0));
      place = row.integer(1);
      freed[attempt] += row.integer(2);
      all += row.integer(2);
    }
  }
  database.run(
      "DELETE FROM output_piece WHERE task_id = ? AND (attempt, place) >= (?, ?) AND (attempt, place) <= (?, ?)",
      task_id, first, begin, attempt, place);
  for (const auto& [of, bytes] : freed)
    database.run("UPDATE output_run SET kept = kept - ? WHERE task_id = ? AND attempt = ?", bytes, task_id, of);
  count_bytes(database, -all);
}

/// Adds the piece to the last one that is kept, where both are of one stream and have room together; answers by how
/// many bytes that has grown.
std::optional<std::int64_t> add_to_last(sqlite::Database& database, std::string_view task_id, const OutputPiece& piece,
                                        const OutputLimits& limits) {
  const auto most = std::min(kMostTogether, limits.all / kLeastPieces);
  if (static_cast<std::int64_t>(piece.text.size()) > most) return std::nullopt;
  std::int64_t place = 0;
  std::string text;
  {
    auto row = database.query(
        "SELECT place, stream, text FROM output_piece WHERE task_id = ? AND attempt = ? ORDER BY place DESC LIMIT 1",
        task_id, piece.attempt);
    if (!row.next()) return std::nullopt;
    place = row.integer(0);
    const auto last = row.bytes(2);
    const auto size = static_cast<std::int64_t>(last.size() + piece.text.size());
    const bool goes_over = place < limits.first && place + size > limits.first;
    const bool goes_on = place + static_cast<std::int64_t>(last.size()) == piece.place &&
                         row.integer(1) == static_cast<int>(piece.stream);
    if (!goes_on || goes_over || size > most) return std::nullopt;
    text = last;
  }
  const auto before = bytes_of(text.size());
  text += piece.text;
  database.run("UPDATE output_piece SET text = ? WHERE task_id = ? AND attempt = ? AND place = ?", sqlite::Blob{text},
               task_id, piece.attempt, place);
  return bytes_of(text.size()) - before;
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
    if (const auto more = add_to_last(database, task_id, piece, limits)) {
      bytes += *more;
      continue;
    }
    database.run("INSERT INTO output_piece (task_id, attempt, place, stream, text) VALUES (?, ?, ?, ?, ?)", task_id,
                 piece.attempt, piece.place, static_cast<int>(piece.stream), sqlite::Blob{piece.text});
    bytes += bytes_of(piece.text.size());
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
    static const std::string kForget =
        std::string("DELETE FROM output_piece WHERE task_id = ? RETURNING ") + kSqliteOutputBytes;
    auto row = database.query(kForget, task_id);
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
