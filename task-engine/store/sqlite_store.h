#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/boot_id.h"
#include "base/clock.h"
#include "base/ids.h"
#include "store/age_clock.h"
#include "store/data_dir.h"
#include "store/file_identity.h"
#include "store/sqlite.h"
#include "store/sqlite_readers.h"
#include "store/sqlite_transaction.h"
#include "store/store.h"

namespace taskwire::engine {

enum class Durability {
  full,    ///< What is committed outlives the machine's fall.
  normal,  ///< What is committed outlives the engine's.
};

/// The embedded store: one SQLite file, `taskwire.db`, in a folder that belongs to one engine at a time.
///
/// One connection does all writes and checkpoints: Debian's SQLite 3.40 can lose commits when one connection
/// checkpoints while another commits. All others are read-only. Errors, but for those of `open`, name files without
/// their folder, since callers get them; the log says where it is. What is written must be in the files of these names:
/// if one was removed or replaced underneath, commits and new readers are refused until it is back, and readers that
/// are open already read on. If another program has written to the log, commits are refused until the next start. A
/// sync that failed is not tried again: all that is open is closed, and what is then found in the files is written
/// anew; until that went well it is not read, for the disk may not have it.
class SqliteStore final : public Store {
 public:
  struct Settings {
    std::string data_dir = "./data";
    Durability durability = Durability::full;
    bool new_epoch = false;
    std::string boot_id = machine_boot_id();  ///< Another one after each start of the machine; empty: not known.
    Random random = system_random();
    sqlite::Database::Checkpoints checkpoints;
    std::int64_t spare_pages = 4096;  ///< What is free beyond these, and is much, goes back to the system.
    std::chrono::milliseconds lock_patience = sqlite::Database::kPatience;  ///< How long to wait for other programs.
  };

  /// Opens the folder's log, or makes one, for its owner alone. The log gets a new name where `new_epoch` asks for it,
  /// and where ids that the last run gave out may have been lost: with the machine, or where a sync failed and the run
  /// did not come to write again what that one left, of which a file beside the log is the mark. A log of today's
  /// layout that can be read, and not be written for want of room or access, is open all the same, if it keeps its
  /// name: commits are refused, which is told in the log, until `reopen` finds that it can be written. `CANNOT_START`:
  /// the folder cannot be taken, or its log not be opened; each cause has its own words and mend, and nothing was
  /// changed. Files that others may read are told in the log.
  [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> open(Settings settings, const Clock& clock);

  [[nodiscard]] Result<Committed> commit(const std::function<void(Transaction&)>& write) override;
  [[nodiscard]] Result<void> reopen() override;
  [[nodiscard]] Result<void> close() override;
  [[nodiscard]] const std::string& epoch() const override { return epoch_; }
  [[nodiscard]] Result<std::unique_ptr<ReadTransaction>> read() override;

  /// Whether it has not been able to write since it was opened.
  [[nodiscard]] bool only_reads() const { return only_reads_; }
  /// Whether the run before this one closed the log in order; true for a new log.
  [[nodiscard]] bool was_closed() const { return was_closed_; }

  /// The log's file; the write-ahead log lies beside it, as `-wal`.
  [[nodiscard]] const std::string& path() const { return path_; }
  /// The log of a data folder.
  [[nodiscard]] static std::string file_in(const std::string& data_dir);

 private:
  static constexpr auto kName = "taskwire.db";
  static constexpr std::chrono::milliseconds kReaderPatience{100};
  static constexpr std::chrono::milliseconds kBetweenTries{500};

  SqliteStore(Settings settings, const Clock& clock, DataDir data_dir);
  Result<void> begin(const std::string& name);
  Result<void> begin_to_read(const Error& why);
  Result<void> begin_after_all();
  void look_for_log();
  Result<void> copy_aside(int layout);
  Result<std::unique_ptr<sqlite::Database>> connect(const std::string& name) const;
  Result<void> set_up(sqlite::Database& writer) const;
  [[nodiscard]] bool needs_new_epoch(sqlite::Query& meta) const;
  void check_epoch();
  [[nodiscard]] bool is_unsynced() const;
  void mark_unsynced() const;
  void clear_unsynced() const;
  void remember_files();
  [[nodiscard]] std::optional<std::string> lost() const;
  void note_checkpoint();
  [[nodiscard]] Error give_up_files(const std::string& what);
  Result<void> start_anew();
  void let_read(bool may_read);
  Result<std::unique_ptr<sqlite::Database>> connect_again() const;
  Result<void> adopt(std::unique_ptr<sqlite::Database> writer);
  [[nodiscard]] Result<void> keep_closed(Error error);

  const Settings settings_;
  const Clock& clock_;
  const DataDir data_dir_;
  const std::string path_;
  // Kept after a failure until another stands: the last one that closes would take the write-ahead log with it, unless
  // a sync failed. Null only while `closed_`.
  std::unique_ptr<sqlite::Database> writer_;
  std::optional<Error> closed_;  // why the writer is of no use
  bool only_reads_ = false;      // since the start
  SteadyTime next_try_;          // to write after all
  bool is_shared_ = false;       // another program has written
  bool may_lie_there_ = false;   // a commit failed and may be in the write-ahead log, where nobody reads it
  bool checkpoints_ = true;
  SqliteTransaction::TopicIds topic_ids_;
  Sequence head_ = 0;
  std::string epoch_;
  bool was_closed_ = true;
  std::optional<AgeClock> age_;  // once it is open

  sqlite::Database::Access access_ = sqlite::Database::Access::read_only;  // of readers; changes while none is there
  mutable std::mutex mutex_;
  FileIdentity files_;
  bool may_read_ = true;  // else what the files hold may not be on the disk
  SqliteReaders readers_;
};

}  // namespace taskwire::engine
