#include "store/sqlite_store.h"

#include <fstream>
#include <utility>

#include "store/sqlite_read_transaction.h"
#include "store/sqlite_schema.h"

namespace taskwire::engine {
namespace {

std::string_view durability_name(Durability durability) {
  return durability == Durability::full ? "full" : "normal";
}

}  // namespace

std::string SqliteStore::machine_boot_id() {
  std::string id;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), id);
  return id;
}

SqliteStore::SqliteStore(Settings settings, const Clock& clock, DataDir data_dir)
    : settings_(std::move(settings)),
      clock_(clock),
      data_dir_(std::move(data_dir)),
      path_(data_dir_.file("taskwire.db")) {}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(Settings settings, const Clock& clock) {
  auto data_dir = DataDir::take(settings.data_dir);
  if (!data_dir) return tl::make_unexpected(data_dir.error());
  std::unique_ptr<SqliteStore> store(new SqliteStore(std::move(settings), clock, std::move(*data_dir)));
  constexpr auto kHint = "; restore the file from a copy, or move it away to begin with an empty log";
  if (auto connected = store->connect(); !connected) {
    return refuse(Reason::cannot_start, connected.error().message + kHint);
  }
  auto& writer = *store->writer_;
  // The epoch and the mark of an unclean end must not be lost with the machine, whatever the durability.
  writer.script("PRAGMA synchronous = FULL; BEGIN IMMEDIATE;");
  store->make_log();
  std::int64_t schema = 0;
  {
    auto meta = writer.query("SELECT schema FROM meta");
    if (meta.next()) schema = meta.integer(0);
  }
  if (!writer.failure() && schema != kSqliteSchema) {
    return refuse(Reason::cannot_start, store->path_ + ": made by another version of taskwire (layout " +
                                            std::to_string(schema) + ", this one knows " +
                                            std::to_string(kSqliteSchema) +
                                            "); use that version, or another --data-dir");
  }
  store->check_epoch();
  writer.script("COMMIT");
  if (store->settings_.durability == Durability::normal) writer.script("PRAGMA synchronous = NORMAL");
  if (writer.failure()) return tl::make_unexpected(store->failure(Reason::cannot_start, kHint));
  return store;
}

Result<void> SqliteStore::connect() {
  writer_ = nullptr;
  topic_ids_.clear();
  auto opened = sqlite::Database::open(path_, sqlite::Database::Access::read_write);
  if (!opened) return tl::make_unexpected(opened.error());
  writer_ = std::move(*opened);
  // Debian's SQLite overwrites what is deleted, page by page, unless told not to. A log that grew while a reader held
  // it is cut again.
  writer_->script(
      "PRAGMA auto_vacuum = INCREMENTAL; PRAGMA secure_delete = OFF; PRAGMA journal_size_limit = 67108864; "
      "PRAGMA cache_size = -16384;");
  {
    auto mode = writer_->query("PRAGMA journal_mode = WAL");
    if (mode.next() && mode.bytes(0) != "wal")
      return refuse(Reason::store_failed, path_ + ": this file system cannot hold a write-ahead log");
  }
  writer_->script(settings_.durability == Durability::full ? "PRAGMA synchronous = FULL"
                                                           : "PRAGMA synchronous = NORMAL");
  if (writer_->failure()) return tl::make_unexpected(failure(Reason::store_failed, ""));
  return {};
}

void SqliteStore::make_log() {
  auto table = writer_->query("SELECT 1 FROM sqlite_schema WHERE name = 'meta'");
  if (table.next()) return;
  writer_->script(kSqliteTables);
  writer_->run(
      "INSERT INTO meta (id, schema, epoch, head, boot_id, clean, durability) VALUES (1, ?, ?, 0, '', 1, 'full')",
      kSqliteSchema, std::string_view(make_epoch(settings_.random)));
}

void SqliteStore::check_epoch() {
  auto meta = writer_->query("SELECT epoch, head, boot_id, clean, durability FROM meta");
  if (!meta.next()) return;
  epoch_ = meta.bytes(0);
  head_ = meta.integer(1);
  was_closed_ = meta.integer(3) != 0;
  const bool may_lack_ids = !was_closed_ && meta.bytes(4) == "normal" && meta.bytes(2) != settings_.boot_id;
  if (may_lack_ids || settings_.new_epoch) epoch_ = make_epoch(settings_.random);
  writer_->run("UPDATE meta SET epoch = ?, boot_id = ?, clean = 0, durability = ?", std::string_view(epoch_),
               std::string_view(settings_.boot_id), durability_name(settings_.durability));
}

Result<Events> SqliteStore::commit(const std::function<void(Transaction&)>& write) {
  if (!writer_)
    return refuse(Reason::store_failed,
                  path_ + " could not be opened again; free its disk, or let the engine write there");
  writer_->run("BEGIN IMMEDIATE");
  SqliteTransaction transaction(*writer_, topic_ids_, {epoch_, head_}, clock_.now());
  write(transaction);
  if (transaction.head() != head_) writer_->run("UPDATE meta SET head = ?", transaction.head());
  if (writer_->failure())
    return tl::make_unexpected(failure(Reason::store_failed, "; nothing was written, try again in a moment"));
  writer_->run("COMMIT");
  if (writer_->failure()) {
    return tl::make_unexpected(
        failure(Reason::unknown_outcome, "; whether it was written is not known, repeat the call with the same key"));
  }
  head_ = transaction.head();
  return transaction.take_events();
}

Result<void> SqliteStore::reopen() {
  if (auto connected = connect(); !connected) {
    writer_ = nullptr;
    return connected;
  }
  auto meta = writer_->query("SELECT head FROM meta");
  if (!meta.next()) return tl::make_unexpected(failure(Reason::store_failed, ""));
  head_ = meta.integer(0);
  return {};
}

Result<void> SqliteStore::close() {
  if (!writer_)
    return refuse(Reason::store_failed,
                  path_ + " could not be opened again; free its disk, or let the engine write there");
  writer_->script("PRAGMA synchronous = FULL");
  writer_->run("UPDATE meta SET clean = 1");
  writer_->script("PRAGMA wal_checkpoint(TRUNCATE)");
  if (writer_->failure()) return tl::make_unexpected(failure(Reason::store_failed, ""));
  return {};
}

Result<std::unique_ptr<ReadTransaction>> SqliteStore::read() {
  std::unique_ptr<sqlite::Database> connection;
  {
    const std::lock_guard lock(mutex_);
    if (!idle_readers_.empty()) {
      connection = std::move(idle_readers_.back());
      idle_readers_.pop_back();
    }
  }
  if (!connection) {
    auto opened = sqlite::Database::open(path_, sqlite::Database::Access::read_only);
    if (!opened) return tl::make_unexpected(opened.error());
    connection = std::move(*opened);
  }
  const auto give_back = [this](std::unique_ptr<sqlite::Database> used) {
    const std::lock_guard lock(mutex_);
    idle_readers_.push_back(std::move(used));
  };
  return std::make_unique<SqliteReadTransaction>(std::move(connection), epoch_, give_back);
}

Error SqliteStore::failure(Reason reason, const std::string& hint) const {
  return {reason, writer_->failure().value_or(path_) + hint};
}

}  // namespace taskwire::engine
