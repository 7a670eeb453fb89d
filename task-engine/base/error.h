#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "errors/reason.h"

namespace taskwire::engine {

/// An expected failure.
struct Error {
  Reason reason = Reason::internal;
  std::string message;  ///< For people: what was wrong and how to mend it.

  /// The reason for programs: `TASK_NOT_FOUND`.
  [[nodiscard]] std::string name() const { return std::string(info(reason).name); }

  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = tl::expected<T, Error>;

/// Takes the result of something that ends later. Called exactly once.
template <class T>
using Done = std::function<void(Result<T>)>;

[[nodiscard]] inline tl::unexpected<Error> refuse(Reason reason, std::string message) {
  return tl::make_unexpected(Error{reason, std::move(message)});
}

}  // namespace taskwire::engine
