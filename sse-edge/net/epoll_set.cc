#include "net/epoll_set.h"

#include <algorithm>
#include <cerrno>
#include <exception>
#include <system_error>

#include "net/fault.h"

namespace taskwire::edge {
namespace {

constexpr std::uint32_t kReads = EPOLLIN | EPOLLRDHUP | EPOLLET;

int make_set() {
  const int set = epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw std::system_error(errno, std::generic_category(), "epoll_create1");
  return set;
}

}  // namespace

EpollSet::EpollSet(boost::asio::io_context& io) : set_(io, make_set()), ready_{} {}

void EpollSet::add(int socket, Waiter& waiter) {
  change(EPOLL_CTL_ADD, socket, kReads, waiter);
}

void EpollSet::want_to_write(int socket, Waiter& waiter) {
  change(EPOLL_CTL_MOD, socket, kReads | EPOLLOUT, waiter);
}

void EpollSet::forget(const Waiter& waiter) noexcept {
  for (auto& event : left_) {
    if (event.data.ptr == &waiter) event.data.ptr = nullptr;
  }
}

void EpollSet::change(int operation, int socket, std::uint32_t events, Waiter& waiter) {
  epoll_event event{.events = events, .data = {.ptr = &waiter}};
  if (epoll_ctl(set_.native_handle(), operation, socket, &event) != 0)
    throw std::system_error(errno, std::generic_category(), "epoll_ctl");
}

void EpollSet::go_on() {
  while (!left_.empty()) {
    const auto event = left_.front();
    left_ = left_.subspan(1);
    if (event.data.ptr == nullptr) continue;
    try {
      static_cast<Waiter*>(event.data.ptr)->on_ready(event.events);
    } catch (...) {
      note_fault(std::current_exception());
    }
  }
  if (is_waiting_) return;
  // Each wait looks anew, so the next one finds what a look had no room for.
  set_.async_wait(boost::asio::posix::descriptor_base::wait_read, [this](boost::system::error_code error) {
    is_waiting_ = false;
    if (error) return;
    look();
    go_on();
  });
  is_waiting_ = true;
}

/// Edges come once, so none that was not told yet may be overwritten.
void EpollSet::look() {
  if (!left_.empty()) return;
  const int count = epoll_wait(set_.native_handle(), ready_.data(), static_cast<int>(ready_.size()), 0);
  left_ = std::span(ready_).first(static_cast<std::size_t>(std::max(count, 0)));
}

}  // namespace taskwire::edge
