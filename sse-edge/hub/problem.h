#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "hub/http.h"

namespace taskwire::edge {

/// What went wrong, for the caller: what a response says by RFC 9457.
struct Problem {
  unsigned status = 500;
  std::string reason;     ///< Upper snake case, for programs.
  std::string detail;     ///< What was wrong and how to mend it, for people.
  int retry_after_s = 0;  ///< 0: no `Retry-After`.
};

template <class T>
using Result = tl::expected<T, Problem>;

/// `application/problem+json`: `type`, `title`, `status`, `detail`, `reason`.
[[nodiscard]] HttpResponse problem_response(const Problem& problem);

/// gRPC's canonical codes, by number.
enum class EngineCode {
  ok = 0,
  cancelled,
  unknown,
  invalid_argument,
  deadline_exceeded,
  not_found,
  already_exists,
  permission_denied,
  resource_exhausted,
  failed_precondition,
  aborted,
  out_of_range,
  unimplemented,
  internal,
  unavailable,
  data_loss,
  unauthenticated
};

/// The problem of a call that the engine refused or did not answer. `message` is `REASON: text` where the engine itself
/// spoke. `is_write`: the call would have changed something, so without an answer its outcome is not known.
[[nodiscard]] Problem engine_problem(EngineCode code, std::string_view message, bool is_write);

}  // namespace taskwire::edge
