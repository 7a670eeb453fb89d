#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <sys/epoll.h>

namespace taskwire::edge {

/// Sockets that live long and are mostly idle, watched by one edge-triggered epoll set (epoll(7)) inside an io_context:
/// each costs the kernel's entry and nothing here. Confined to its io_context's thread.
class EpollSet {
 public:
  class Waiter {
   public:
    /// What came to the socket since it was told last: EPOLLIN, EPOLLRDHUP, EPOLLERR, EPOLLHUP, and where it was wanted
    /// EPOLLOUT. A fault in it is counted. May destroy this waiter, and others that were forgotten.
    virtual void on_ready(std::uint32_t events) = 0;

   protected:
    ~Waiter() = default;
  };

  /// Nothing is told before go_on().
  explicit EpollSet(boost::asio::io_context& io);
  EpollSet(const EpollSet&) = delete;
  EpollSet& operator=(const EpollSet&) = delete;

  /// Begins, or goes on after a fault: tells what was not told yet, and from then on what comes.
  void go_on();

  /// From now on `waiter` is told when there is something to read, also of what is there already. Throws
  /// std::system_error where the kernel has no room for another.
  void add(int socket, Waiter& waiter);
  /// And when the socket takes bytes, also where it does already. Its `waiter` as before.
  void want_to_write(int socket, Waiter& waiter);
  /// Nothing more is told. Call it where the socket is closed, which takes it out of the set.
  void forget(const Waiter& waiter) noexcept;

 private:
  void change(int operation, int socket, std::uint32_t events, Waiter& waiter);
  void look();

  boost::asio::posix::stream_descriptor set_;
  std::array<epoll_event, 64> ready_;
  std::span<epoll_event> left_;  // of those that are ready, not told yet
  bool is_waiting_ = false;
};

}  // namespace taskwire::edge
