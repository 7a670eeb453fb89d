#include "net/request_reader.h"

#include <array>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "net/pace.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kDrainTime(1);

}  // namespace

asio::awaitable<bool> RequestReader::read_header(RequestParser& parser) {
  beside_ = 0;
  feed(parser, std::exchange(ahead_, {}));
  hold(parser.held());
  const auto now = steady_clock::now();
  auto deadline =
      now + (std::exchange(is_first_, false) || parser.has_begun() ? config_.request_timeout : config_.keep_alive);
  while (!parser.is_header_read() && !parser.problem()) {
    const bool had_begun = parser.has_begun();
    const auto bytes = co_await socket_.read_some(deadline);
    if (!bytes) {
      if (bytes.error() == TimedSocket::Failure::gone || !parser.has_begun()) co_return false;
      parser.time_out("The request's header did not come in time. Send it again.");
      break;
    }
    feed(parser, *bytes);
    hold(parser.held());
    if (!had_begun && parser.has_begun()) deadline = steady_clock::now() + config_.request_timeout;
  }
  co_return true;
}

asio::awaitable<bool> RequestReader::read_body(RequestParser& parser, std::uint64_t most) {
  parser.read_body(most);
  feed(parser, std::exchange(ahead_, {}));
  hold(parser.held());
  if (parser.is_complete() || parser.problem()) co_return true;
  Pace pace(config_.request_timeout);
  if (parser.expects_continue() && parser.request().body.empty()) {
    constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
    const std::array<asio::const_buffer, 1> line = {asio::buffer(kContinue)};
    const auto written = co_await socket_.write_some(line, pace.deadline());  // a socket that has just been idle
    if (!written || *written < kContinue.size()) co_return false;
  }
  while (!parser.is_complete() && !parser.problem()) {
    const auto bytes = co_await socket_.read_some(pace.deadline());
    if (!bytes) {
      if (bytes.error() == TimedSocket::Failure::gone) co_return false;
      parser.time_out("The request's body came too slowly. Send it again, without long pauses.");
      break;
    }
    pace.add(bytes->size());
    feed(parser, *bytes);
    hold(parser.held());
  }
  co_return true;
}

asio::awaitable<void> RequestReader::drain() {
  const auto deadline = steady_clock::now() + kDrainTime;
  bool goes_on = true;
  while (goes_on) {
    co_await asio::post(asio::use_awaitable);  // others have their turn, however much comes
    const auto bytes = co_await socket_.read_some(deadline);
    goes_on = bytes.has_value() && steady_clock::now() < deadline;
  }
}

void RequestReader::release() {
  beside_ = 0;
  hold(0);
}

/// Tells the budget how much there is of the request, with what came behind it.
void RequestReader::hold(std::size_t bytes) {
  const std::size_t held = bytes + beside_ + ahead_.capacity();
  if (held <= kOwnBytes) return share_.reset();
  if (share_) return share_->set(held - kOwnBytes);
  share_.emplace(held_, held - kOwnBytes, [this] { socket_.cut(); });
}

void RequestReader::feed(RequestParser& parser, std::string_view bytes) {
  bytes.remove_prefix(parser.put(bytes));
  ahead_ += bytes;
}

}  // namespace taskwire::edge
