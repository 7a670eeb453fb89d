#include "net/answer_writer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "net/pace.h"

namespace taskwire::edge {

namespace asio = boost::asio;

asio::awaitable<bool> AnswerWriter::write(const HttpRequest& request, HttpResponse response, bool keeps_alive) {
  add_headers(response, guard_.cors_headers(request));
  add_headers(response, {{"X-Content-Type-Options", "nosniff"}});
  const bool is_head = request.method == "HEAD";
  // A HEAD that did not do what GET would do knows no length.
  const bool knows_length = !is_head || response.status != 200 || !response.content().empty();
  std::string head =
      response_head(response, knows_length ? Framing::length : Framing::close, keeps_alive, request.is_http_1_0);
  return write_all(std::move(head), std::move(response), !is_head);
}

asio::awaitable<bool> AnswerWriter::write_all(std::string head, HttpResponse response, bool has_body) {
  const auto body = has_body ? std::string_view(response.content()) : std::string_view();
  Load load{head.size() + response.body.capacity(), nullptr};
  if (response.is_body_of_answers) load = {response.shared_body->capacity(), response.shared_body.get()};
  co_return co_await write(head, body, load);
}

asio::awaitable<bool> AnswerWriter::write(std::string_view bytes) {
  const std::string_view no_body;
  const Load load{bytes.size(), nullptr};
  co_return co_await write(bytes, no_body, load);
}

asio::awaitable<bool> AnswerWriter::write(std::string_view head, std::string_view body, Load load) {
  Pace pace(patience_);
  std::optional<Budget::Share> share;
  // Before the first byte: the answers before this one may have filled the connection.
  if (load.bytes > kOwnBytes)
    share.emplace(
        held_, load.bytes, [this] { socket_.cut(); }, load.what);
  while (!head.empty() || !body.empty()) {
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(head), asio::buffer(body)};
    const auto taken = co_await socket_.write_some(parts, pace.deadline());
    if (!taken) co_return false;
    const auto of_head = std::min(*taken, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(*taken - of_head);
    pace.add(*taken);
    if (share) share->set(load.bytes);
  }
  co_return true;
}

void add_headers(HttpResponse& response, std::vector<std::pair<std::string, std::string>> headers) {
  for (auto& [name, value] : headers) {
    const auto same =
        std::find_if(response.headers.begin(), response.headers.end(),
                     [&, wanted = name](const auto& header) { return equals_ignoring_case(header.first, wanted); });
    if (same == response.headers.end()) {
      response.headers.emplace_back(std::move(name), std::move(value));
    } else if (equals_ignoring_case(name, "Vary")) {
      same->second += ", " + value;
    }
  }
}

}  // namespace taskwire::edge
