#include "store/sqlite_readers.h"

#include <utility>

#include "store/sqlite_read_transaction.h"

namespace taskwire::engine {

Result<std::unique_ptr<ReadTransaction>> SqliteReaders::begin(const std::string& epoch, const Open& open) {
  Connection connection;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !is_kept_out_; });
    ++reading_;
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!connection) {
    auto opened = open();
    if (!opened) {
      give_back(nullptr);
      return tl::make_unexpected(opened.error());
    }
    connection = std::move(*opened);
  }
  auto transaction = std::make_unique<SqliteReadTransaction>(std::move(connection), epoch,
                                                             [this](Connection used) { give_back(std::move(used)); });
  if (const auto error = transaction->error()) return tl::make_unexpected(*error);
  return transaction;
}

bool SqliteReaders::keep_out(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  is_kept_out_ = true;
  if (changed_.wait_for(lock, patience, [this] { return reading_ == 0; })) {
    idle_.clear();
    return true;
  }
  is_kept_out_ = false;
  changed_.notify_all();
  return false;
}

void SqliteReaders::admit() {
  const std::lock_guard lock(mutex_);
  is_kept_out_ = false;
  changed_.notify_all();
}

void SqliteReaders::give_back(Connection connection) {
  const std::lock_guard lock(mutex_);
  if (connection) idle_.push_back(std::move(connection));
  --reading_;
  changed_.notify_all();
}

}  // namespace taskwire::engine
