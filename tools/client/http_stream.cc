#include "client/http_stream.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

#include "client/words.h"

namespace taskwire::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

constexpr std::size_t kMostRest = 64 << 10;

tl::unexpected<std::string> failure(const boost::system::error_code& error) {
  return tl::unexpected(in_words(error));
}

http::request<http::empty_body> make_request(const Url& url, const std::string& path, const std::string& last_event_id,
                                             const std::string& token) {
  constexpr unsigned kHttp11 = 11;
  http::request<http::empty_body> request(http::verb::get, path, kHttp11);
  request.set(http::field::host, url.authority);
  request.set(http::field::user_agent, "taskwire/" TASKWIRE_VERSION);
  request.set(http::field::accept, "text/event-stream");
  request.set(http::field::cache_control, "no-cache");
  if (!token.empty()) request.set(http::field::authorization, "Bearer " + token);
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

HttpStream::Result<ResponseHead> HttpStream::open(const Url& url, const std::string& path,
                                                  const std::string& last_event_id, Deadline deadline) {
  asio::ip::tcp::resolver resolver(stream_.get_executor());
  const auto [unknown, addresses] = co_await resolver.async_resolve(url.host, url.port, kAwait);
  if (unknown) co_return failure(unknown);
  stream_.expires_at(deadline);
  const auto [unreachable, address] = co_await stream_.async_connect(addresses, kAwait);
  if (unreachable) co_return failure(unreachable);
  const auto request = make_request(url, path, last_event_id, token_);
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

}  // namespace taskwire::client
