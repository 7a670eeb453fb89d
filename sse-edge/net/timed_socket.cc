#include "net/timed_socket.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace taskwire::edge {

namespace asio = boost::asio;
namespace {

using Tcp = asio::ip::tcp;

constexpr std::size_t kReadAtOnce = std::size_t{16} << 10;

/// Where a thread reads to: an idle connection so holds no buffer.
std::span<char> scratch() {
  static thread_local std::array<char, kReadAtOnce> bytes;
  return bytes;
}

bool would_block(const boost::system::error_code& error) {
  return error == asio::error::would_block || error == asio::error::try_again || error == asio::error::interrupted;
}

}  // namespace

struct TimedSocket::State {
  explicit State(Tcp::socket of) : socket(std::move(of)), timer(socket.get_executor()) {}

  Tcp::socket socket;
  asio::steady_timer timer;
  Deadline deadline = Deadline::max();
  bool is_late = false;
};

TimedSocket::TimedSocket(Tcp::socket socket) : state_(std::make_shared<State>(std::move(socket))) {
  boost::system::error_code ignored;
  state_->socket.non_blocking(true, ignored);
}

TimedSocket::~TimedSocket() {
  cut();
}

asio::awaitable<TimedSocket::Done<std::string_view>> TimedSocket::read_some(Deadline deadline) {
  const auto bytes = scratch();
  for (;;) {
    boost::system::error_code error;
    const auto got = state_->socket.read_some(asio::buffer(bytes.data(), bytes.size()), error);
    if (!error) co_return std::string_view(bytes.data(), got);
    if (!would_block(error)) co_return tl::unexpected(Failure::gone);
    const auto ready = co_await wait(Tcp::socket::wait_read, deadline);
    if (!ready) co_return tl::unexpected(ready.error());
  }
}

asio::awaitable<TimedSocket::Done<std::size_t>> TimedSocket::write_some(std::span<const asio::const_buffer> buffers,
                                                                        Deadline deadline) {
  for (;;) {
    boost::system::error_code error;
    const auto taken = state_->socket.write_some(buffers, error);
    if (!error) co_return taken;
    if (!would_block(error)) co_return tl::unexpected(Failure::gone);
    const auto ready = co_await wait(Tcp::socket::wait_write, deadline);
    if (!ready) co_return tl::unexpected(ready.error());
  }
}

asio::awaitable<TimedSocket::Done<void>> TimedSocket::wait(Tcp::socket::wait_type what, Deadline deadline) {
  const auto state = state_;
  state->is_late = false;
  state->deadline = deadline;
  state->timer.expires_at(deadline);
  state->timer.async_wait([weak = std::weak_ptr(state)](const boost::system::error_code& error) {
    const auto waiting = weak.lock();
    // A handler that was on its way when the wait ended finds a later deadline, or none.
    if (error || !waiting || std::chrono::steady_clock::now() < waiting->deadline) return;
    waiting->is_late = true;
    boost::system::error_code ignored;
    waiting->socket.cancel(ignored);
  });
  const auto [error] = co_await state->socket.async_wait(what, asio::as_tuple(asio::use_awaitable));
  state->deadline = Deadline::max();
  state->timer.cancel();
  if (!error) co_return Done<void>();
  co_return tl::unexpected(state->is_late ? Failure::late : Failure::gone);
}

void TimedSocket::end_writing() {
  boost::system::error_code ignored;
  state_->socket.shutdown(Tcp::socket::shutdown_send, ignored);
}

void TimedSocket::cut() {
  boost::system::error_code ignored;
  state_->socket.close(ignored);
}

Tcp::socket& TimedSocket::socket() {
  return state_->socket;
}

Tcp::socket TimedSocket::release() {
  return std::move(state_->socket);
}

}  // namespace taskwire::edge
