#include "store/sqlite.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

namespace taskwire::engine::sqlite {
namespace {

constexpr int kPrimaryCode = 0xff;
constexpr std::chrono::milliseconds kRestartPatience{20};
constexpr sqlite3_int64 kRenewedAtOnce = 1 << 16;  // bytes; SQLite writes less than 128 KiB at once

/// Whether a file that fails so keeps its `errno` (SQLite's os_unix.c).
bool keeps_errno(int code) {
  switch (code) {
    case SQLITE_IOERR_READ:
    case SQLITE_IOERR_WRITE:
    case SQLITE_IOERR_FSYNC:
    case SQLITE_IOERR_TRUNCATE:
    case SQLITE_IOERR_FSTAT:
    case SQLITE_IOERR_UNLOCK:
    case SQLITE_IOERR_RDLOCK:
    case SQLITE_IOERR_LOCK:
    case SQLITE_IOERR_CHECKRESERVEDLOCK:
      return true;
    default:
      return false;
  }
}

int last_errno(sqlite3* handle, int which) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(handle, nullptr, which, &file) != SQLITE_OK || file == nullptr) return 0;
  int last = 0;
  if (file->pMethods != nullptr) file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &last);
  return last;
}

/// The name by which SQLite reads a file that nobody changes.
std::string unchanging(const std::string& path) {
  std::string uri = "file:";
  for (const char character : path) {
    if (character == '%' || character == '?' || character == '#') {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      const auto byte = static_cast<unsigned char>(character);
      uri.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    } else {
      uri += character;
    }
  }
  return uri + "?immutable=1";
}

/// SQLite takes a null pointer for NULL, whatever the length.
const char* not_null(std::string_view text) {
  return text.data() == nullptr ? "" : text.data();
}

}  // namespace

Query::~Query() {
  if (statement_ == nullptr) return;
  // Where rows were left unread, what the statement writes is committed only now.
  errno = 0;
  if (sqlite3_reset(statement_) != SQLITE_OK && !database_->failure_) database_->fail();
  sqlite3_clear_bindings(statement_);
  home_->push_back(statement_);
}

bool Query::next() {
  if (database_->failure_ || statement_ == nullptr) return false;
  errno = 0;
  const int result = sqlite3_step(statement_);
  if (result == SQLITE_ROW) return true;
  if (result != SQLITE_DONE) {
    database_->fail();
    database_->failed_to_read_ = sqlite3_stmt_readonly(statement_) != 0;
  }
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

Result<std::unique_ptr<Database>> Database::open(const std::string& path, Access access,
                                                 std::chrono::milliseconds patience, const std::string& name) {
  // Its statistics of memory, which nobody reads, take a lock of all threads for each piece.
  [[maybe_unused]] static const int kWithoutStatistics = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  const int flags = access == Access::read_write   ? SQLITE_OPEN_READWRITE
                    : access == Access::unchanging ? SQLITE_OPEN_READONLY | SQLITE_OPEN_URI
                                                   : SQLITE_OPEN_READONLY;
  const auto file = access == Access::unchanging ? unchanging(path) : path;
  sqlite3* handle = nullptr;
  errno = 0;
  const int result = sqlite3_open_v2(file.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Database> database(new Database(handle, name.empty() ? path : name, patience));
  if (result != SQLITE_OK) {
    database->fail();
    return tl::make_unexpected(database->error(Reason::store_failed));
  }
  sqlite3_busy_timeout(handle, static_cast<int>(patience.count()));
  if (access == Access::read_write) {
    sqlite3_wal_hook(handle, after_commit, database.get());
  } else {
    database->leave_log(true);
  }
  return database;
}

Database::~Database() {
  for (const auto& [sql, statements] : idle_) {
    for (auto* const statement : statements) sqlite3_finalize(statement);
  }
  sqlite3_close(handle_);
}

void Database::script(const char* sql) {
  errno = 0;
  if (!failure_ && sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

void Database::require_writable() {
  if (!failure_ && sqlite3_db_readonly(handle_, "main") == 1)
    failure_ = Failure{SQLITE_READONLY, 0, name_ + ": " + sqlite3_errstr(SQLITE_READONLY)};
}

void Database::renew_log() {
  if (failure_) return;
  sqlite3_file* log = nullptr;
  sqlite3_int64 size = 0;
  sqlite3_file_control(handle_, nullptr, SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (log == nullptr || log->pMethods == nullptr) return;
  const auto& methods = *log->pMethods;
  int result = methods.xFileSize(log, &size);
  std::string bytes;
  for (sqlite3_int64 at = 0; at < size && result == SQLITE_OK; at += kRenewedAtOnce) {
    bytes.resize(static_cast<std::size_t>(std::min(kRenewedAtOnce, size - at)));
    const auto count = static_cast<int>(bytes.size());
    result = methods.xRead(log, bytes.data(), count, at);
    if (result == SQLITE_OK) result = methods.xWrite(log, bytes.data(), count, at);
  }
  if (size > 0 && result == SQLITE_OK) result = methods.xSync(log, SQLITE_SYNC_NORMAL);
  if (result != SQLITE_OK) fail_of_log(result);
}

void Database::sync_log() {
  if (failure_) return;
  sqlite3_file* log = nullptr;
  sqlite3_file_control(handle_, nullptr, SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (log == nullptr || log->pMethods == nullptr) return;
  if (const int result = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL); result != SQLITE_OK) fail_of_log(result);
}

void Database::fail_of_log(int result) {
  const int os_error = last_errno(handle_, SQLITE_FCNTL_JOURNAL_POINTER);
  failure_ = Failure{result, os_error, name_ + ": its write-ahead log: " + sqlite3_errstr(result)};
  if (os_error != 0) failure_->message += " (" + std::generic_category().message(os_error) + ')';
  note_sync(result);
}

void Database::fail() {
  failure_ = describe();
  failed_to_read_ = false;
  note_sync(failure_->code);
}

void Database::note_sync(int code) {
  if (code != SQLITE_IOERR_FSYNC && code != SQLITE_IOERR_DIR_FSYNC) return;
  sync_failed_ = true;
  leave_log(true);
  if (tell_failed_sync_) tell_failed_sync_();
}

void Database::leave_log(bool leaves) {
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leaves || sync_failed_ ? 1 : 0, nullptr);
}

void Database::copy_to(const std::string& path) {
  if (failure_) return;
  sqlite3* copy = nullptr;
  int result = sqlite3_open_v2(path.c_str(), &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  if (auto* const backup = result == SQLITE_OK ? sqlite3_backup_init(copy, "main", handle_, "main") : nullptr) {
    (void)sqlite3_backup_step(backup, -1);
    result = sqlite3_backup_finish(backup);
  }
  if (result != SQLITE_OK || sqlite3_errcode(copy) != SQLITE_OK)
    failure_ = Failure{sqlite3_extended_errcode(copy), 0, path + ": " + sqlite3_errmsg(copy)};
  sqlite3_close(copy);
}

sqlite3_stmt* Database::prepare(std::string_view sql, std::vector<sqlite3_stmt*>& idle) {
  if (failure_) return nullptr;
  if (!idle.empty()) {
    auto* const statement = idle.back();
    idle.pop_back();
    return statement;
  }
  sqlite3_stmt* statement = nullptr;
  errno = 0;
  if (sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement,
                         nullptr) != SQLITE_OK) {
    fail();
  }
  return statement;
}

int Database::after_commit(void* self, sqlite3* handle, const char* name, int frames) {
  auto& database = *static_cast<Database*>(self);
  if (frames < database.checkpoints_.frames || database.sync_failed_) return SQLITE_OK;
  errno = 0;
  database.is_checkpointing_ = true;
  const auto now = std::chrono::steady_clock::now();
  // Readers that always overlap would let it grow for ever.
  const bool restarts = frames >= database.checkpoints_.restart_frames && now >= database.next_restart_;
  if (restarts) {
    database.next_restart_ = now + database.checkpoints_.between_restarts;
    sqlite3_busy_timeout(handle, static_cast<int>(kRestartPatience.count()));
  }
  const int result = sqlite3_wal_checkpoint_v2(
      handle, name, restarts ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
  if (restarts) sqlite3_busy_timeout(handle, static_cast<int>(database.patience_.count()));
  if (result == SQLITE_OK || result == SQLITE_BUSY) {
    database.checkpoint_failure_ = std::nullopt;
  } else {
    database.note_sync(sqlite3_extended_errcode(handle));
    if (!database.checkpoint_failure_) {
      database.checkpoint_failure_ = database.describe();
      database.known_errors_ = database.file_errors();
    }
  }
  database.is_checkpointing_ = false;
  return SQLITE_OK;
}

Failure Database::describe() const {
  const int code = sqlite3_extended_errcode(handle_);
  const int os_error = system_error(code);
  Failure failure{code, os_error, name_ + ": " + sqlite3_errmsg(handle_)};
  if (os_error != 0) failure.message += " (" + std::generic_category().message(os_error) + ')';
  return failure;
}

void Database::damaged(const std::string& what) {
  if (failure_) return;
  failure_ = Failure{SQLITE_CORRUPT, 0, name_ + ": " + what};
  failed_to_read_ = true;
}

bool Database::forgive() {
  const bool is_damage = failure_ && failed_to_read_ && trouble_of(*failure_) == Trouble::damaged;
  if (!is_damage || sync_failed_ || sqlite3_get_autocommit(handle_) != 0) return false;
  failure_ = std::nullopt;
  return true;
}

Error Database::error(Reason reason, const std::string& outcome) const {
  return {reason, failure_->message + outcome + "; " + std::string(mend_of(trouble_of(*failure_)))};
}

int Database::system_error(int code) const {
  // Each call begins with an errno of 0, so this one is of the call that failed.
  if ((code & kPrimaryCode) == SQLITE_CANTOPEN || code == SQLITE_IOERR_SHMSIZE) return sqlite3_system_errno(handle_);
  // Of other failures SQLite passes on what may be of another call by now, and nothing at all of a commit. The files
  // know their own, but keep it for ever.
  if (!keeps_errno(code)) return 0;
  const auto now = file_errors();
  if (code == SQLITE_IOERR_WRITE && is_checkpointing_) return now.main;
  if (code == SQLITE_IOERR_WRITE && now.log != 0) return now.log;
  if (now.log != 0 && now.log != known_errors_.log) return now.log;
  return now.main != known_errors_.main ? now.main : 0;
}

Database::FileErrors Database::file_errors() const {
  return {last_errno(handle_, SQLITE_FCNTL_JOURNAL_POINTER), last_errno(handle_, SQLITE_FCNTL_FILE_POINTER)};
}

}  // namespace taskwire::engine::sqlite
