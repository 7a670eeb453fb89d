#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <string>
#include <utility>

#include "base/error.h"

namespace taskwire::rpc {

/// What gRPC takes; beyond it, it answers RESOURCE_EXHAUSTED in its own words. More than a batch may have, so that one
/// beyond its limit is refused by us, who say what to do.
inline constexpr std::size_t kMostMessageBytes = std::size_t{4} << 20;
/// What a request may have that carries no payload of its own size.
inline constexpr std::size_t kMostRequestBytes = std::size_t{256} << 10;
/// Of the start of a task: 64 KiB of JSON can be several times as much.
inline constexpr std::size_t kMostStartBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMostReportBytes = std::size_t{1} << 20;

/// `PAYLOAD_TOO_LARGE` where a request has more than `most` bytes.
[[nodiscard]] inline engine::Result<void> check_size(std::size_t bytes, std::size_t most) {
  if (bytes <= most) return {};
  return engine::refuse(Reason::payload_too_large, "the request has " + std::to_string(bytes) +
                                                       " bytes; this call takes at most " + std::to_string(most));
}

/// Reads the message in `bytes` into `message`; `MALFORMED_MESSAGE` where it is none, `PAYLOAD_TOO_LARGE` above `most`.
/// gRPC would refuse such a call without a reason, so the services take bytes.
template <class Message>
[[nodiscard]] engine::Result<void> parse_message(const grpc::ByteBuffer& bytes, Message& message,
                                                 std::size_t most = kMostRequestBytes) {
  if (auto checked = check_size(bytes.Length(), most); !checked) return checked;
  auto copy = bytes;  // of a reference
  if (copy.Valid() && grpc::SerializationTraits<Message>::Deserialize(&copy, &message).ok()) return {};
  return engine::refuse(Reason::malformed_message, "the request is no " + message.GetDescriptor()->full_name() +
                                                       "; send one as the protos describe it, its strings being UTF-8");
}

/// The bytes of `message`. A message of ours is never too large to be written down.
template <class Message>
[[nodiscard]] grpc::ByteBuffer to_bytes(const Message& message) {
  grpc::ByteBuffer bytes;
  bool is_own = false;
  (void)grpc::SerializationTraits<Message>::Serialize(message, &bytes, &is_own);
  return bytes;
}

/// A message that is on the wire already, without a copy of it.
[[nodiscard]] inline grpc::ByteBuffer own_bytes(std::string bytes) {
  auto* const owned = new std::string(std::move(bytes));  // gRPC deletes it
  const grpc::Slice slice(
      owned->data(), owned->size(), [](void* text) { delete static_cast<std::string*>(text); }, owned);
  return {&slice, 1};
}

}  // namespace taskwire::rpc
