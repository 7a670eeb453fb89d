#pragma once

#include <functional>
#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace taskwire::engine {

/// What kind of failure it is, in gRPC's canonical terms.
enum class Code {
  cancelled,
  invalid_argument,
  not_found,
  permission_denied,
  failed_precondition,
  resource_exhausted,
  unavailable,
  internal,
};

/// An expected failure.
struct Error {
  Code code;
  std::string reason;   ///< For programs: upper snake case.
  std::string message;  ///< For people: what was wrong and how to mend it.

  friend bool operator==(const Error&, const Error&) = default;
};

template <class T>
using Result = tl::expected<T, Error>;

/// Takes the result of something that ends later. Called exactly once.
template <class T>
using Done = std::function<void(Result<T>)>;

[[nodiscard]] inline tl::unexpected<Error> refuse(Code code, std::string reason, std::string message) {
  return tl::make_unexpected(Error{code, std::move(reason), std::move(message)});
}

[[nodiscard]] inline tl::unexpected<Error> invalid(std::string reason, std::string message) {
  return refuse(Code::invalid_argument, std::move(reason), std::move(message));
}

}  // namespace taskwire::engine
