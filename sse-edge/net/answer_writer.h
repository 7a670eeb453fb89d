#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/message.h"
#include "http/request_guard.h"
#include "net/budget.h"
#include "net/timed_socket.h"

namespace taskwire::edge {

/// Writes a connection's answers. Confined to its shard's thread.
class AnswerWriter {
 public:
  /// `patience` of the Pace at which an answer has to be taken. An answer counts in `held` until it is taken.
  AnswerWriter(TimedSocket& socket, Budget& held, const RequestGuard& guard, std::chrono::milliseconds patience)
      : socket_(socket), held_(held), guard_(guard), patience_(patience) {}

  /// Writes the answer to `request`, with the headers that every answer has; its body not for HEAD. False where not all
  /// of it was taken. Of a request that was not read whole what came is enough; it need not live longer than this call.
  [[nodiscard]] boost::asio::awaitable<bool> write(const HttpRequest& request, HttpResponse response, bool keeps_alive);
  /// Writes `bytes` as they are; as above. They stay the caller's.
  [[nodiscard]] boost::asio::awaitable<bool> write(std::string_view bytes);

 private:
  /// What an answer keeps in memory; `what`: as Budget::Share takes it.
  struct Load {
    std::size_t bytes = 0;
    const void* what = nullptr;
  };

  [[nodiscard]] boost::asio::awaitable<bool> write_all(std::string head, HttpResponse response, bool has_body);
  [[nodiscard]] boost::asio::awaitable<bool> write(std::string_view head, std::string_view body, Load load);

  TimedSocket& socket_;
  Budget& held_;
  const RequestGuard& guard_;
  std::chrono::milliseconds patience_;
};

/// Adds headers to a response; of those that are there already only `Vary` grows.
void add_headers(HttpResponse& response, std::vector<std::pair<std::string, std::string>> headers);

}  // namespace taskwire::edge
