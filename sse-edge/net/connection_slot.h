#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

namespace taskwire::edge {

/// How many connections are open. Thread-safe.
using ConnectionCount = std::atomic<std::size_t>;

/// A connection's place in the count, for as long as it lives.
class ConnectionSlot {
 public:
  explicit ConnectionSlot(ConnectionCount& count) : count_(&count), number_(++count) {}
  ConnectionSlot(ConnectionSlot&& other) noexcept
      : count_(std::exchange(other.count_, nullptr)), number_(other.number_) {}
  ConnectionSlot& operator=(ConnectionSlot&&) = delete;
  ~ConnectionSlot() {
    if (count_ != nullptr) --*count_;
  }

  /// How many there were with this one, when it came.
  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  ConnectionCount* count_;
  std::size_t number_;
};

}  // namespace taskwire::edge
