#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <string>

#include "net/claims.h"

namespace taskwire::edge {

/// A caller's claim; without a key, what its leases begin with is made up here. Confined to its shard's thread.
class Claim {
 public:
  struct Taken {
    std::string json;                     ///< As claim_json: it may be megabytes, so it is made elsewhere.
    std::chrono::milliseconds lasting{};  ///< How long the leases last, if nobody renews them; 0: there are none.
  };

  Claim(Claims& claims, v1::ClaimRequest request);

  /// Sends it and waits for its end, as Claims::start. Once.
  boost::asio::awaitable<Result<Taken>> wait();
  /// Nobody waits for it any more: it ends at once, and the engine takes it out.
  void give_up();
  [[nodiscard]] bool is_given_up() const { return is_given_up_; }
  [[nodiscard]] bool has_key() const { return !call_->request.request_id().empty(); }
  /// Everything that it may have been given, to be given back; nothing where it has a key, by which it may be repeated.
  [[nodiscard]] v1::GiveBackRequest leases() const;

 private:
  Claims& claims_;
  std::shared_ptr<Claims::Call> call_;
  bool is_given_up_ = false;
};

}  // namespace taskwire::edge
