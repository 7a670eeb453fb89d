#pragma once

#include <cstdint>
#include <vector>

namespace taskwire::bench {

/// What went wrong with the events that readers were owed.
struct Faults {
  std::uint64_t missing = 0;   ///< Never came.
  std::uint64_t repeated = 0;  ///< Came again.
  std::uint64_t reordered =
      0;                      ///< Came after a later one. Where several callers publish at a time, nobody is to blame.
  std::uint64_t foreign = 0;  ///< Of another channel, or never owed.

  Faults& operator+=(const Faults& other);
};

/// Whether one reader of one channel gets each event once, in order. Remembers kWindow places above what is
/// complete; what has not come when they run out is missing. Not thread-safe.
class SequenceCheck {
 public:
  /// The reader is owed what comes after `sequence`.
  void start_after(std::uint64_t sequence);
  /// Whether it was owed, and came for the first time.
  bool take(std::uint64_t sequence);
  /// What went wrong so far, where all up to `last` was owed and is waited for no longer.
  [[nodiscard]] Faults faults(std::uint64_t last) const;
  /// How many came for the first time.
  [[nodiscard]] std::uint64_t taken() const { return taken_; }
  /// Whether all up to `last` came.
  [[nodiscard]] bool has_all(std::uint64_t last) const { return next_ > last && faults_.missing == 0; }

  static constexpr std::uint64_t kWindow = 4096;

 private:
  [[nodiscard]] bool has(std::uint64_t sequence) const;
  void set(std::uint64_t sequence, bool came);
  void advance();

  std::uint64_t next_ = 1;             // the lowest that has not come and is not given up
  std::vector<std::uint64_t> window_;  // bit n % kWindow: n came, of those above next_; empty where none ever did
  std::uint64_t above_ = 0;            // how many bits are set
  std::uint64_t highest_ = 0;
  std::uint64_t taken_ = 0;
  std::uint64_t first_ = 1;
  Faults faults_;
};

}  // namespace taskwire::bench
