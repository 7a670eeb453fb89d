#include "bench/stream.h"

#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "bench/network.h"
#include "bench/payload.h"

namespace taskwire::bench {
namespace {

std::string in_words(int error) {
  return std::generic_category().message(error);
}

}  // namespace

void Stream::open(const sockaddr_in& target, std::optional<std::uint32_t> source, std::string request,
                  std::uint64_t sequence, int receive_buffer) {
  request_ = std::move(request);
  response_ = {};
  scanner_ = {};
  is_forgotten_ = false;
  check_.start_after(sequence);
  started_ = now();
  fd_ = start_connect(target, source, receive_buffer);
  if (fd_ < 0) return give_up("connect: " + in_words(errno));
  state_ = State::connecting;
  loop_.add(fd_, EPOLLOUT, *this);
}

void Stream::stall() {
  if (fd_ >= 0) loop_.change(fd_, 0, *this);
}

void Stream::resume() {
  if (fd_ < 0) return;
  const int as_much_as_may_be = 1 << 20;
  setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &as_much_as_may_be, sizeof as_much_as_may_be);
  loop_.change(fd_, EPOLLIN, *this);
}

void Stream::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  state_ = State::idle;
}

void Stream::forget() {
  close();
  is_forgotten_ = true;
}

void Stream::on_ready(std::uint32_t /*events*/, Nanoseconds at) {
  if (fd_ < 0) return;
  if (state_ == State::connecting) return ask();
  read(at);
}

void Stream::ask() {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return give_up("connect: " + in_words(error));
  const auto sent = send(fd_, request_.data(), request_.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(request_.size())) return give_up("a request could not be sent");
  std::string().swap(request_);
  state_ = State::asking;
  loop_.change(fd_, EPOLLIN, *this);
}

void Stream::read(Nanoseconds at) {
  auto& buffer = reception_.buffer;
  const auto got = recv(fd_, buffer.data(), buffer.size(), 0);
  if (got > 0) return take({buffer.data(), static_cast<std::size_t>(got)}, at);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  give_up(got == 0 ? "the server closed the connection" : "recv: " + in_words(errno));
}

void Stream::take(std::string_view bytes, Nanoseconds at) {
  while (!bytes.empty() && response_.state() != HttpResponse::State::broken) {
    auto piece = response_.next(bytes);
    if (state_ == State::asking && response_.status() != 0) {
      if (response_.status() != 200) return give_up("status " + std::to_string(response_.status()));
      state_ = State::open;
      ++reception_.opened;
      reception_.opening.add(at - started_);
    }
    while (scanner_.next(piece)) take_event(at);
    if (scanner_.is_too_long()) return give_up("an event is longer than 16 MiB");
    if (response_.state() == HttpResponse::State::done) return give_up("the server ended the stream");
  }
  if (response_.state() == HttpResponse::State::broken) give_up("the answer is no HTTP/1.1");
}

void Stream::take_event(Nanoseconds at) {
  auto data = scanner_.data();
  while (const auto payload = take_payload(data)) {  // a server may put several into one
    if (payload->channel != channel_) {
      ++reception_.foreign;
      continue;
    }
    if (!check_.take(payload->sequence)) continue;
    ++reception_.deliveries;
    reception_.last_delivery = at;
    reception_.latency.add(at - payload->due);
    if (check_.taken() == reception_.goal) {
      ++reception_.complete;
      reception_.completion.add(at - started_);
      reception_.done.push_back(index_);
    }
  }
}

void Stream::give_up(const std::string& why) {
  if (state_ == State::open) {
    ++reception_.closed;
  } else {
    ++reception_.failed;
    if (reception_.first_problem.empty()) reception_.first_problem = why;
  }
  close();
}

}  // namespace taskwire::bench
