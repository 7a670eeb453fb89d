#include "store/sqlite_store.h"

#include <algorithm>
#include <filesystem>
#include <spdlog/spdlog.h>
#include <utility>

#include "store/private_files.h"
#include "store/sqlite_file.h"
#include "store/sqlite_layout.h"
#include "store/sqlite_migration.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_schema.h"

namespace taskwire::engine {
namespace {

constexpr auto kName = "taskwire.db";
constexpr auto kMoved = "; move it back, or stop the engine and start it on a folder that is whole";
constexpr std::chrono::milliseconds kReaderPatience{100};
constexpr auto kSaved = "; all that was committed is in taskwire.db: start the engine again";

std::string_view durability_name(Durability durability) {
  return durability == Durability::full ? "full" : "normal";
}

/// The error that says what stopped `database`, and how to mend it.
Error failure_of(const sqlite::Database& database, Reason reason, const std::string& outcome = "") {
  const auto& failure = *database.failure();
  return {reason, failure.message + outcome + "; " + std::string(mend_of(trouble_of(failure)))};
}

}  // namespace

std::string SqliteStore::file_in(const std::string& data_dir) {
  return data_dir + '/' + kName;
}

SqliteStore::SqliteStore(Settings settings, const Clock& clock, DataDir data_dir)
    : settings_(std::move(settings)), clock_(clock), data_dir_(std::move(data_dir)), path_(data_dir_.file(kName)) {}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(Settings settings, const Clock& clock) {
  auto data_dir = DataDir::take(settings.data_dir);
  if (!data_dir) return tl::make_unexpected(data_dir.error());
  std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(settings), clock, std::move(*data_dir)));
  if (auto provided = provide_sqlite_file(store->path_); !provided) return tl::make_unexpected(provided.error());
  auto connected = store->connect(store->path_);
  if (!connected) return refuse(Reason::cannot_start, connected.error().message);
  store->writer_ = std::move(*connected);
  auto& writer = *store->writer_;
  const auto layout = find_layout(writer, store->path_);
  if (!layout) return tl::make_unexpected(layout.error());
  if (*layout == 0) writer.script("PRAGMA auto_vacuum = INCREMENTAL");
  if (auto ready = store->set_up(writer); !ready) return refuse(Reason::cannot_start, ready.error().message);
  writer.renew_log();
  const bool is_old = *layout > 0 && *layout < kSqliteSchema;
  if (is_old) {
    if (auto copied = store->copy_aside(*layout); !copied) return tl::make_unexpected(copied.error());
  }
  // The epoch and the mark of an unclean end must not be lost with the machine, whatever the durability.
  writer.script("PRAGMA synchronous = FULL; BEGIN IMMEDIATE;");
  if (*layout == 0) make_log(writer, make_epoch(store->settings_.random));
  if (is_old) migrate(writer, *layout, clock.now());
  writer.script(("PRAGMA application_id = " + std::to_string(kSqliteApplicationId)).c_str());
  store->check_epoch();
  store->age_.emplace(clock, clock.steady(), last_note(writer));
  writer.script("COMMIT");
  if (store->settings_.durability == Durability::normal) writer.script("PRAGMA synchronous = NORMAL");
  if (writer.failure()) return tl::make_unexpected(failure_of(writer, Reason::cannot_start));
  writer.call_it(kName);
  writer.leave_log(false);
  store->remember_files();
  spdlog::info("the log is {}", store->path_);
  return store;
}

Result<void> SqliteStore::copy_aside(int layout) {
  const auto copy = path_ + ".layout-" + std::to_string(layout);
  std::error_code error;
  std::filesystem::remove(copy, error);  // of a start that did not come to its end
  if (auto made = make_private_file(copy); !made) return made;
  writer_->copy_to(copy);
  if (!writer_->failure()) {
    spdlog::info("{} is brought to a new layout; as it was it stays in {}, which can be removed", path_, copy);
    return {};
  }
  std::filesystem::remove(copy, error);
  return tl::make_unexpected(
      failure_of(*writer_, Reason::cannot_start, "; its layout is old, and is changed only once there is a copy"));
}

Result<std::unique_ptr<sqlite::Database>> SqliteStore::connect(const std::string& name) const {
  auto connected = sqlite::Database::open(path_, sqlite::Database::Access::read_write, settings_.lock_patience, name);
  if (connected) (*connected)->leave_log(true);  // until it is known that the disk has what is in it
  return connected;
}

Result<void> SqliteStore::set_up(sqlite::Database& writer) const {
  // Debian's SQLite overwrites what is deleted, page by page, unless told not to. A log that grew while a reader held
  // it is cut again. Nothing here writes, so that a full disk is no hindrance.
  writer.script("PRAGMA secure_delete = OFF; PRAGMA journal_size_limit = 67108864; PRAGMA cache_size = -16384;");
  {
    auto mode = writer.query("PRAGMA journal_mode = WAL");
    if (mode.next() && mode.bytes(0) != "wal")
      return refuse(Reason::store_failed, std::string(kName) +
                                              ": this file system cannot hold a write-ahead log; choose a folder of a "
                                              "local disk with --data-dir");
  }
  writer.script(settings_.durability == Durability::full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");
  if (writer.failure()) return tl::make_unexpected(failure_of(writer, Reason::store_failed));
  return {};
}

void SqliteStore::check_epoch() {
  auto meta = writer_->query("SELECT epoch, head, boot_id, clean, durability FROM meta");
  if (!meta.next()) return;
  epoch_ = meta.bytes(0);
  head_ = meta.integer(1);
  was_closed_ = meta.integer(3) != 0;
  const bool may_have_booted = settings_.boot_id.empty() || meta.bytes(2) != settings_.boot_id;
  const bool may_lack_ids = !was_closed_ && meta.bytes(4) == "normal" && may_have_booted;
  if (may_lack_ids || settings_.new_epoch) epoch_ = make_epoch(settings_.random);
  writer_->run("UPDATE meta SET epoch = ?, boot_id = ?, clean = 0, durability = ?", std::string_view(epoch_),
               std::string_view(settings_.boot_id), durability_name(settings_.durability));
}

void SqliteStore::remember_files() {
  const std::lock_guard lock(mutex_);
  files_ = FileIdentity::of({path_, path_ + "-wal", path_ + "-shm"});
}

std::optional<std::string> SqliteStore::lost() const {
  const std::lock_guard lock(mutex_);
  return files_.lost();
}

Error SqliteStore::give_up_files(const std::string& what) {
  bool is_saved = false;
  {
    const std::lock_guard lock(mutex_);
    is_saved = !files_.first().lost();
  }
  if (is_saved) {
    // The write-ahead log has lost its name, but is open still: what it holds is moved into the file.
    auto checkpoint = writer_->query("PRAGMA wal_checkpoint(FULL)");
    is_saved = checkpoint.next() && checkpoint.integer(0) == 0;
  }
  return {Reason::store_failed, what + "; nothing was written" + (is_saved ? kSaved : kMoved)};
}

void SqliteStore::note_checkpoint() {
  const auto& failure = writer_->checkpoint_failure();
  if (checkpoints_ == !failure) return;
  checkpoints_ = !failure;
  if (failure) {
    spdlog::error("{}: {}; what is committed stays in the write-ahead log, which grows; {}", settings_.data_dir,
                  failure->message, mend_of(trouble_of(*failure)));
  } else {
    spdlog::info("{}: the write-ahead log is moved into it again", path_);
  }
}

Result<Committed> SqliteStore::commit(const std::function<void(Transaction&)>& write) {
  if (closed_) return tl::make_unexpected(*closed_);
  if (const auto what = lost()) return tl::make_unexpected(give_up_files(*what));
  if (writer_->sync_failed()) {
    if (auto started = start_anew(); !started) return tl::make_unexpected(started.error());
  }
  const auto refused = [this](const std::string& outcome, Reason reason = Reason::store_failed) {
    return tl::make_unexpected(failure_of(*writer_, reason, outcome));
  };
  writer_->run("BEGIN IMMEDIATE");
  if (writer_->failure()) return refused("; nothing was written");
  SqliteTransaction transaction(*writer_, topic_ids_, {epoch_, head_}, clock_.now(), age_->now());
  write(transaction);
  if (transaction.head() != head_) {
    writer_->run("UPDATE meta SET head = ?, bytes = bytes + ? WHERE head = ? AND epoch = ?", transaction.head(),
                 transaction.added_bytes(), head_, std::string_view(epoch_));
    if (!writer_->failure() && writer_->changes() != 1) {
      is_shared_ = true;
      closed_ = {Reason::store_failed,
                 std::string(kName) +
                     ": another program has written to it; nothing was written; end that one and start the engine "
                     "again"};
      writer_->roll_back();
      return tl::make_unexpected(*closed_);
    }
  }
  if (writer_->failure()) return refused("; nothing was written");
  writer_->run("COMMIT");
  if (const auto& failure = writer_->failure()) {
    if (leaves_nothing(*failure)) return refused("; nothing was written");
    may_lie_there_ = true;
    return refused(
        "; whether it was written is not known: repeat the call with the same key, or look before you repeat one "
        "without",
        Reason::unknown_outcome);
  }
  note_checkpoint();
  Committed committed{std::exchange(head_, transaction.head()), transaction.take_events()};
  if (const auto what = lost())
    return refuse(Reason::unknown_outcome, *what + " during the commit, which is lost if it stays so" + kMoved);
  return committed;
}

Result<void> SqliteStore::reopen() {
  if (is_shared_) return tl::make_unexpected(*closed_);
  if (const auto what = lost()) return refuse(Reason::store_failed, *what + kMoved);
  if (!writer_ || writer_->sync_failed()) return start_anew();
  writer_->roll_back();  // it may hold the lock
  // The one that failed goes last, so that the write-ahead log is not taken down and made anew in between.
  auto connected = connect_again();
  if (!connected) return keep_closed(connected.error());
  // The next start would find it after all, though it was not there for those who looked. What changes nothing would
  // not be written over it.
  if (may_lie_there_)
    (*connected)->script("BEGIN IMMEDIATE; UPDATE meta SET clean = 1; UPDATE meta SET clean = 0; COMMIT;");
  return adopt(std::move(*connected));
}

Result<void> SqliteStore::start_anew() {
  if (!readers_.keep_out(std::min(settings_.lock_patience, kReaderPatience)))
    return keep_closed({Reason::store_failed,
                        std::string(kName) + ": a sync failed, so it has to be opened anew, but is being read; try "
                                             "again in a moment"});
  writer_.reset();
  auto connected = connect_again();
  if (connected) (*connected)->renew_log();
  auto adopted = connected ? adopt(std::move(*connected)) : keep_closed(connected.error());
  readers_.admit();
  if (adopted) spdlog::warn("{}: a sync failed, so what was not synced is written again", path_);
  return adopted;
}

Result<std::unique_ptr<sqlite::Database>> SqliteStore::connect_again() const {
  auto connected = connect(kName);
  if (!connected) return connected;
  if (auto ready = set_up(**connected); !ready) return tl::make_unexpected(ready.error());
  return connected;
}

Result<void> SqliteStore::adopt(std::unique_ptr<sqlite::Database> writer) {
  Cursor found;
  {
    auto meta = writer->query("SELECT epoch, head FROM meta");
    if (meta.next()) {
      found = {std::string(meta.bytes(0)), meta.integer(1)};
    } else {
      writer->damaged("its table meta is empty");
    }
  }
  if (writer->failure()) return keep_closed(failure_of(*writer, Reason::store_failed));
  if (found.epoch != epoch_ || found.sequence < head_) {
    return keep_closed(
        {Reason::store_failed, std::string(kName) +
                                   ": it holds another log than this engine wrote, or less of it; stop the engine and "
                                   "start it on a folder that is whole"});
  }
  writer_ = std::move(writer);
  writer_->leave_log(false);
  closed_ = std::nullopt;
  may_lie_there_ = false;
  topic_ids_.clear();
  head_ = found.sequence;
  remember_files();
  return {};
}

Result<void> SqliteStore::keep_closed(Error error) {
  closed_ = {Reason::store_failed, std::move(error.message)};
  return tl::make_unexpected(*closed_);
}

Result<void> SqliteStore::close() {
  if (closed_) return tl::make_unexpected(*closed_);
  if (writer_->sync_failed()) {
    if (auto started = start_anew(); !started) return started;
  }
  writer_->script("PRAGMA synchronous = FULL");
  writer_->run("UPDATE meta SET clean = 1");
  writer_->script("PRAGMA wal_checkpoint(TRUNCATE)");
  if (writer_->failure()) return tl::make_unexpected(failure_of(*writer_, Reason::store_failed));
  const std::lock_guard lock(mutex_);
  if (const auto what = files_.first().lost())
    return refuse(Reason::store_failed, *what + "; what was committed is lost, unless it is found");
  return {};
}

Result<std::unique_ptr<ReadTransaction>> SqliteStore::read() {
  return readers_.begin(epoch_, [this]() -> Result<std::unique_ptr<sqlite::Database>> {
    if (const auto what = lost()) return refuse(Reason::store_failed, *what + kMoved);
    return sqlite::Database::open(path_, sqlite::Database::Access::read_only, settings_.lock_patience, kName);
  });
}

}  // namespace taskwire::engine
