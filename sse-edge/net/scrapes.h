#pragma once

#include <mutex>
#include <vector>

#include "net/aside.h"

namespace taskwire::edge {

struct Services;

/// Who asks for metrics: the answer is made on the thread aside, once for all who asked before it began, so that a
/// crowd of them holds up nobody else there. Thread-safe.
class Scrapes {
 public:
  /// Calls `answer` on the thread aside.
  void ask(const Services& services, Answer answer);

 private:
  void answer_all(const Services& services);

  std::mutex mutex_;
  std::vector<Answer> waiting_;
};

}  // namespace taskwire::edge
