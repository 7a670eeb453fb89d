#include "net/listener.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <netinet/tcp.h>
#include <optional>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "net/fault.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
using UserTimeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
using UnsentLowWater = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_NOTSENT_LOWAT>;
constexpr int kUnsentBytes = 16 << 10;
constexpr std::chrono::milliseconds kGoneAfterStall(5000);
constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

ListenError describe(const Tcp::endpoint& endpoint, const boost::system::error_code& error) {
  const std::string address = to_string(Address{endpoint.address().to_string(), endpoint.port()});
  if (error == asio::error::address_in_use) {
    return {"cannot listen on " + address + ": the port is in use; stop what uses it, or choose another with --listen"};
  }
  const bool is_elsewhere =
      error == asio::error::address_family_not_supported || error == boost::system::errc::address_not_available;
  return {"cannot listen on " + address + ": " + error.message(), is_elsewhere};
}

}  // namespace

tl::expected<void, ListenError> check_free(const Tcp::endpoint& endpoint, bool is_alone) {
  asio::io_context io;
  Tcp::acceptor probe(io);
  boost::system::error_code error;
  probe.open(endpoint.protocol(), error);
  if (!error) probe.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error && endpoint.protocol() == Tcp::v6() && !is_alone) probe.set_option(asio::ip::v6_only(true), error);
  if (!error) probe.bind(endpoint, error);
  if (!error) probe.listen(1, error);
  if (error) return tl::unexpected(describe(endpoint, error));
  return {};
}

std::size_t waiting_connections(int socket) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return 0;
  return info.tcpi_unacked;  // which it means of a socket that listens
}

tl::expected<Tcp::endpoint, ListenError> Listener::listen(const Tcp::endpoint& endpoint, bool is_alone) {
  boost::system::error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(Tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.set_option(ReusePort(true), error);
  if (!error && endpoint.protocol() == Tcp::v6() && !is_alone) acceptor_.set_option(asio::ip::v6_only(true), error);
  set_options();
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return tl::unexpected(describe(endpoint, error));
  return acceptor_.local_endpoint();
}

tl::expected<Tcp::endpoint, ListenError> Listener::adopt(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  boost::system::error_code error;
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0)  // NOLINT: that is how it is called
    error.assign(errno, boost::system::system_category());
  if (!error) acceptor_.assign(address.ss_family == AF_INET6 ? Tcp::v6() : Tcp::v4(), socket, error);
  if (error) {
    ::close(socket);
    return tl::unexpected(ListenError{"cannot listen on an inherited socket: " + error.message()});
  }
  is_shared_ = true;
  set_options();
  return acceptor_.local_endpoint();
}

/// What is set here its connections have from the kernel.
void Listener::set_options() {
  boost::system::error_code ignored;
  acceptor_.set_option(Tcp::no_delay(true), ignored);
  // Of a client whose machine has vanished the kernel would keep what it owes for a quarter of an hour.
  const auto gone_after = services_.config.stall_timeout + kGoneAfterStall;
  acceptor_.set_option(UserTimeout(static_cast<int>(gone_after.count())), ignored);
  // Else the kernel takes megabytes for a slow reader, and progress shows only once much of that has gone.
  acceptor_.set_option(UnsentLowWater(kUnsentBytes), ignored);
}

void Listener::start() {
  asio::co_spawn(shard_.io(), accept(), [this](const std::exception_ptr& error) {
    note_fault(error);
    if (error) start();
  });
}

void Listener::stop() {
  asio::post(shard_.io(), [this] {
    boost::system::error_code ignored;
    const auto waiting = is_shared_ ? 0 : waiting_connections(acceptor_.native_handle());
    if (waiting > 0) spdlog::warn("connections that waited to be accepted, and are reset now: {}", waiting);
    acceptor_.close(ignored);
  });
}

asio::awaitable<void> Listener::accept() {
  asio::steady_timer pause(shard_.io());
  while (acceptor_.is_open()) {
    Tcp::endpoint peer;
    auto [error, socket] = co_await acceptor_.async_accept(peer, kAwait);
    if (!error) {
      welcome(std::move(socket), peer.address());
      continue;
    }
    if (error == asio::error::operation_aborted) co_return;
    if (error == asio::error::connection_aborted) continue;
    shard_.connection_metrics().not_accepted.add();
    refusals_.count(error.message());  // for want of file descriptors, most likely
    refuse_waiting();
    pause.expires_after(std::chrono::milliseconds(100));
    co_await pause.async_wait(kAwait);
  }
}

void Listener::welcome(Tcp::socket socket, const asio::ip::address& peer) {
  auto lease = services_.admission.enter(services_.proxies.has(peer) ? std::nullopt : std::optional(peer));
  asio::co_spawn(shard_.io(), serve(shard_, services_, budgets_, std::move(socket), peer, std::move(lease)),
                 [](const std::exception_ptr& error) { note_fault(error); });
}

void Listener::refuse_waiting() {
  spare_.give_up();
  boost::system::error_code error;
  Tcp::socket refused(shard_.io());
  acceptor_.non_blocking(true, error);
  if (!error) acceptor_.accept(refused, error);
  refused.close(error);
  spare_.take();
}

}  // namespace taskwire::edge
