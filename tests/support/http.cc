#include "support/http.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <strings.h>

namespace taskwire::test {
namespace {

bool is_named(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string head_of(const std::string& method, const std::string& target, const Headers& headers,
                    const std::string& body) {
  std::string head = method + " " + target + " HTTP/1.1\r\n";
  const auto has = [&](std::string_view name) {
    return std::any_of(headers.begin(), headers.end(),
                       [&](const auto& header) { return is_named(header.first, name); });
  };
  if (!has("Host")) head += "Host: localhost\r\n";
  if (!has("Content-Length") && !body.empty()) head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  for (const auto& [name, value] : headers) head += name + ": " + value + "\r\n";
  return head + "\r\n";
}

}  // namespace

std::string Response::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (is_named(known, name)) return value;
  }
  return {};
}

nlohmann::json Response::json() const {
  auto parsed = nlohmann::json::parse(body, nullptr, false);
  EXPECT_FALSE(parsed.is_discarded()) << status << " " << body;
  return parsed;
}

Response request(std::uint16_t port, const std::string& method, const std::string& target, Headers headers,
                 const std::string& body) {
  Socket socket(port);
  headers.emplace_back("Connection", "close");
  socket.send(head_of(method, target, headers, body) + body);
  HttpReader reader(socket);
  Response response = reader.read_head();
  response.body = reader.read_body(response, method != "HEAD");
  return response;
}

Response post(std::uint16_t port, const std::string& target, const nlohmann::json& body, Headers headers) {
  headers.emplace_back("Content-Type", "application/json");
  return request(port, "POST", target, std::move(headers), body.dump());
}

Response get(std::uint16_t port, const std::string& target, Headers headers) {
  return request(port, "GET", target, std::move(headers));
}

std::string resolved(const std::string& target, std::string reference) {
  auto folder = target.substr(0, target.rfind('/'));
  for (; reference.starts_with("../"); reference.erase(0, 3)) folder.erase(folder.rfind('/'));
  return folder + '/' + reference;
}

bool HttpReader::fill(Clock::time_point deadline) {
  if (is_at_end_) return false;
  const auto bytes = socket_.receive(64 << 10, deadline);
  if (!bytes) return false;
  is_at_end_ = bytes->empty();
  buffer_ += *bytes;
  return !is_at_end_;
}

Response HttpReader::read_head(Clock::time_point deadline) {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill(deadline)) return {};
  }
  Response response;
  response.status = std::stoi(buffer_.substr(9, 3));
  std::size_t line = buffer_.find("\r\n") + 2;
  while (line < end + 2) {
    const auto colon = buffer_.find(": ", line);
    const auto line_end = buffer_.find("\r\n", line);
    response.headers.emplace_back(buffer_.substr(line, colon - line), buffer_.substr(colon + 2, line_end - colon - 2));
    line = line_end + 2;
  }
  buffer_.erase(0, end + 4);
  return response;
}

std::string HttpReader::read_body(const Response& head, bool has_body, Clock::time_point deadline) {
  if (!has_body || head.status == 0 || head.status == 204 || head.status == 304) return {};
  if (const auto length = head.header("Content-Length"); !length.empty()) {
    const auto size = std::stoul(length);
    while (buffer_.size() < size && fill(deadline)) {
    }
    std::string body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return body;
  }
  std::string body;
  while (const auto bytes = read_some(head, deadline)) {
    if (bytes->empty()) break;
    body += *bytes;
  }
  return body;
}

std::optional<std::string> HttpReader::read_some(const Response& head, Clock::time_point deadline) {
  if (head.header("Transfer-Encoding") != "chunked") {
    if (buffer_.empty() && !fill(deadline)) return is_at_end_ ? std::optional<std::string>("") : std::nullopt;
    return std::exchange(buffer_, {});
  }
  for (;;) {
    if (has_ended_) return "";
    const auto line_end = buffer_.find("\r\n");
    if (line_end != std::string::npos) {
      const auto size = std::stoul(buffer_.substr(0, line_end), nullptr, 16);
      if (buffer_.size() >= line_end + 2 + size + 2) {
        EXPECT_EQ(buffer_.substr(line_end + 2 + size, 2), "\r\n") << "a chunk's end";
        std::string data = buffer_.substr(line_end + 2, size);
        buffer_.erase(0, line_end + 2 + size + 2);
        has_ended_ = size == 0;
        return data;
      }
    }
    if (!fill(deadline)) return is_at_end_ ? std::optional<std::string>("") : std::nullopt;
  }
}

Stream::Stream(std::uint16_t port, const std::string& target, const std::string& last_event_id, Headers headers,
               int receive_buffer)
    : socket_(port, receive_buffer) {
  headers.emplace_back("Accept", "text/event-stream");
  if (!last_event_id.empty()) headers.emplace_back("Last-Event-ID", last_event_id);
  socket_.send(head_of("GET", target, headers, ""));
  head_ = reader_.read_head();
}

bool Stream::read_more(std::size_t most, Clock::time_point deadline) {
  if (ahead_.empty()) {
    const auto bytes = reader_.read_some(head_, deadline);
    if (!bytes) return false;
    has_ended_ = bytes->empty();
    if (has_ended_) return false;
    ahead_ = *bytes;
  }
  parser_.feed(std::string_view(ahead_).substr(0, most));
  ahead_.erase(0, std::min(most, ahead_.size()));
  return true;
}

std::optional<SseEvent> Stream::next(Clock::time_point deadline) {
  for (;;) {
    while (!events_.empty()) {
      SseEvent event = std::move(events_.front());
      events_.pop_front();
      if (event.type != "heartbeat" && event.type != "upstream") return event;
    }
    if (!read_more(std::string::npos, deadline)) return std::nullopt;
  }
}

std::optional<SseEvent> Stream::next(const std::string& type, Clock::time_point deadline) {
  for (;;) {
    while (!events_.empty()) {
      SseEvent event = std::move(events_.front());
      events_.pop_front();
      if (event.type == type) return event;
    }
    if (!read_more(std::string::npos, deadline)) return std::nullopt;
  }
}

bool Stream::wait_for_id(const std::string& id, Clock::time_point deadline) {
  while (id.empty() ? last_event_id().empty() : last_event_id() != id) {
    if (!read_more(std::string::npos, deadline)) return false;
  }
  return true;
}

std::size_t Stream::read_bytes(std::size_t count, Clock::time_point deadline) {
  std::size_t done = 0;
  while (done < count) {
    const auto before = ahead_.size();
    if (before == 0) {
      if (!read_more(0, deadline)) break;
      continue;
    }
    const auto take = std::min(count - done, before);
    read_more(take, deadline);
    done += take;
  }
  return done;
}

std::vector<SseEvent> Stream::take_events() {
  std::vector<SseEvent> events(events_.begin(), events_.end());
  events_.clear();
  return events;
}

bool Stream::wait_for_end(Clock::time_point deadline) {
  while (read_more(std::string::npos, deadline)) {
  }
  return has_ended_ && (head_.header("Transfer-Encoding") != "chunked" || reader_.ended_in_order());
}

}  // namespace taskwire::test
