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
  const std::string head =
      response_head(response, knows_length ? Framing::length : Framing::close, keeps_alive, request.is_http_1_0);
  const auto body = is_head ? std::string_view() : std::string_view(response.content());
  const std::size_t held = response.shared_body ? 0 : response.body.capacity();
  co_return co_await write(head, body, head.size() + held);
}

asio::awaitable<bool> AnswerWriter::write(std::string_view bytes) {
  const std::string_view no_body;
  co_return co_await write(bytes, no_body, bytes.size());
}

asio::awaitable<bool> AnswerWriter::write(std::string_view head, std::string_view body, std::size_t held) {
  Pace pace(patience_);
  std::optional<Budget::Share> share;
  while (!head.empty() || !body.empty()) {
    const std::array<asio::const_buffer, 2> parts = {asio::buffer(head), asio::buffer(body)};
    const auto taken = co_await socket_.write_some(parts, pace.deadline());
    if (!taken) co_return false;
    const auto of_head = std::min(*taken, head.size());
    head.remove_prefix(of_head);
    body.remove_prefix(*taken - of_head);
    pace.add(*taken);
    if (share) {
      share->set(held);
    } else if (!head.empty() || !body.empty()) {
      share.emplace(held_, held, [this] { socket_.cut(); });
    }
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
