#include "net/caller.h"

#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>
#include <poll.h>
#include <sys/ioctl.h>
#include <utility>

namespace taskwire::edge {
namespace {

using Tcp = boost::asio::ip::tcp;
constexpr std::chrono::milliseconds kLookAgain(500);
constexpr int kMostUnreadBytes = 16 << 10;

bool is_closed(int socket) {
  pollfd state{socket, POLLRDHUP, 0};
  return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

int unread_bytes(int socket) {
  int bytes = 0;
  return ::ioctl(socket, FIONREAD, &bytes) == 0 ? bytes : 0;
}

}  // namespace

struct Caller::Watch::State : std::enable_shared_from_this<State> {
  State(Tcp::socket& of, std::function<void()> when_gone) : socket(of), gone(std::move(when_gone)) {}

  void wait() {
    socket.async_wait(Tcp::socket::wait_read, [self = shared_from_this()](const boost::system::error_code& error) {
      if (!self->gone) return;
      if (error) return self->tell();
      self->look();
    });
  }
  void look() {
    if (is_closed(socket.native_handle())) return tell();
    const int unread = unread_bytes(socket.native_handle());
    if (unread > kMostUnreadBytes) return tell();
    if (unread == 0) return wait();
    // The socket stays readable: it would be told at once, again and again.
    again.emplace(socket.get_executor(), kLookAgain);
    again->async_wait([self = shared_from_this()](const boost::system::error_code&) {
      if (self->gone) self->look();
    });
  }

  void tell() { std::exchange(gone, nullptr)(); }

  Tcp::socket& socket;
  std::optional<boost::asio::steady_timer> again;
  std::function<void()> gone;  // empty: the watch has ended
};

std::unique_ptr<Caller::Watch> Caller::watch(std::function<void()> gone) {
  return std::make_unique<Watch>(socket_.socket(), std::move(gone));
}

bool Caller::has_gone() const {
  return is_closed(socket_.socket().native_handle());
}

Caller::Watch::Watch(Tcp::socket& socket, std::function<void()> gone)
    : state_(std::make_shared<State>(socket, std::move(gone))) {
  state_->wait();
}

Caller::Watch::~Watch() {
  const bool is_waiting = std::exchange(state_->gone, nullptr) != nullptr;
  state_->again.reset();
  boost::system::error_code ignored;
  if (is_waiting) state_->socket.cancel(ignored);
}

}  // namespace taskwire::edge
