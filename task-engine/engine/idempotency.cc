#include "engine/idempotency.h"

#include <algorithm>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "engine/digest.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kMostKeyLength = 255;
constexpr std::chrono::hours kKept{24};

/// Maps have no order of their own, so that equal requests could differ in bytes.
std::string deterministic_bytes(const google::protobuf::Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  {
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return bytes;
}

}  // namespace

Result<std::optional<RequestKey>> RequestKey::make(std::string scope, const std::string& request_id,
                                                   const google::protobuf::Message& request) {
  if (request_id.empty()) return std::nullopt;
  const bool visible = std::all_of(request_id.begin(), request_id.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (!visible || request_id.size() > kMostKeyLength)
    return refuse(Reason::invalid_request_id, "request_id is 1 to 255 visible ASCII characters");
  Sha256 hash;
  hash.add(request.GetTypeName());
  hash.add(deterministic_bytes(request));
  return RequestKey(std::move(scope), request_id, hash.finish());
}

Result<std::optional<std::string>> RequestKey::recall(Transaction& transaction) const {
  auto remembered = transaction.recall(scope_, key_);
  if (!remembered) return std::nullopt;
  if (remembered->request_hash != hash_)
    return refuse(Reason::idempotency_key_reused, "this request_id came with another request before; take a new one");
  return std::move(remembered->answer);
}

void RequestKey::remember(Transaction& transaction, std::string answer) const {
  transaction.remember(scope_, key_, {hash_, std::move(answer)}, transaction.now() + kKept);
}

}  // namespace taskwire::engine
