// How SqliteStore comes to stand on its files.
#include <algorithm>
#include <filesystem>
#include <spdlog/spdlog.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <utility>

#include "store/private_files.h"
#include "store/sqlite_file.h"
#include "store/sqlite_layout.h"
#include "store/sqlite_migration.h"
#include "store/sqlite_rows.h"
#include "store/sqlite_schema.h"
#include "store/sqlite_store.h"

namespace taskwire::engine {
namespace {

constexpr auto kMeta = "SELECT epoch, head, boot_id, clean, durability FROM meta";
constexpr auto kUnsynced = "-unsynced";
constexpr std::uint64_t kLeastRoom = 64 << 10;  // bytes: an index beside the log, and a first commit

std::string_view durability_name(Durability durability) {
  return durability == Durability::full ? "full" : "normal";
}

/// Whether it goes by itself, or by what is done to other files.
bool passes(sqlite::Trouble trouble) {
  return trouble == sqlite::Trouble::full || trouble == sqlite::Trouble::no_access;
}

/// False where a try is certain to fail; those cost more.
bool may_be_written(const std::string& path) {
  if (access(path.c_str(), W_OK) != 0) return false;
  struct statvfs room {};
  if (statvfs(path.c_str(), &room) != 0 || room.f_blocks == 0) return true;
  return std::uint64_t{room.f_bfree} * room.f_frsize >= kLeastRoom;
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
  auto begun = store->begin(store->path_);
  if (!begun) begun = store->begin_to_read(begun.error());
  if (!begun) return tl::make_unexpected(begun.error());
  spdlog::info("the log is {}", store->path_);
  return store;
}

/// What fails is told of `name`.
Result<void> SqliteStore::begin(const std::string& name) {
  auto connected = connect(name);
  if (!connected) return refuse(Reason::cannot_start, connected.error().message);
  writer_ = std::move(*connected);
  auto& writer = *writer_;
  writer.require_writable();
  if (writer.failure()) return tl::make_unexpected(writer.error(Reason::cannot_start));
  const auto layout = find_layout(writer, name);
  if (!layout) return tl::make_unexpected(layout.error());
  if (*layout == 0) writer.script("PRAGMA auto_vacuum = INCREMENTAL");
  if (auto ready = set_up(writer); !ready) return refuse(Reason::cannot_start, ready.error().message);
  writer.renew_log();
  const bool is_old = *layout > 0 && *layout < kSqliteSchema;
  if (is_old) {
    if (auto copied = copy_aside(*layout); !copied) return copied;
  }
  // The epoch and the mark of an unclean end must not be lost with the machine, whatever the durability.
  writer.script("PRAGMA synchronous = FULL; BEGIN IMMEDIATE;");
  if (*layout == 0) make_log(writer, make_epoch(settings_.random));
  if (is_old) migrate(writer, *layout, clock_.now());
  writer.script(("PRAGMA application_id = " + std::to_string(kSqliteApplicationId)).c_str());
  check_epoch();
  if (!age_) age_.emplace(clock_, clock_.steady(), last_note(writer));
  writer.script("COMMIT");
  if (settings_.durability == Durability::normal) writer.script("PRAGMA synchronous = NORMAL");
  if (writer.failure()) return tl::make_unexpected(writer.error(Reason::cannot_start));
  clear_unsynced();
  writer.call_it(kName);
  writer.leave_log(false);
  remember_files();
  return {};
}

/// Where that is all that can be done after `why`; else answers it.
Result<void> SqliteStore::begin_to_read(const Error& why) {
  const bool may_pass = writer_ && writer_->failure() && passes(trouble_of(*writer_->failure()));
  if (!may_pass) return tl::make_unexpected(why);
  writer_.reset();
  look_for_log();
  const auto opened = sqlite::Database::open(path_, access_, settings_.lock_patience);
  if (!opened) return tl::make_unexpected(why);
  const auto layout = find_layout(**opened, path_);
  if (!layout || *layout != kSqliteSchema) return tl::make_unexpected(why);
  // What is read may not be what the disk has: a kill can come between a write and its sync.
  if (access_ == sqlite::Database::Access::read_only && is_unsynced()) return tl::make_unexpected(why);
  (*opened)->sync_log();
  if ((*opened)->failure()) return tl::make_unexpected(why);
  {
    auto meta = (*opened)->query(kMeta);
    if (!meta.next()) return tl::make_unexpected(why);
    if (needs_new_epoch(meta))
      return refuse(why.reason, why.message + "; until then it is not read either, since it first needs a new name");
    epoch_ = meta.bytes(0);
    head_ = meta.integer(1);
    was_closed_ = meta.integer(3) != 0;
  }
  age_.emplace(clock_, clock_.steady(), last_note(**opened));
  if ((*opened)->failure()) return tl::make_unexpected(why);
  only_reads_ = true;
  const auto rest = why.message.starts_with(path_) ? kName + why.message.substr(path_.size()) : why.message;
  closed_ = {Reason::store_failed, rest + "; nothing was written"};
  remember_files();
  spdlog::error("the log can be read, and not be written, which is tried again: {}", why.message);
  return {};
}

Result<void> SqliteStore::begin_after_all() {
  if (clock_.steady() < next_try_ || !may_be_written(path_)) return tl::make_unexpected(*closed_);
  next_try_ = clock_.steady() + kBetweenTries;
  if (const auto what = lost()) return keep_closed({Reason::store_failed, *what});
  // Connections that know of no write-ahead log would not see one begin.
  if (!readers_.keep_out(std::min(settings_.lock_patience, kReaderPatience))) return tl::make_unexpected(*closed_);
  auto begun = begin(kName);
  only_reads_ = !begun;
  if (begun) {
    access_ = sqlite::Database::Access::read_only;
    remember_files();
    closed_ = std::nullopt;
    spdlog::info("the log can be written");
  } else {
    writer_.reset();
    look_for_log();
    remember_files();
    begun = keep_closed({Reason::store_failed, begun.error().message + "; nothing was written"});
  }
  readers_.admit();
  return begun;
}

/// Finds out how to read: what was closed in order has no write-ahead log, and one cannot be made where nothing can be
/// written.
void SqliteStore::look_for_log() {
  std::error_code error;
  const auto size = std::filesystem::file_size(path_ + "-wal", error);
  access_ = error || size == 0 ? sqlite::Database::Access::unchanging : sqlite::Database::Access::read_only;
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
      writer_->error(Reason::cannot_start, "; its layout is old, and is changed only once there is a copy"));
}

Result<std::unique_ptr<sqlite::Database>> SqliteStore::connect(const std::string& name) const {
  auto connected = sqlite::Database::open(path_, sqlite::Database::Access::read_write, settings_.lock_patience, name);
  if (!connected) return connected;
  (*connected)->leave_log(true);  // until it is known that the disk has what is in it
  (*connected)->checkpoint_at(settings_.checkpoints);
  (*connected)->on_failed_sync([this] { mark_unsynced(); });
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
  if (writer.failure()) return tl::make_unexpected(writer.error(Reason::store_failed));
  return {};
}

/// `meta`: the row of kMeta.
bool SqliteStore::needs_new_epoch(sqlite::Query& meta) const {
  // What a sync left out is in the system's memory, and goes with the machine; after one that failed any time. Under
  // full durability nobody was given an id of that; should somebody have been, it names nothing from here on.
  const bool has_fallen = settings_.boot_id.empty() || meta.bytes(2) != settings_.boot_id;
  const bool may_lack_ids = is_unsynced() || (meta.bytes(4) == "normal" && has_fallen);
  return (meta.integer(3) == 0 && may_lack_ids) || settings_.new_epoch;
}

bool SqliteStore::is_unsynced() const {
  std::error_code error;
  return std::filesystem::exists(path_ + kUnsynced, error);
}

/// The next start has to know, if it comes before what was not synced is written again.
void SqliteStore::mark_unsynced() const {
  if (is_unsynced()) return;
  if (const auto marked = make_private_file(path_ + kUnsynced); !marked)
    spdlog::error("a sync failed, and the mark of it cannot be made: {}", marked.error().message);
}

/// Once the disk has all that the log holds.
void SqliteStore::clear_unsynced() const {
  std::error_code error;
  if (std::filesystem::remove(path_ + kUnsynced, error)) (void)sync_folder_of(path_);
}

void SqliteStore::check_epoch() {
  auto meta = writer_->query(kMeta);
  if (!meta.next()) return;
  if (only_reads_) {
    // Whether it needs another name was settled at the start, and a try that failed since may have left its mark.
    if (meta.bytes(0) != epoch_ || meta.integer(1) < head_)
      return writer_->damaged("it holds another log than at the start, or less of it");
  } else {
    epoch_ = needs_new_epoch(meta) ? make_epoch(settings_.random) : std::string(meta.bytes(0));
    was_closed_ = meta.integer(3) != 0;
  }
  head_ = meta.integer(1);
  writer_->run("UPDATE meta SET epoch = ?, boot_id = ?, clean = 0, durability = ?", std::string_view(epoch_),
               std::string_view(settings_.boot_id), durability_name(settings_.durability));
}

}  // namespace taskwire::engine
