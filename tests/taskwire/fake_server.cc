#include "taskwire/fake_server.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sys/socket.h>
#include <unistd.h>

#include "support/socket.h"

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
  const int small = 4096;  // what was sent and not read yet waits with the sender
  setsockopt(listener_, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  port_ = listen_at(listener_, port_);
  accepting_ = std::thread([this] { serve(); });
}

void FakeServer::go_away() {
  if (!accepting_.joinable()) return;
  shutdown(listener_, SHUT_RDWR);
  accepting_.join();
  close(listener_);
  {
    const std::scoped_lock lock(mutex_);
    is_away_ = true;
    changed_.notify_all();
    for (const int fd : connections_) shutdown(fd, SHUT_RDWR);
  }
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  for (const int fd : connections_) close(fd);
  connections_.clear();
}

void FakeServer::come_back() {
  is_away_ = false;
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
    ++told_.connections;
    threads_.emplace_back([this, fd] { serve(fd); });
  }
}

std::optional<std::string> FakeServer::read_request(int fd, std::string& bytes, json& body) {
  std::array<char, 4096> piece;
  std::size_t head_end = 0;
  std::size_t length = 0;
  while ((head_end = bytes.find("\r\n\r\n")) == std::string::npos ||
         bytes.size() < head_end + 4 + (length = std::strtoul(header(bytes, "Content-Length").c_str(), nullptr, 10))) {
    const auto got = recv(fd, piece.data(), piece.size(), 0);
    if (got <= 0) return std::nullopt;
    bytes.append(piece.data(), static_cast<std::size_t>(got));
    pace(static_cast<std::size_t>(got));
  }
  auto head = bytes.substr(0, head_end + 2);
  body = json::parse(bytes.substr(head_end + 4, length), nullptr, false);
  bytes.erase(0, head_end + 4 + length);
  return head;
}

/// As slow as the way that it stands for.
void FakeServer::pace(std::size_t bytes) {
  std::unique_lock lock(mutex_);
  if (manners_.bytes_per_second == 0) return;
  const std::chrono::microseconds time(bytes * 1'000'000 / manners_.bytes_per_second);
  changed_.wait_for(lock, time, [this] { return is_away_; });
}

void FakeServer::serve(int fd) {
  std::string bytes;
  json body;
  while (const auto head = read_request(fd, bytes, body)) {
    Reply reply{};
    std::string wait;
    {
      const std::scoped_lock lock(mutex_);
      reply = answer(*head, body);
      if (reply.status == 503 && manners_.retry_after_s > 0)
        wait = "Retry-After: " + std::to_string(manners_.retry_after_s) + "\r\n";
      changed_.notify_all();
    }
    if (reply.status == kHangsUp) break;
    if (reply.status == kSilence) continue;
    const auto text = reply.body.dump();
    const auto out = "HTTP/1.1 " + std::to_string(reply.status) + " X\r\nContent-Type: application/json\r\n" + wait +
                     "Content-Length: " + std::to_string(text.size()) + "\r\n\r\n" + text;
    send(fd, out.data(), out.size(), MSG_NOSIGNAL);
  }
  shutdown(fd, SHUT_RDWR);
  const std::scoped_lock lock(mutex_);
  --told_.connections;
  changed_.notify_all();
}

FakeServer::Reply FakeServer::answer(const std::string& head, const json& body) {
  told_.authorization = header(head, "Authorization");
  if (head.find("/api/work/report ") != std::string::npos) told_.report_times.push_back(Clock::now());
  if (manners_.is_silent) return {kSilence, {}};
  if (manners_.is_failing) return {503, {{"reason", "UNAVAILABLE"}, {"detail", "the engine is away"}}};
  const json started = {
      {"taskId", "aaaaaaaaaaaa"}, {"userId", "alice"}, {"lease", lease_}, {"leaseMs", manners_.lease_ms}};
  if (head.find("/start ") != std::string::npos) {
    told_.start = body;
    told_.keys.push_back(header(head, "Idempotency-Key"));
    if (manners_.refuses_starts) return {404, {{"reason", "UNKNOWN_TASK_TYPE"}, {"detail", "there is no such type"}}};
    return {202, started};
  }
  if (head.find("/api/work/claim ") != std::string::npos) return claim(header(head, "Idempotency-Key"), body);
  if (head.find("/aaaaaaaaaaaa/retry ") != std::string::npos) {
    told_.retries.push_back(body);
    manners_.loses_leases = false;
    last_seq_ = 0;
    told_.output_next = 0;
    return {202, started};
  }
  if (head.starts_with("GET /api/tasks/alice/aaaaaaaaaaaa "))
    return {200, {{"status", manners_.status}, {"error", {{"reason", "WORKER_LOST"}}}}};
  if (manners_.loses_leases || body.value("lease", "") != lease_)
    return {409, {{"reason", "LEASE_LOST"}, {"detail", "the lease is over"}}};
  if (head.find("/api/work/report ") != std::string::npos) return report(body);
  if (head.find("/api/work/finish ") != std::string::npos) {
    if (!manners_.takes_results && body.contains("result"))
      return {413, {{"reason", "RESULT_TOO_LARGE"}, {"detail", "the result is too large"}}};
    told_.finishes.push_back(body);
    told_.progress.update(body.value("progress", json::object()));
    return {200, {{"taskId", "aaaaaaaaaaaa"}}};
  }
  return {404, {{"detail", "no such path"}}};
}

FakeServer::Reply FakeServer::claim(const std::string& key, const json& body) {
  auto known = body;
  known["key"] = key;
  told_.claims.push_back(known);
  if (claimed_.starts_with(key) && claimed_ != key + body.dump())
    return {422, {{"reason", "IDEMPOTENCY_KEY_REUSED"}, {"detail", "another body"}}};
  if (!manners_.assigns && !claimed_.starts_with(key)) return {200, {{"assignments", json::array()}}};
  claimed_ = key + body.dump();
  if (manners_.forgets_claims) return {kHangsUp, {}};
  if (manners_.holds_claims) return {kSilence, {}};
  const json task = {{"taskId", "aaaaaaaaaaaa"}, {"userId", "alice"}, {"params", json::object()}};
  return {200, {{"assignments", {{{"lease", lease_}, {"leaseMs", manners_.lease_ms}, {"task", task}}}}}};
}

void FakeServer::lose_lease() {
  const std::scoped_lock lock(mutex_);
  lease_ = "secret" + std::to_string(++attempts_);
}

FakeServer::Reply FakeServer::report(const json& body) {
  if (!manners_.takes_output && body.contains("output"))
    return {400, {{"reason", "UNKNOWN_KEY"}, {"detail", "output is not known"}}};
  if (!manners_.takes_progress && body.contains("progress"))
    return {400, {{"reason", "INVALID_PROGRESS"}, {"detail", "a step has no name"}}};
  told_.reports.push_back(body);
  if (!body.contains("seq") && manners_.finds_gaps > 0) {
    --manners_.finds_gaps;
    return {409, {{"reason", "OUTPUT_GAP"}, {"detail", "a gap"}, {"outputNext", told_.output_next}}};
  }
  if (!body.contains("seq") || body["seq"] > last_seq_) {
    last_seq_ = body.value("seq", last_seq_);
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
    return {kHangsUp, {}};
  }
  const json next = manners_.tells_place ? json(told_.output_next) : json();
  return {200, {{"leaseMs", manners_.lease_ms}, {"cancelRequested", manners_.cancels}, {"outputNext", next}}};
}

}  // namespace taskwire::test
