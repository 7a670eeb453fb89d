#include "tail/scripted_server.h"

#include <array>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "support/socket.h"

namespace taskwire::test {

ScriptedServer::ScriptedServer(std::vector<Answer> answers)
    : answers_(std::move(answers)), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  port_ = listen_at(listener_);
  thread_ = std::thread([this] { serve(); });
}

ScriptedServer::~ScriptedServer() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
  for (const int fd : open_) close(fd);
}

std::vector<ScriptedServer::Request> ScriptedServer::requests() {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

void ScriptedServer::serve() {
  for (const auto& next : answers_) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    answer(fd, next);
  }
  shutdown(listener_, SHUT_RDWR);
}

void ScriptedServer::answer(int fd, const Answer& answer) {
  std::string head;
  std::array<char, 4096> piece;
  while (head.find("\r\n\r\n") == std::string::npos) {
    const auto got = recv(fd, piece.data(), piece.size(), 0);
    if (got <= 0) break;
    head.append(piece.data(), static_cast<std::size_t>(got));
  }
  {
    const std::scoped_lock lock(mutex_);
    requests_.push_back({head, std::chrono::steady_clock::now()});
  }
  send(fd, answer.bytes.data(), answer.bytes.size(), MSG_NOSIGNAL);
  if (answer.stays_open) {
    open_.push_back(fd);
  } else {
    close(fd);
  }
}

std::string stream_answer(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + body;
}

std::string plain_answer(const std::string& status, const std::string& headers, const std::string& body) {
  return "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace taskwire::test
