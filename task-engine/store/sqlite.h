#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/error.h"
#include "store/sqlite_failure.h"

namespace taskwire::engine::sqlite {

/// Bytes to bind as a blob.
struct Blob {
  std::string_view bytes;
};

class Database;

/// A statement under way; gives it back to its database for the next use. Not thread-safe.
class Query {
 public:
  /// `home`: where statements of this text that are not under way are kept.
  Query(Database& database, std::vector<sqlite3_stmt*>& home, sqlite3_stmt* statement)
      : database_(&database), home_(&home), statement_(statement) {}
  Query(Query&& other) noexcept
      : database_(other.database_), home_(other.home_), statement_(std::exchange(other.statement_, nullptr)) {}
  Query& operator=(Query&&) = delete;
  ~Query();

  /// Goes to the next row. False at the end, or when the database has failed.
  bool next();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  /// Valid until the next row.
  [[nodiscard]] std::string_view bytes(int column) const;

  /// Sets a parameter, from 1, before the first `next`. Strings and blobs must live as long as the query.
  void bind(int index, std::int64_t value);
  void bind(int index, int value) { bind(index, std::int64_t{value}); }
  void bind(int index, bool value) { bind(index, std::int64_t{value}); }
  void bind(int index, std::string_view value);
  void bind(int index, Blob value);

 private:
  friend class Database;
  Database* database_;
  std::vector<sqlite3_stmt*>* home_;
  sqlite3_stmt* statement_;
};

/// A connection. The first failure stays: from there on nothing is done, and `failure` says what it was.
/// Not thread-safe.
class Database {
 public:
  enum class Access {
    read_only,
    read_write,
    unchanging,  ///< To read only, while nobody writes: without locks, and without a write-ahead log.
  };

  static constexpr std::chrono::milliseconds kPatience{5000};

  /// Opens the file, which has to be there; an empty one is an empty database. Waits for at most `patience` where
  /// another program holds it. What fails is told of `name`; empty: of the path. `STORE_FAILED`.
  [[nodiscard]] static Result<std::unique_ptr<Database>> open(const std::string& path, Access access,
                                                              std::chrono::milliseconds patience = kPatience,
                                                              const std::string& name = "");
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database();

  /// Begins a statement. `sql` must live as long as the database (a literal): it is prepared once. Parameters are read
  /// before the first `next`; strings and blobs must live as long as the query.
  template <class... Values>
  [[nodiscard]] Query query(std::string_view sql, const Values&... values) {
    auto& idle = idle_[sql];
    Query query(*this, idle, prepare(sql, idle));
    [[maybe_unused]] int index = 0;
    (query.bind(++index, values), ...);
    return query;
  }
  /// Runs a statement that answers nothing.
  template <class... Values>
  void run(std::string_view sql, const Values&... values) {
    query(sql, values...).next();
  }
  /// Runs several statements, parted by semicolons.
  void script(const char* sql);

  /// Fails, if the file was opened to write it and can only be read.
  void require_writable();

  /// Writes the write-ahead log over itself and syncs it, so that the disk has what is read of it, also where an
  /// earlier sync failed, perhaps another program's: the system takes for written what it could not write.
  void renew_log();
  /// Syncs the write-ahead log, so that the disk has what is read of it, unless an earlier sync failed. Needs no access
  /// to write.
  void sync_log();

  /// Calls `tell` when a sync fails, before anything else is done. For good, and not during another call of `tell`.
  void on_failed_sync(std::function<void()> tell) { tell_failed_sync_ = std::move(tell); }
  /// When the write-ahead log is moved into the file, which takes up its pages.
  struct Checkpoints {
    int frames = 1000;            ///< After so many, as SQLite does by itself, but without a word where that fails.
    int restart_frames = 16'384;  ///< 64 MiB; from there on it is also begun anew, for which readers are waited for.
    std::chrono::milliseconds between_restarts{1000};
  };
  void checkpoint_at(const Checkpoints& checkpoints) { checkpoints_ = checkpoints; }

  /// Whether the destructor leaves the write-ahead log as it is, as it always does after a sync failed; otherwise the
  /// last connection moves it into the file.
  void leave_log(bool leaves);

  /// Copies everything that is committed into the empty file at `path`, as it is at one moment. If that fails, this
  /// database has failed.
  void copy_to(const std::string& path);

  /// What kept the last try from moving the write-ahead log into the file, if anything did. Commits go on meanwhile,
  /// and the write-ahead log grows.
  [[nodiscard]] const std::optional<Failure>& checkpoint_failure() const { return checkpoint_failure_; }
  /// Whether a sync failed. Nothing that was not synced by then is on the disk for sure, and no later sync says that it
  /// is; so nothing is moved into the file any more, also not by the destructor. All connections have to go before one
  /// opens anew, which then finds out what there is.
  [[nodiscard]] bool sync_failed() const { return sync_failed_; }
  /// How many rows the last statement changed.
  [[nodiscard]] std::int64_t changes() const { return sqlite3_changes64(handle_); }
  /// What fails is told of `name` from now on.
  void call_it(std::string name) { name_ = std::move(name); }
  /// How many rows all statements changed so far.
  [[nodiscard]] std::int64_t total_changes() const { return sqlite3_total_changes64(handle_); }
  /// Takes back a failure that was one of reading alone, of rows that are not what was written: what was read counts
  /// for nothing, and the transaction under way goes on. False where it was another, or the transaction is over.
  [[nodiscard]] bool forgive();
  /// Gives up the transaction under way, if there is one, also after a failure.
  void roll_back() { sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr); }
  /// Fails, since what was read cannot be what was written. `what` says it for people.
  void damaged(const std::string& what);

  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
  /// The failure that there is, with what came of it and how to mend it.
  [[nodiscard]] Error error(Reason reason, const std::string& outcome = "") const;

 private:
  friend class Query;
  /// The last `errno` of each of its files, which stays until the next one of that file.
  struct FileErrors {
    int log = 0;  // the write-ahead log's
    int main = 0;
  };

  Database(sqlite3* handle, std::string name, std::chrono::milliseconds patience)
      : handle_(handle), name_(std::move(name)), patience_(patience) {}
  sqlite3_stmt* prepare(std::string_view sql, std::vector<sqlite3_stmt*>& idle);
  void fail();
  void fail_of_log(int result);
  void note_sync(int code);
  static int after_commit(void* self, sqlite3* handle, const char* name, int frames);
  [[nodiscard]] Failure describe() const;
  [[nodiscard]] int system_error(int code) const;
  [[nodiscard]] FileErrors file_errors() const;

  sqlite3* handle_;
  std::string name_;
  const std::chrono::milliseconds patience_;
  std::chrono::steady_clock::time_point next_restart_;
  Checkpoints checkpoints_;
  std::function<void()> tell_failed_sync_;
  bool is_checkpointing_ = false;
  bool sync_failed_ = false;
  FileErrors known_errors_;  // of what has been told already
  std::optional<Failure> failure_;
  bool failed_to_read_ = false;  // and wrote nothing by that
  std::optional<Failure> checkpoint_failure_;
  std::unordered_map<std::string_view, std::vector<sqlite3_stmt*>> idle_;  // prepared statements by their text
};

}  // namespace taskwire::engine::sqlite
