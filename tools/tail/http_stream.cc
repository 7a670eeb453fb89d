#include "tail/http_stream.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <charconv>

namespace taskwire::tail {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kMostRest = 64 << 10;

tl::unexpected<std::string> failure(const boost::system::error_code& error) {
  if (error == beast::error::timeout) return tl::unexpected<std::string>("no answer in time");
  if (error == http::error::end_of_stream || error == http::error::partial_message)
    return tl::unexpected<std::string>("the connection was closed");
  return tl::unexpected(error.message());
}

std::chrono::milliseconds seconds_of(std::string_view text) {
  constexpr int kMost = 3600;
  int count = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || stop != text.data() + text.size()) return {};
  return std::chrono::seconds(std::clamp(count, 0, kMost));
}

http::request<http::empty_body> make_request(const Target& target, const std::string& path,
                                             const std::string& last_event_id) {
  constexpr unsigned kHttp11 = 11;
  http::request<http::empty_body> request(http::verb::get, path, kHttp11);
  request.set(http::field::host, target.authority);
  request.set(http::field::user_agent, "taskwire-tail/" TASKWIRE_VERSION);
  request.set(http::field::accept, "text/event-stream");
  request.set(http::field::cache_control, "no-cache");
  if (!last_event_id.empty()) request.set("Last-Event-ID", last_event_id);
  return request;
}

}  // namespace

bool ResponseHead::is_event_stream() const {
  constexpr std::string_view kType = "text/event-stream";
  return status == 200 && content_type.size() >= kType.size() &&
         beast::iequals(std::string_view(content_type).substr(0, kType.size()), kType) &&
         (content_type.size() == kType.size() || content_type.find_first_of("; ") == kType.size());
}

HttpStream::Result<ResponseHead> HttpStream::open(const Target& target, const std::string& path,
                                                  const std::string& last_event_id, Deadline deadline) {
  asio::ip::tcp::resolver resolver(stream_.get_executor());
  const auto [unknown, addresses] = co_await resolver.async_resolve(target.host, target.port, kAwait);
  if (unknown) co_return failure(unknown);
  stream_.expires_at(deadline);
  const auto [unreachable, address] = co_await stream_.async_connect(addresses, kAwait);
  if (unreachable) co_return failure(unreachable);
  const auto request = make_request(target, path, last_event_id);
  const auto [unsent, sent] = co_await http::async_write(stream_, request, kAwait);
  if (unsent) co_return failure(unsent);
  parser_.body_limit(boost::none);
  const auto [unanswered, read] = co_await http::async_read_header(stream_, buffer_, parser_, kAwait);
  if (unanswered) co_return failure(unanswered);
  const auto& answer = parser_.get();
  ResponseHead head;
  head.status = answer.result_int();
  head.content_type = std::string(answer[http::field::content_type]);
  head.retry_after = seconds_of(answer[http::field::retry_after]);
  co_return head;
}

HttpStream::Result<std::string_view> HttpStream::read_some(Deadline deadline) {
  while (!parser_.is_done()) {
    auto& body = parser_.get().body();
    body.data = piece_.data();
    body.size = piece_.size();
    stream_.expires_at(deadline);
    const auto [error, size] = co_await http::async_read_some(stream_, buffer_, parser_, kAwait);
    const auto got = piece_.size() - body.size;
    if (got > 0) co_return std::string_view(piece_.data(), got);
    if (error && error != http::error::need_buffer) co_return failure(error);
  }
  co_return std::string_view();
}

asio::awaitable<std::string> HttpStream::read_rest(Deadline deadline) {
  std::string rest;
  while (rest.size() < kMostRest) {
    const auto piece = co_await read_some(deadline);
    if (!piece || piece->empty()) break;
    rest += *piece;
  }
  co_return rest;
}

}  // namespace taskwire::tail
