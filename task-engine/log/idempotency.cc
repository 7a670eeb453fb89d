#include "log/idempotency.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "base/digest.h"
#include "resume/limits.h"

namespace taskwire::engine {
namespace {

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
  if (!is_request_key(request_id))
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
    return refuse(Reason::idempotency_key_reused, "this key came with another request before; take a new one");
  return std::move(remembered->answer);
}

void RequestKey::remember(Transaction& transaction, std::string answer) const {
  transaction.remember(scope_, key_, {hash_, std::move(answer)}, kKept);
}

}  // namespace taskwire::engine
