#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "errors/reason.h"
#include "http/message.h"

namespace taskwire::edge {

/// What went wrong, for the caller: what a response says by RFC 9457.
struct Problem {
  Reason reason = Reason::internal;
  std::string detail;                            ///< What was wrong and how to mend it, for people.
  int retry_after_s = 1;                         ///< Of `Retry-After`, which 429 and 503 carry.
  std::optional<std::int64_t> output_next = {};  ///< With OUTPUT_GAP: where output goes on.

  [[nodiscard]] unsigned status() const { return info(reason).http; }
};

template <class T>
using Result = tl::expected<T, Problem>;

[[nodiscard]] inline tl::unexpected<Problem> refuse(Reason reason, std::string detail) {
  return tl::make_unexpected(Problem{reason, std::move(detail)});
}

/// `application/problem+json`: `type`, `title`, `status`, `detail`, `reason`, and `outputNext` where there is one.
[[nodiscard]] HttpResponse problem_response(const Problem& problem);

/// The problem of a call that the engine refused or did not answer: `code` is the number of its gRPC status, `message`
/// is `REASON: text` where the engine itself spoke. `is_write`: the call would have changed something, so without an
/// answer its outcome is not known.
[[nodiscard]] Problem engine_problem(int code, std::string_view message, bool is_write);

}  // namespace taskwire::edge
