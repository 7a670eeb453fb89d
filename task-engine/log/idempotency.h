#pragma once

#include <google/protobuf/message.h>
#include <optional>
#include <string>

#include "base/error.h"
#include "store/store.h"

namespace taskwire::engine {

/// Makes repeating a request safe: what was answered is kept for 24 h, in the transaction that did the work.
class RequestKey {
 public:
  /// `scope` is what the request does and to what. None for an empty `request_id`; `INVALID_REQUEST_ID` unless it is 1
  /// to 255 visible ASCII characters.
  [[nodiscard]] static Result<std::optional<RequestKey>> make(std::string scope, const std::string& request_id,
                                                              const google::protobuf::Message& request);

  /// What was answered before. `IDEMPOTENCY_KEY_REUSED`: another request had this key.
  [[nodiscard]] Result<std::optional<std::string>> recall(Transaction& transaction) const;
  void remember(Transaction& transaction, std::string answer) const;

  /// What keeps it apart from all others.
  [[nodiscard]] std::string name() const { return scope_ + '\n' + key_; }

 private:
  RequestKey(std::string scope, std::string key, std::string hash)
      : scope_(std::move(scope)), key_(std::move(key)), hash_(std::move(hash)) {}

  std::string scope_;
  std::string key_;
  std::string hash_;
};

}  // namespace taskwire::engine
