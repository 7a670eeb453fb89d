#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace taskwire::gate {

/// The header of an HTTP/2 frame (RFC 9113, 4.1).
struct Frame {
  enum Type : std::uint8_t { data = 0, headers = 1, rst_stream = 3, continuation = 9 };
  static constexpr std::uint8_t kEndStream = 0x1;
  static constexpr std::uint8_t kEndHeaders = 0x4;
  static constexpr std::size_t kHeaderBytes = 9;

  std::uint32_t length = 0;  ///< Of the payload, in bytes.
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
};

/// Finds the frames in bytes that come in pieces; passes over their payloads. Not thread-safe.
class FrameScanner {
 public:
  /// Calls `visit(const Frame&)` for each header that becomes complete, until one answers false; false then. A scanner
  /// that was stopped so is of no more use.
  template <class Visit>
  [[nodiscard]] bool scan(std::string_view bytes, Visit&& visit) {
    while (!bytes.empty()) {
      if (payload_left_ > 0) {
        const auto passed = std::min<std::size_t>(payload_left_, bytes.size());
        payload_left_ -= static_cast<std::uint32_t>(passed);
        bytes.remove_prefix(passed);
        continue;
      }
      header_[header_bytes_++] = static_cast<std::uint8_t>(bytes.front());
      bytes.remove_prefix(1);
      if (header_bytes_ < Frame::kHeaderBytes) continue;
      header_bytes_ = 0;
      const auto frame = read_header();
      payload_left_ = frame.length;
      if (!visit(frame)) return false;
    }
    return true;
  }

  /// Whether the last byte ended a frame.
  [[nodiscard]] bool is_between_frames() const { return header_bytes_ == 0 && payload_left_ == 0; }

 private:
  [[nodiscard]] Frame read_header() const {
    const auto& h = header_;
    const auto word = [&h](std::size_t at, std::size_t count) {
      std::uint32_t value = 0;
      for (std::size_t i = 0; i < count; ++i) value = value << 8 | h[at + i];
      return value;
    };
    return {word(0, 3), h[3], h[4], word(5, 4) & 0x7fff'ffffU};
  }

  std::array<std::uint8_t, Frame::kHeaderBytes> header_{};
  std::size_t header_bytes_ = 0;
  std::uint32_t payload_left_ = 0;
};

}  // namespace taskwire::gate
