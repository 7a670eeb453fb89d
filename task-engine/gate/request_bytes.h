#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace taskwire::gate {

/// What one call was sent and has not taken. A call's request is messages, each a flag, its length in 4 bytes, and so
/// many bytes (gRPC over HTTP/2, "Length-Prefixed-Message"). The first counts as long as the call lasts, since it may
/// be used so long, and one that is not whole yet cannot have been taken. Not thread-safe.
class RequestBytes {
 public:
  void add(std::string_view bytes) {
    held_ += bytes.size();
    while (!bytes.empty()) {
      if (prefix_ < kPrefixBytes) {
        if (prefix_ > 0) left_ = left_ << 8 | static_cast<std::uint8_t>(bytes.front());
        ++prefix_;
        ++message_;
        bytes.remove_prefix(1);
      } else {
        const auto some = std::min<std::size_t>(left_, bytes.size());
        left_ -= static_cast<std::uint32_t>(some);
        message_ += some;
        bytes.remove_prefix(some);
      }
      if (prefix_ == kPrefixBytes && left_ == 0) end_message();
    }
  }
  /// The call has asked for more, and so has taken every message before the one that it waits for.
  void taken() { held_ = first_ + message_; }

  [[nodiscard]] std::size_t held() const { return held_; }

 private:
  static constexpr int kPrefixBytes = 5;

  void end_message() {
    if (first_ == 0) first_ = message_;
    message_ = 0;
    prefix_ = 0;
  }

  std::size_t held_ = 0;
  std::size_t first_ = 0;    // of the first message; 0 while it is not whole
  std::size_t message_ = 0;  // of the one under way
  std::uint32_t left_ = 0;
  int prefix_ = 0;
};

}  // namespace taskwire::gate
