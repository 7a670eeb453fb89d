#include "bench/exchange.h"

#include <array>
#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "bench/network.h"

namespace taskwire::bench {
namespace {

constexpr std::size_t kMostBody = 16 << 20;

}  // namespace

void Exchange::send() {
  sent_ = 0;
  status_ = 0;
  body_.clear();
  response_.restart();
  if (fd_ < 0) return connect();
  state_ = State::writing;
  loop_.change(fd_, EPOLLOUT | EPOLLIN, *this);
}

void Exchange::connect() {
  fd_ = start_connect(target_, source_, 0);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "connect");
  state_ = State::connecting;
  loop_.add(fd_, EPOLLOUT, *this);
}

void Exchange::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  state_ = State::closed;
}

void Exchange::on_ready(std::uint32_t events, Nanoseconds at) {
  if (fd_ < 0) return;
  if (state_ == State::connecting && (events & (EPOLLERR | EPOLLHUP)) != 0) return answer(0, false, at);
  if (state_ == State::connecting) state_ = State::writing;
  if (state_ == State::writing && (events & EPOLLOUT) != 0) write(at);
  if (fd_ >= 0 && (events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0) read(at);
}

void Exchange::write(Nanoseconds at) {
  const auto sent = ::send(fd_, request_.data() + sent_, request_.size() - sent_, MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno != EAGAIN) answer(0, false, at);
    return;
  }
  sent_ += static_cast<std::size_t>(sent);
  if (sent_ < request_.size()) return;
  state_ = State::waiting;
  loop_.change(fd_, EPOLLIN, *this);
}

void Exchange::read(Nanoseconds at) {
  static thread_local std::array<char, 65'536> buffer;
  const auto got = recv(fd_, buffer.data(), buffer.size(), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (state_ == State::idle) return close();  // the server's right between two requests
  if (got <= 0) {
    response_.end();
    const bool is_whole = response_.state() == HttpResponse::State::done;
    return answer(is_whole ? response_.status() : 0, false, at);
  }
  std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
  while (!bytes.empty() && response_.state() != HttpResponse::State::done) {
    body_ += response_.next(bytes);
    if (response_.state() == HttpResponse::State::broken || body_.size() > kMostBody) return answer(0, false, at);
  }
  if (response_.state() == HttpResponse::State::done) answer(response_.status(), response_.keeps_alive(), at);
}

void Exchange::answer(int status, bool stays_open, Nanoseconds at) {
  status_ = status;
  if (stays_open) {
    state_ = State::idle;
  } else {
    close();
  }
  on_answer_(*this, at);
}

}  // namespace taskwire::bench
