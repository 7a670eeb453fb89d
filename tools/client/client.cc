#include "client/client.h"

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>
#include <utility>

#include "client/connect.h"
#include "client/words.h"

namespace taskwire::client {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Time = std::chrono::steady_clock::time_point;

constexpr std::uint64_t kMostBody = 64 << 20;

using Message = http::request<http::span_body<const char>>;  // the body stays where it is

}  // namespace

struct Client::Impl {
  Url edge;
  std::string token;
  asio::io_context io{1};
  std::optional<beast::tcp_stream> stream{};
  std::atomic<bool> is_aborted{false};

  [[nodiscard]] Message message(const Request& request) const {
    constexpr unsigned kHttp11 = 11;
    Message out;
    out.version(kHttp11);
    out.method_string(request.method);
    out.target(edge.path + request.path);
    out.set(http::field::host, edge.authority);
    out.set(http::field::user_agent, "taskwire/" TASKWIRE_VERSION);
    out.set(http::field::accept, request.accept);
    if (!token.empty()) out.set(http::field::authorization, "Bearer " + token);
    if (!request.idempotency_key.empty()) out.set("Idempotency-Key", request.idempotency_key);
    if (!request.body.empty()) out.set(http::field::content_type, request.content_type);
    out.body() = {request.body.data(), request.body.size()};
    out.prepare_payload();
    return out;
  }

  /// Why it failed; nothing where the connection stands.
  asio::awaitable<boost::system::error_code> connect(Time deadline) {
    asio::ip::tcp::resolver resolver(io);
    const auto [unknown, addresses] = co_await resolver.async_resolve(edge.host, edge.port, kAwait);
    if (unknown) co_return unknown;
    if (is_aborted) co_return boost::system::error_code(asio::error::operation_aborted);
    stream.emplace(io);
    stream->expires_at(deadline);
    const auto unreachable = co_await client::connect(*stream, addresses);
    if (unreachable) co_return unreachable;
    boost::system::error_code ignored;
    stream->socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    co_return boost::system::error_code();
  }

  asio::awaitable<boost::system::error_code> exchange(const Message& request, Time deadline, Answer& answer) {
    stream->expires_at(deadline);
    const auto [unsent, sent] = co_await http::async_write(*stream, request, kAwait);
    // An edge may answer before it has read all, and close.
    if (unsent && unsent == beast::error::timeout) co_return unsent;
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
    parser.body_limit(kMostBody);
    if (request.method() == http::verb::head) parser.skip(true);
    const auto [unanswered, got] = co_await http::async_read(*stream, buffer, parser, kAwait);
    if (unanswered) co_return unsent ? unsent : unanswered;
    auto& response = parser.get();
    answer.status = response.result_int();
    answer.content_type = std::string(response[http::field::content_type]);
    answer.retry_after = seconds_of(response[http::field::retry_after]);
    answer.body = std::move(response.body());
    if (unsent || !response.keep_alive()) stream.reset();
    co_return boost::system::error_code();
  }

  asio::awaitable<void> ask(const Request& request, Time deadline, Answer& answer, boost::system::error_code& error) {
    const auto wanted = message(request);
    if (stream) {
      error = co_await exchange(wanted, deadline, answer);
      if (!error || error == beast::error::timeout) co_return;
    }
    error = co_await connect(deadline);
    if (!error) error = co_await exchange(wanted, deadline, answer);
  }
};

Client::Client(Url edge, std::string token) : impl_(std::make_unique<Impl>()) {
  impl_->edge = std::move(edge);
  impl_->token = std::move(token);
}

Client::~Client() = default;

tl::expected<Answer, std::string> Client::ask(const Request& request, std::chrono::milliseconds patience) {
  Answer answer;
  boost::system::error_code error;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  bool is_done = false;
  impl_->io.restart();
  if (impl_->is_aborted) return tl::unexpected<std::string>("given up");
  asio::co_spawn(impl_->io, impl_->ask(request, deadline, answer, error), [&](const std::exception_ptr& bug) {
    is_done = true;
    if (bug) std::rethrow_exception(bug);
  });
  impl_->io.run();
  if (!is_done) {  // aborted
    if (impl_->stream) impl_->stream->close();
    impl_->io.restart();
    impl_->io.run();  // what it waited for ends at once, and it with that
    return tl::unexpected<std::string>("given up");
  }
  if (error) {
    impl_->stream.reset();
    return tl::unexpected(in_words(error));
  }
  return answer;
}

void Client::abort() {
  impl_->is_aborted = true;
  impl_->io.stop();
}

}  // namespace taskwire::client
