#pragma once

#include <cstddef>
#include <cstdint>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/message_lite.h>
#include <string>
#include <string_view>

namespace taskwire::engine {

/// Protobuf messages on the wire: read from bytes, and fields written down where what they hold is on the wire already
/// (https://protobuf.dev/programming-guides/encoding/).

/// Reads `message`, all of it; false where `bytes` are none.
[[nodiscard]] inline bool read_message(std::string_view bytes, google::protobuf::MessageLite& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

/// What a length-delimited field takes.
[[nodiscard]] inline std::size_t field_size(int number, std::size_t bytes) {
  using google::protobuf::io::CodedOutputStream;
  return CodedOutputStream::VarintSize32(static_cast<std::uint32_t>(number) << 3) +
         CodedOutputStream::VarintSize64(bytes) + bytes;
}

/// Adds the tag and the length of such a field to `to`; its bytes have to follow.
inline void begin_field(std::string& to, int number, std::size_t bytes) {
  constexpr std::uint32_t kLengthDelimited = 2;
  using google::protobuf::io::CodedOutputStream;
  std::uint8_t head[16];
  auto* end = CodedOutputStream::WriteVarint32ToArray(static_cast<std::uint32_t>(number) << 3 | kLengthDelimited, head);
  end = CodedOutputStream::WriteVarint64ToArray(bytes, end);
  to.append(reinterpret_cast<const char*>(head), static_cast<std::size_t>(end - head));
}

inline void add_field(std::string& to, int number, std::string_view bytes) {
  begin_field(to, number, bytes.size());
  to.append(bytes);
}

}  // namespace taskwire::engine
