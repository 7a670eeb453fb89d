#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "log/watcher.h"

namespace taskwire::engine {

/// All Watches of the engine. Besides its own refusals a Watch finishes with `STORE_FAILED` or `TOO_MANY_READS` where
/// what it needs of the store cannot be read; it may be begun anew after its last place. Thread-safe.
class Watchers {
 public:
  explicit Watchers(const Watcher::Means& means) : means_(means) {}

  /// Begins a Watch, or refuses it: `INVALID_TOPIC`, `INVALID_LIMIT` (`tail.events`), `SHUTTING_DOWN`; then `sink` is
  /// never called. `sink` must live until `finish`; call `start` on the answer when the sink is ready. What goes wrong
  /// later comes by `finish`: `STORE_FAILED`, `SHUTTING_DOWN`.
  [[nodiscard]] Result<std::shared_ptr<Watcher>> open(const v1::WatchRequest& request, WatchSink& sink);

  /// Finishes every Watch with `SHUTTING_DOWN`, and refuses new ones.
  void shut_down();

 private:
  const Watcher::Means means_;
  std::mutex mutex_;
  bool is_shut_down_ = false;
  std::vector<std::weak_ptr<Watcher>> watchers_;
  std::size_t after_sweep_ = 0;  // ended ones go when their number could have doubled
};

}  // namespace taskwire::engine
