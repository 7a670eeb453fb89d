#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "crash/dice.h"

namespace taskwire::engine {

/// A file in memory: what is read of it, what the disk has for sure, and what was changed since it was last synced.
/// Not thread-safe.
class DiskFile {
 public:
  [[nodiscard]] std::size_t size() const { return content_.size(); }
  /// At most `most` bytes from `at` on.
  [[nodiscard]] std::string_view read(std::size_t at, std::size_t most) const;
  void write(std::size_t at, std::string_view bytes);
  void resize(std::size_t size);

  /// The disk has all of it.
  void sync();
  /// The disk has a part of what was changed, and nobody will write the rest: whole sectors, in any order. What is read
  /// stays the same until `forget`.
  void settle(Dice& dice);
  /// What is read is what the disk has, and what was changed since.
  void forget();

 private:
  struct Change {
    std::size_t at = 0;  // where bytes are written, or the new size
    std::string bytes;
    bool is_resize = false;
  };
  static void apply(const Change& change, std::string& to);
  static void apply_some(const Change& change, std::string& to, std::size_t sector, double probability, Dice& dice);

  std::string content_;
  std::string durable_;
  std::vector<Change> changes_;
};

}  // namespace taskwire::engine
