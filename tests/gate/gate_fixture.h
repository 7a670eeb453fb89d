#pragma once

#include <algorithm>
#include <array>
#include <condition_variable>
#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>

#include "gate/gate.h"
#include "support/http2.h"
#include "support/socket.h"

namespace taskwire::gate {

/// gRPC's end of a connection, as the test plays it.
class Behind {
 public:
  explicit Behind(engine::Fd fd) : fd_(std::move(fd)) {}

  /// The next `count` bytes; fewer at the connection's end, or where they do not come.
  std::string read(std::size_t count) {
    std::string bytes;
    std::array<char, 65536> buffer;
    while (bytes.size() < count && wait(POLLIN)) {
      const auto got = recv(fd_.get(), buffer.data(), std::min(buffer.size(), count - bytes.size()), 0);
      if (got <= 0) break;
      bytes.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return bytes;
  }
  /// What is there.
  std::string read_now() {
    std::array<char, 65536> buffer;
    const auto got = recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    return {buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
  }
  void write(std::string_view bytes) {
    while (!bytes.empty() && wait(POLLOUT)) {
      const auto sent = send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  /// Whether the connection ends.
  bool ends() { return read(1 << 20).size() < 1 << 20; }

 private:
  bool wait(short event) {
    pollfd ready{fd_.get(), event, 0};
    return poll(&ready, 1, 30'000) == 1;
  }

  engine::Fd fd_;
};

class GateTest : public testing::Test {
 protected:
  void open(const Gate::Settings& settings) {
    gate = std::move(*Gate::open("127.0.0.1:0", settings));
    gate->start([this](engine::Fd fd) {
      const std::lock_guard lock(mutex);
      taken.push_back(std::make_unique<Behind>(std::move(fd)));
      changed.notify_all();
    });
  }
  std::uint16_t port() { return gate->addresses().front().port; }
  std::unique_ptr<Behind> next() {
    std::unique_lock lock(mutex);
    if (!changed.wait_until(lock, test::within(), [&] { return !taken.empty(); })) return nullptr;
    auto first = std::move(taken.front());
    taken.pop_front();
    return first;
  }
  /// Whether a new client is neither refused nor closed.
  bool is_taken_in() {
    test::Socket client(port());
    client.send(test::http2::greeting());
    return client.receive(1, test::Clock::now() + std::chrono::milliseconds(50)) == std::nullopt;
  }
  /// All that a client gets to the connection's end.
  static std::string rest(test::Socket& client) {
    std::string all;
    while (const auto some = client.receive(65536, test::within())) {
      if (some->empty()) return all;
      all += *some;
    }
    return all + " (no end)";
  }
  static std::string begin(std::uint32_t stream) {
    using namespace test::http2;
    return frame(headers, kEndHeaders, stream, call_block("/x"));
  }

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::unique_ptr<Behind>> taken;
  std::unique_ptr<Gate> gate;  // ends first
};

}  // namespace taskwire::gate
