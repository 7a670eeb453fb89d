#pragma once

#include <cstdint>
#include <functional>
#include <netinet/in.h>
#include <optional>
#include <string>

#include "bench/http_response.h"
#include "bench/loop.h"

namespace taskwire::bench {

/// Requests and answers on one connection, which stays open from one to the next and is made anew where it does not. It
/// takes no memory once the longest request and answer were. Not thread-safe.
class Exchange final : public Handler {
 public:
  using OnAnswer = std::function<void(Exchange&, Nanoseconds at)>;

  Exchange(Loop& loop, const sockaddr_in& target, std::optional<std::uint32_t> source, OnAnswer on_answer)
      : loop_(loop), target_(target), source_(source), on_answer_(std::move(on_answer)) {}
  ~Exchange() override { close(); }

  /// To be filled before send().
  [[nodiscard]] std::string& request() { return request_; }
  /// `on_answer` is called when the answer is whole, or it is clear that none comes; never before the loop runs.
  void send();
  void on_ready(std::uint32_t events, Nanoseconds at) override;

  /// Of the answer; 0 where none came.
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] bool is_success() const { return status_ >= 200 && status_ < 300; }
  [[nodiscard]] const std::string& body() const { return body_; }

 private:
  enum class State { closed, connecting, writing, waiting, idle };

  void write(Nanoseconds at);
  void read(Nanoseconds at);
  void answer(int status, bool stays_open, Nanoseconds at);
  void connect();
  void close();

  Loop& loop_;
  sockaddr_in target_;
  std::optional<std::uint32_t> source_;
  OnAnswer on_answer_;
  State state_ = State::closed;
  int fd_ = -1;
  std::string request_;
  std::size_t sent_ = 0;
  HttpResponse response_;
  int status_ = 0;
  std::string body_;
};

}  // namespace taskwire::bench
