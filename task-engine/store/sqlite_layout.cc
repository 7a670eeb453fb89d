#include "store/sqlite_layout.h"

#include <array>
#include <filesystem>
#include <string_view>
#include <sys/statvfs.h>

#include "store/sqlite_schema.h"

namespace taskwire::engine {
namespace {

struct Table {
  std::string_view name;
  int since = 1;  // the layout that brought it
};
constexpr std::array<Table, 11> kTables = {{{"meta"},
                                            {"topic"},
                                            {"event"},
                                            {"task"},
                                            {"task_detail"},
                                            {"idempotency"},
                                            {"mark", 2},
                                            {"lease", 4},
                                            {"task_type", 4},
                                            {"output_run", 5},
                                            {"output_piece", 5}}};

std::int64_t number(sqlite::Database& database, std::string_view sql) {
  auto row = database.query(sql);
  return row.next() ? row.integer(0) : 0;
}

std::string missing_tables(sqlite::Database& database, int layout) {
  std::string missing;
  for (const auto& [table, since] : kTables) {
    auto row = database.query("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?", table);
    if (since <= layout && !row.next()) missing.append(missing.empty() ? "" : ", ").append(table);
  }
  return missing;
}

}  // namespace

Result<int> find_layout(sqlite::Database& database, const std::string& path) {
  const auto failed = [&] {
    const auto& failure = *database.failure();
    return refuse(Reason::cannot_start, failure.message + "; " + std::string(mend_of(trouble_of(failure))));
  };
  const auto things = number(database, "SELECT count(*) FROM sqlite_schema");
  const auto id = number(database, "PRAGMA application_id");
  // Logs of before there was the mark are known by their table.
  const auto columns = number(database,
                              "SELECT count(*) FROM pragma_table_info('meta') "
                              "WHERE name IN ('schema', 'epoch', 'head', 'boot_id', 'clean', 'durability')");
  if (database.failure()) return failed();
  if (things == 0 && id == 0) return 0;
  if (id != kSqliteApplicationId && (id != 0 || columns != 6))
    return refuse(Reason::cannot_start, path +
                                            ": this SQLite file belongs to another program and was left as it is; "
                                            "choose another folder with --data-dir");
  const auto schema = number(database, "SELECT schema FROM meta");
  if (!database.failure() && (schema < 0 || schema > kSqliteSchema))
    return refuse(Reason::cannot_start, path + ": made by a newer version of taskwire (layout " +
                                            std::to_string(schema) + ", this one knows 1 to " +
                                            std::to_string(kSqliteSchema) +
                                            "); use that version, or another --data-dir");
  const auto layout = static_cast<int>(schema);
  if (const auto missing = missing_tables(database, layout); !missing.empty())
    database.damaged("it lacks the tables " + missing);
  if (schema == 0) database.damaged("its table meta is empty");
  if (database.failure()) return failed();
  return layout;
}

namespace {

/// How to read a log that somebody may be writing. On a disk that cannot be written nobody is, and what was closed in
/// order has no write-ahead log, which could not be made there.
sqlite::Database::Access access_to(const std::string& path) {
  struct statvfs disk {};
  const bool is_read_only = statvfs(path.c_str(), &disk) == 0 && (disk.f_flag & ST_RDONLY) != 0;
  std::error_code none;
  const auto size = std::filesystem::file_size(path + "-wal", none);
  return is_read_only && (none || size == 0) ? sqlite::Database::Access::unchanging
                                             : sqlite::Database::Access::read_only;
}

}  // namespace

Result<std::unique_ptr<sqlite::Database>> open_log(const std::string& path) {
  auto opened = sqlite::Database::open(path, access_to(path));
  if (!opened) return refuse(Reason::cannot_start, opened.error().message);
  const auto layout = find_layout(**opened, path);
  if (!layout) return tl::make_unexpected(layout.error());
  if (*layout == kSqliteSchema) return opened;
  if (*layout == 0) return refuse(Reason::cannot_start, path + ": there is no log in it yet");
  return refuse(Reason::cannot_start, path + ": its layout, " + std::to_string(*layout) +
                                          ", is an older one; start the engine on it once, which brings it to layout " +
                                          std::to_string(kSqliteSchema));
}

void make_log(sqlite::Database& database, const std::string& epoch) {
  database.script(kSqliteTables);
  database.run(
      "INSERT INTO meta (id, schema, epoch, head, boot_id, clean, durability) VALUES (1, ?, ?, 0, '', 1, 'full')",
      kSqliteSchema, std::string_view(epoch));
}

}  // namespace taskwire::engine
