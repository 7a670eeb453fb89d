#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "store/sqlite.h"
#include "store/store.h"

namespace taskwire::engine {

/// The connections that read: each is used again when its reading has ended. Outlives the readings. Thread-safe.
class SqliteReaders {
 public:
  using Connection = std::unique_ptr<sqlite::Database>;
  using Open = std::function<Result<Connection>()>;

  /// Begins to read, on a connection that `open` makes where none is idle. Waits while all are kept out.
  /// `STORE_FAILED`.
  [[nodiscard]] Result<std::unique_ptr<ReadTransaction>> begin(const std::string& epoch, const Open& open);

  /// Lets nobody begin any more and closes all connections, once nobody reads. False, and all goes on as before, if
  /// somebody still does after `patience`.
  [[nodiscard]] bool keep_out(std::chrono::milliseconds patience);
  /// Lets them begin again.
  void admit();

 private:
  void give_back(Connection connection);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Connection> idle_;
  std::size_t reading_ = 0;  // or about to
  bool is_kept_out_ = false;
};

}  // namespace taskwire::engine
