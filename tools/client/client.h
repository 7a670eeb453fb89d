#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "client/url.h"

namespace taskwire::client {

/// A request. Whoever repeats one that changes something gives it a key, or a number of its own in the body.
struct Request {
  std::string method = "GET";
  std::string path;  ///< Below the edge's; begins with `/`.
  std::string body;
  std::string content_type = "application/json";  ///< Of `body`; not sent where that is empty.
  std::string idempotency_key;                    ///< Empty: none.
  std::string accept = "application/json";
};

struct Answer {
  unsigned status = 0;
  std::string content_type;
  std::string body;
  std::chrono::milliseconds retry_after{0};

  [[nodiscard]] bool is_success() const { return status >= 200 && status < 300; }
};

/// Asks one edge, one request after the other, over a connection that it keeps. What an edge closed meanwhile is asked
/// anew once. Failures are told in words. Not thread-safe, but for abort().
class Client {
 public:
  /// `token`: sent as a bearer; empty: none.
  explicit Client(Url edge, std::string token = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Waits for the whole answer, at most 64 MiB. Looking up a host's name may take longer than `patience`.
  tl::expected<Answer, std::string> ask(const Request& request, std::chrono::milliseconds patience);
  /// Ends what is asked, and all that will be. Thread-safe.
  void abort();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace taskwire::client
