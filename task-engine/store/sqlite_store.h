#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "store/data_dir.h"
#include "store/sqlite.h"
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
/// checkpoints while another commits. All others are read-only.
class SqliteStore final : public Store {
 public:
  struct Settings {
    std::string data_dir = "./data";
    Durability durability = Durability::full;
    bool new_epoch = false;
    std::string boot_id = machine_boot_id();  ///< Another one after each start of the machine.
    Random random = system_random();
  };

  /// Opens the folder's log, or makes one. The log gets a new name where `new_epoch` asks for it, and where ids that
  /// the last run gave out may have been lost with the machine. `CANNOT_START`: the folder
  /// cannot be taken, or its log not be opened.
  [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> open(Settings settings, const Clock& clock);

  [[nodiscard]] Result<Events> commit(const std::function<void(Transaction&)>& write) override;
  [[nodiscard]] Result<void> reopen() override;
  [[nodiscard]] Result<void> close() override;
  [[nodiscard]] const std::string& epoch() const override { return epoch_; }
  [[nodiscard]] Result<std::unique_ptr<ReadTransaction>> read() override;

  /// Whether the run before this one closed the log in order; true for a new log.
  [[nodiscard]] bool was_closed() const { return was_closed_; }

  /// What tells one start of the machine from another.
  [[nodiscard]] static std::string machine_boot_id();

 private:
  SqliteStore(Settings settings, const Clock& clock, DataDir data_dir);
  Result<void> connect();
  void make_log();
  void check_epoch();
  [[nodiscard]] Error failure(Reason reason, const std::string& hint) const;

  const Settings settings_;
  const Clock& clock_;
  const DataDir data_dir_;
  const std::string path_;
  std::unique_ptr<sqlite::Database> writer_;
  SqliteTransaction::TopicIds topic_ids_;
  Sequence head_ = 0;
  std::string epoch_;
  bool was_closed_ = true;

  std::mutex mutex_;
  std::vector<std::unique_ptr<sqlite::Database>> idle_readers_;
};

}  // namespace taskwire::engine
