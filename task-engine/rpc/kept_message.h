#pragma once

#include <cstddef>
#include <optional>

namespace taskwire::rpc {

/// A message whose memory serves the next one: protobuf keeps what its elements and strings took. It grows to the
/// largest that each of them was, so it begins anew now and then. Not thread-safe.
template <class Message>
class KeptMessage {
 public:
  /// It begins anew after it has held so much, on the wire.
  static constexpr std::size_t kMostHeld = std::size_t{4} << 20;

  /// What one of so many bytes on the wire is to be read into; it holds what it held before.
  Message& next(std::size_t bytes) {
    held_ += bytes;
    if (!message_ || held_ > kMostHeld) {
      message_.emplace();
      held_ = bytes;
    }
    return *message_;
  }

 private:
  std::optional<Message> message_;
  std::size_t held_ = 0;
};

}  // namespace taskwire::rpc
