#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "resume/cursor.h"
#include "store/sqlite.h"
#include "store/store.h"

namespace taskwire::engine {

/// What rows hold. Where one does not hold what was written there, the database fails, and nothing is answered.

/// The event of a row, as everybody sees it; null where there is none.
[[nodiscard]] EventPtr event_of(sqlite::Database& database, std::string_view payload, const Cursor& cursor,
                                EventKeeper& keeper);

/// The task of a row that holds a task's event.
[[nodiscard]] std::optional<v1::Task> task_of(sqlite::Database& database, std::string_view payload,
                                              const Cursor& cursor);

/// Every task that has not ended, without its details, longest unchanged first.
[[nodiscard]] std::vector<v1::Task> open_tasks(sqlite::Database& database, const std::string& epoch);

/// The leases, without the end of the statement; lease_of reads a row.
inline constexpr auto kSqliteLease =
    "SELECT lease.task_id, token, lease.attempt, worker, next FROM lease "
    "LEFT JOIN output_run ON output_run.task_id = lease.task_id AND output_run.attempt = lease.attempt";
[[nodiscard]] KeptLease lease_of(const sqlite::Query& row);

/// What was noted last, if anything was.
[[nodiscard]] std::optional<Note> last_note(sqlite::Database& database);

/// Fills in the params, result and past attempts of a task.
void read_details(sqlite::Database& database, v1::Task& task);

/// Fills in the past attempts of a task.
void read_past_attempts(sqlite::Database& database, v1::Task& task);

/// Writes the params, result and past attempts of a task, where they are set; answers by how many bytes what is kept of
/// it has grown.
[[nodiscard]] std::int64_t put_details(sqlite::Database& database, const v1::Task& task);

}  // namespace taskwire::engine
