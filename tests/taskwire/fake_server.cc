#include "taskwire/fake_server.h"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cstdlib>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace taskwire::test {
namespace {

using nlohmann::json;

std::string header(const std::string& head, const std::string& name) {
  const auto at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 4;
  return head.substr(begin, head.find("\r\n", begin) - begin);
}

}  // namespace

FakeServer::FakeServer() {
  listen();
}

FakeServer::~FakeServer() {
  go_away();
}

void FakeServer::listen() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int yes = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(listener_, any, size) != 0 || ::listen(listener_, SOMAXCONN) != 0) std::abort();
  getsockname(listener_, any, &size);
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { serve(); });
}

void FakeServer::go_away() {
  if (!accepting_.joinable()) return;
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  close(listener_);
  {
    const std::scoped_lock lock(mutex_);
    for (const int fd : connections_) shutdown(fd, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  for (const int fd : connections_) close(fd);
  connections_.clear();
}

void FakeServer::come_back() {
  listen();
}

void FakeServer::set(const Manners& manners) {
  const std::scoped_lock lock(mutex_);
  manners_ = manners;
}

FakeServer::Told FakeServer::told() const {
  const std::scoped_lock lock(mutex_);
  return told_;
}

bool FakeServer::wait_until(const std::function<bool(const Told&)>& condition, Clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, deadline, [&] { return condition(told_); });
}

void FakeServer::serve() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::scoped_lock lock(mutex_);
    connections_.push_back(fd);
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

void FakeServer::serve(int fd) {
  std::string bytes;
  std::array<char, 65536> piece;
  for (;;) {
    std::size_t head_end = 0;
    std::size_t length = 0;
    while ((head_end = bytes.find("\r\n\r\n")) == std::string::npos ||
           bytes.size() <
               head_end + 4 + (length = std::strtoul(header(bytes, "Content-Length").c_str(), nullptr, 10))) {
      const auto got = recv(fd, piece.data(), piece.size(), 0);
      if (got <= 0) {
        shutdown(fd, SHUT_RDWR);
        return;
      }
      bytes.append(piece.data(), static_cast<std::size_t>(got));
    }
    const auto head = bytes.substr(0, head_end + 2);
    const auto body = json::parse(bytes.substr(head_end + 4, length), nullptr, false);
    bytes.erase(0, head_end + 4 + length);
    Reply reply{};
    {
      const std::scoped_lock lock(mutex_);
      reply = answer(head, body);
      changed_.notify_all();
    }
    if (reply.status == 0) {
      shutdown(fd, SHUT_RDWR);
      return;
    }
    const auto text = reply.body.dump();
    const auto out = "HTTP/1.1 " + std::to_string(reply.status) +
                     " X\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(text.size()) +
                     "\r\n\r\n" + text;
    send(fd, out.data(), out.size(), MSG_NOSIGNAL);
  }
}

FakeServer::Reply FakeServer::answer(const std::string& head, const json& body) {
  told_.authorization = header(head, "Authorization");
  if (manners_.is_failing) return {503, {{"reason", "UNAVAILABLE"}, {"detail", "the engine is away"}}};
  if (head.find("/start ") != std::string::npos) {
    told_.start = body;
    told_.keys.push_back(header(head, "Idempotency-Key"));
    return {202, {{"taskId", "aaaaaaaaaaaa"}, {"userId", "alice"}, {"lease", "secret"}, {"leaseMs", 30'000}}};
  }
  if (manners_.loses_leases) return {409, {{"reason", "LEASE_LOST"}, {"detail", "the lease is over"}}};
  if (head.find("/api/work/report ") != std::string::npos) return report(body);
  if (head.find("/api/work/finish ") != std::string::npos) {
    told_.finishes.push_back(body);
    told_.progress.update(body.value("progress", json::object()));
    return {200, {{"taskId", "aaaaaaaaaaaa"}}};
  }
  return {404, {{"detail", "no such path"}}};
}

FakeServer::Reply FakeServer::report(const json& body) {
  if (!manners_.takes_output && body.contains("output"))
    return {400, {{"reason", "UNKNOWN_KEY"}, {"detail", "output is not known"}}};
  told_.reports.push_back(body);
  if (body["seq"] > last_seq_) {
    last_seq_ = body["seq"];
    told_.progress.update(body.value("progress", json::object()));
    for (const auto& piece : body.value("output", json::array())) {
      const auto offset = piece["offset"].get<std::uint64_t>();
      const auto text = piece["text"].get<std::string>();
      if (offset > told_.output_next)
        return {409, {{"reason", "OUTPUT_GAP"}, {"detail", "a gap"}, {"outputNext", told_.output_next}}};
      const auto known = std::min<std::uint64_t>(told_.output_next - offset, text.size());
      told_.output += text.substr(known);
      if (piece["stream"] == "stderr") told_.errors += text.substr(known);
      told_.output_next += text.size() - known;
    }
  }
  if (manners_.forgets_answers > 0) {
    --manners_.forgets_answers;
    return {0, {}};
  }
  return {200, {{"leaseMs", 30'000}, {"cancelRequested", manners_.cancels}, {"outputNext", told_.output_next}}};
}

}  // namespace taskwire::test
