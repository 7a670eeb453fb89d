#include "load/faulty_server.h"

#include <array>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "support/socket.h"

namespace taskwire::test {
namespace {

void send_all(int fd, const std::string& bytes) {
  ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

}  // namespace

FaultyServer::FaultyServer(Spoil spoil)
    : spoil_(std::move(spoil)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  port_ = listen_at(listener_);
  acceptor_ = std::thread([this] { accept_all(); });
}

FaultyServer::~FaultyServer() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::scoped_lock lock(mutex_);
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  for (const int fd : open_) close(fd);
  close(listener_);
}

void FaultyServer::accept_all() {
  while (true) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::scoped_lock lock(mutex_);
    open_.push_back(fd);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void FaultyServer::serve(int fd) {
  std::string in;
  std::array<char, 4096> piece;
  while (true) {
    const auto got = recv(fd, piece.data(), piece.size(), 0);
    if (got <= 0) return;
    in.append(piece.data(), static_cast<std::size_t>(got));
    const auto end = in.find("\r\n\r\n");
    if (end == std::string::npos) continue;
    if (in.starts_with("GET ")) {
      const std::scoped_lock lock(mutex_);
      send_all(fd, stream_head_);
      readers_.push_back(fd);
      in.clear();
      continue;
    }
    constexpr std::string_view kLength = "Content-Length: ";
    const auto length = std::stoul(in.substr(in.find(kLength) + kLength.size()));
    if (in.size() < end + 4 + length) continue;
    publish(in.substr(end + 4, length));
    send_all(fd, "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n");
    in.erase(0, end + 4 + length);
  }
}

void FaultyServer::send(const std::string& bytes) {
  const std::scoped_lock lock(mutex_);
  for (const int reader : readers_) send_all(reader, bytes);
}

void FaultyServer::publish(const std::string& data) {
  const std::scoped_lock lock(mutex_);
  const auto count = ++published_;
  const auto frame = spoil_(count, "id: " + std::to_string(count) + "\ndata: " + data + "\n\n");
  for (const int reader : readers_) send_all(reader, frame);
}

}  // namespace taskwire::test
