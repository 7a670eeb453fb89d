#include "support/http2.h"

namespace taskwire::test::http2 {
namespace {

std::string word(std::uint32_t value, int bytes) {
  std::string text;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) text += static_cast<char>(value >> shift);
  return text;
}

std::string length_and(std::string_view text) {
  return std::string(1, static_cast<char>(text.size())).append(text);  // below 127
}

}  // namespace

std::string frame(FrameType type, std::uint8_t flags, std::uint32_t stream, std::string_view payload) {
  return word(static_cast<std::uint32_t>(payload.size()), 3) + word(type, 1) + word(flags, 1) + word(stream, 4) +
         std::string(payload);
}

std::string greeting() {
  return "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(settings, 0, 0);
}

std::string call_block(std::string_view path) {
  constexpr std::string_view kPostHttp = "\x83\x86";  // :method POST, :scheme http
  const std::string name_of_path("\x04", 1);          // of the static table
  const std::string name_of_authority("\x01", 1);
  const std::string name_of_content_type("\x0f\x10", 2);
  return std::string(kPostHttp) + name_of_path + length_and(path) + name_of_authority + length_and("localhost") +
         name_of_content_type + length_and("application/grpc") + field("te", "trailers");
}

std::string field(std::string_view name, std::string_view value) {
  return std::string(1, '\0') + length_and(name) + length_and(value);
}

std::string last_message(std::uint32_t stream, std::string_view message) {
  return frame(data, kEndStream, stream,
               word(0, 1) + word(static_cast<std::uint32_t>(message.size()), 4) + std::string(message));
}

std::string reset(std::uint32_t stream) {
  return frame(rst_stream, 0, stream, word(8, 4));
}

}  // namespace taskwire::test::http2
