#pragma once

#include <string>

#include "tasks/attempt_id.h"

namespace taskwire::engine {

/// An attempt that waits to run.
struct Waiting {
  std::string user;
  std::string type;
  AttemptId attempt;
};

}  // namespace taskwire::engine
