#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "store/store.h"

namespace taskwire::engine {

/// Sends what one attempt of a task tells its owner: events without type on `messages/{owner}`, each once and in order,
/// as long as the task is RUNNING in that attempt when they are committed. Thread-safe.
class Teller {
 public:
  /// Commits a change, again and again until its outcome is known; `bytes` is about what it holds. The change may come
  /// to be made twice.
  using Persist =
      std::function<Result<v1::Task>(std::size_t bytes, std::function<Result<v1::Task>(Transaction&)> change)>;

  /// `task` as its attempt began.
  Teller(const v1::Task& task, Persist persist);

  /// Returns after the commit; true if `text` was sent. It becomes UTF-8 without NUL of at most 61,440 bytes.
  [[nodiscard]] bool tell(const std::string& text);

 private:
  const std::string task_id_;
  const int attempt_;
  const Persist persist_;

  std::mutex mutex_;
  int told_ = 0;
};

}  // namespace taskwire::engine
