#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "resume/cursor.h"
#include "store/sqlite.h"

namespace taskwire::engine {

/// Rows of `event` on their way into it, several in one statement: to begin one costs as much as a row does.
/// Not thread-safe.
class SqliteEventRows {
 public:
  static constexpr std::size_t kAtOnce = 16;

  struct Row {
    Sequence sequence;
    std::int64_t topic_id;
    std::string_view key;
    bool deletion;
    std::int64_t at_ms;
    std::string_view payload;
  };

  explicit SqliteEventRows(sqlite::Database& database) : database_(database) {}

  /// While it is not full. What the row views must live until it is written.
  void add(const Row& row) { rows_[count_++] = row; }
  void write();
  /// Forgets those not written yet.
  void clear() { count_ = 0; }
  [[nodiscard]] std::size_t waiting() const { return count_; }
  [[nodiscard]] bool is_full() const { return count_ == kAtOnce; }

 private:
  sqlite::Database& database_;
  std::array<Row, kAtOnce> rows_;
  std::size_t count_ = 0;
};

}  // namespace taskwire::engine
