#include "store/sqlite_store.h"

#include <algorithm>
#include <spdlog/spdlog.h>
#include <utility>

namespace taskwire::engine {
namespace {

constexpr auto kMoved = "; move it back, or stop the engine and start it on a folder that is whole";
constexpr std::chrono::milliseconds kReaderPatience{100};
constexpr auto kNotOnDisk =
    ": a sync failed, and what it holds could not be written again yet, so it may not be on the disk and is not read; "
    "look at the system's log, the disk may be failing";
constexpr auto kSaved = "; all that was committed is in taskwire.db: start the engine again";

}  // namespace

void SqliteStore::remember_files() {
  const std::lock_guard lock(mutex_);
  files_ = access_ == sqlite::Database::Access::unchanging ? FileIdentity::of({path_})
                                                           : FileIdentity::of({path_, path_ + "-wal", path_ + "-shm"});
}

std::optional<std::string> SqliteStore::lost() const {
  const std::lock_guard lock(mutex_);
  return files_.lost();
}

Error SqliteStore::give_up_files(const std::string& what) {
  bool is_saved = false;
  {
    const std::lock_guard lock(mutex_);
    is_saved = !files_.first().lost() && !writer_->sync_failed();
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
    return tl::make_unexpected(writer_->error(reason, outcome));
  };
  writer_->run("BEGIN IMMEDIATE");
  if (writer_->failure()) return refused("; nothing was written");
  SqliteTransaction transaction(*writer_, topic_ids_, {epoch_, head_}, clock_.now(), age_->now(),
                                settings_.spare_pages);
  write(transaction);
  transaction.finish();
  if (transaction.head() != head_ || transaction.added_bytes() != 0) {
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
  if (only_reads_) return begin_after_all();
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
  let_read(adopted.has_value());
  readers_.admit();
  if (adopted) {
    clear_unsynced();
    spdlog::warn("{}: a sync failed, so what was not synced is written again", path_);
  }
  return adopted;
}

/// While nobody reads: whoever opens the files next takes what is in them for committed.
void SqliteStore::let_read(bool may_read) {
  const std::lock_guard lock(mutex_);
  may_read_ = may_read;
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
  if (writer->failure()) return keep_closed(writer->error(Reason::store_failed));
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
  if (only_reads_) return {};
  if (closed_) return tl::make_unexpected(*closed_);
  if (writer_->sync_failed()) {
    if (auto started = start_anew(); !started) return started;
  }
  writer_->script("PRAGMA synchronous = FULL");
  writer_->run("UPDATE meta SET clean = 1");
  // A checkpoint after that commit whose sync failed is not made good by another: SQLite takes up again only what came
  // after the one before. The next start moves all of it.
  if (!writer_->sync_failed()) writer_->script("PRAGMA wal_checkpoint(TRUNCATE)");
  note_checkpoint();
  if (writer_->failure()) return tl::make_unexpected(writer_->error(Reason::store_failed));
  const std::lock_guard lock(mutex_);
  if (const auto what = files_.first().lost())
    return refuse(Reason::store_failed, *what + "; what was committed is lost, unless it is found");
  return {};
}

Result<std::unique_ptr<ReadTransaction>> SqliteStore::read() {
  return readers_.begin(epoch_, [this]() -> Result<std::unique_ptr<sqlite::Database>> {
    if (const auto what = lost()) return refuse(Reason::store_failed, *what + kMoved);
    {
      const std::lock_guard lock(mutex_);
      if (!may_read_) return refuse(Reason::store_failed, std::string(kName) + kNotOnDisk);
    }
    return sqlite::Database::open(path_, access_, settings_.lock_patience, kName);
  });
}

}  // namespace taskwire::engine
