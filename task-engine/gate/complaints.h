#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "errors/reason.h"

namespace taskwire::gate {

/// Counts what is refused, and tells it in the log: each reason at once the first time, then at most every 10 s with
/// the number since. Thread-safe.
class Complaints {
 public:
  static constexpr std::chrono::seconds kPause{10};

  /// `what` was refused; `whose` is the latest example.
  void add(Reason reason, std::string_view what, std::string_view whose, engine::SteadyTime now);
  /// Tells what has not been told yet and is due.
  void flush(engine::SteadyTime now);

 private:
  struct Entry {
    Reason reason;
    std::string what;
    std::string whose;
    std::size_t untold = 0;
    std::size_t all = 0;
    engine::SteadyTime next;
  };

  static void tell(Entry& entry, engine::SteadyTime now);

  std::mutex mutex_;
  std::vector<Entry> entries_;
};

}  // namespace taskwire::gate
