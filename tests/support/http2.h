#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace taskwire::test::http2 {

enum FrameType : std::uint8_t {
  data = 0,
  headers = 1,
  rst_stream = 3,
  settings = 4,
  ping = 6,
  window_update = 8,
  continuation = 9
};

inline constexpr std::uint8_t kEndStream = 0x1;
inline constexpr std::uint8_t kEndHeaders = 0x4;

/// A frame (RFC 9113, 4.1).
std::string frame(FrameType type, std::uint8_t flags, std::uint32_t stream, std::string_view payload = {});
/// What a client says first: the preface, and empty SETTINGS.
std::string greeting();
/// A header block without compression that calls a gRPC method (RFC 7541).
std::string call_block(std::string_view path);
/// A field of a header block, never indexed.
std::string field(std::string_view name, std::string_view value);
/// A gRPC message in a DATA frame that ends the request.
std::string last_message(std::uint32_t stream, std::string_view message = {});
/// RST_STREAM with CANCEL.
std::string reset(std::uint32_t stream);

}  // namespace taskwire::test::http2
