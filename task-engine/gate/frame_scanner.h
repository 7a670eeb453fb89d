#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace taskwire::gate {

/// The header of an HTTP/2 frame (RFC 9113, 4.1).
struct Frame {
  enum Type : std::uint8_t { data = 0, headers = 1, rst_stream = 3, window_update = 8, continuation = 9 };
  static constexpr std::uint8_t kEndStream = 0x1;
  static constexpr std::uint8_t kEndHeaders = 0x4;
  static constexpr std::size_t kHeaderBytes = 9;

  std::uint32_t length = 0;  ///< Of the payload, in bytes.
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
};

/// Finds the frames in bytes that come in pieces. Not thread-safe.
class FrameScanner {
 public:
  /// Calls `on_header(const Frame&)` for each header that becomes complete, and `on_payload(const Frame&,
  /// std::string_view)` for each piece of what follows it, until one answers false. Answers how many bytes lie behind.
  /// A header that was refused does not: it is visited again when its last byte comes again.
  template <class OnHeader, class OnPayload>
  [[nodiscard]] std::size_t scan(std::string_view bytes, OnHeader&& on_header, OnPayload&& on_payload) {
    std::size_t at = 0;
    while (at < bytes.size()) {
      if (payload_left_ > 0) {
        const auto piece = bytes.substr(at, payload_left_);
        payload_left_ -= static_cast<std::uint32_t>(piece.size());
        at += piece.size();
        if (!on_payload(frame_, piece)) return at;
        continue;
      }
      header_[header_bytes_] = static_cast<std::uint8_t>(bytes[at]);
      if (header_bytes_ + 1 == Frame::kHeaderBytes) {
        frame_ = read_header();
        if (!on_header(frame_)) return at;
        payload_left_ = frame_.length;
        header_bytes_ = 0;
      } else {
        ++header_bytes_;
      }
      ++at;
    }
    return at;
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
  Frame frame_;
  std::uint32_t payload_left_ = 0;
};

}  // namespace taskwire::gate
