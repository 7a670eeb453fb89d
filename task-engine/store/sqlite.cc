#include "store/sqlite.h"

#include <utility>

namespace taskwire::engine::sqlite {
namespace {

constexpr int kBusyTimeoutMs = 5000;

/// SQLite takes a null pointer for NULL, whatever the length.
const char* not_null(std::string_view text) {
  return text.data() == nullptr ? "" : text.data();
}

}  // namespace

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  database_->idle_[sql_].push_back(statement_);
}

bool Query::next() {
  if (database_->failure_ || statement_ == nullptr) return false;
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) database_->fail();
  return false;
}

std::int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Query::bytes(int column) const {
  const auto* const data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

void Query::bind(int index, std::int64_t value) {
  if (statement_ != nullptr) sqlite3_bind_int64(statement_, index, value);
}

void Query::bind(int index, std::string_view value) {
  if (statement_ == nullptr) return;
  sqlite3_bind_text64(statement_, index, not_null(value), value.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Query::bind(int index, Blob value) {
  if (statement_ == nullptr) return;
  sqlite3_bind_blob64(statement_, index, not_null(value.bytes), value.bytes.size(), SQLITE_STATIC);
}

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Access access) {
  const int flags = access == Access::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int result = sqlite3_open_v2(path.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Database> database(new Database(handle, path));
  if (result != SQLITE_OK) return refuse(Reason::store_failed, path + ": " + sqlite3_errmsg(handle));
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  return database;
}

Database::~Database() {
  for (const auto& [sql, statements] : idle_) {
    for (auto* const statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close(handle_);
}

void Database::script(const char* sql) {
  if (!failure_ && sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

sqlite3_stmt* Database::prepare(std::string_view sql) {
  if (failure_) return nullptr;
  if (auto& idle = idle_[sql]; !idle.empty()) {
    auto* const statement = idle.back();
    idle.pop_back();
    return statement;
  }
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement,
                         nullptr) != SQLITE_OK) {
    fail();
  }
  return statement;
}

void Database::fail() {
  failure_ = path_ + ": " + sqlite3_errmsg(handle_);
}

}  // namespace taskwire::engine::sqlite
