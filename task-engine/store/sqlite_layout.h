#pragma once

#include <memory>
#include <string>

#include "base/error.h"
#include "store/sqlite.h"

namespace taskwire::engine {

/// Marks a SQLite file as taskwire's: `twir`, its `application_id`.
constexpr std::int64_t kSqliteApplicationId = 0x74776972;

/// The number of the layout of the log that the file holds, 1 to kSqliteSchema; 0: it is empty. Changes nothing.
/// `CANNOT_START`: it is damaged, is no database, belongs to another program, was made by a newer version of taskwire,
/// or lacks a table.
[[nodiscard]] Result<int> find_layout(sqlite::Database& database, const std::string& path);

/// Opens a log that is there, to read it only, while an engine may be running on it. `CANNOT_START`: there is none, it
/// cannot be read, or is not of this version's layout.
[[nodiscard]] Result<std::unique_ptr<sqlite::Database>> open_log(const std::string& path);

/// Writes an empty log named `epoch` into an empty file, inside the caller's transaction.
void make_log(sqlite::Database& database, const std::string& epoch);

}  // namespace taskwire::engine
