#include "net/http_connection.h"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <utility>

#include "http/stream_request.h"
#include "net/api.h"
#include "net/http_parser.h"
#include "net/sse_stream.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using Tcp = asio::ip::tcp;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr int kBusyRetryMs = 20'000;
constexpr std::size_t kReadAtOnce = 4096;
constexpr std::chrono::milliseconds kLookAtTask(1000);  // the first bytes of a stream wait no longer

HttpResponse stream_response() {
  HttpResponse response;
  response.headers = {{"Content-Type", "text/event-stream"},
                      {"Cache-Control", "no-cache, no-transform"},
                      {"X-Accel-Buffering", "no"},
                      {"X-Content-Type-Options", "nosniff"}};
  return response;
}

/// The whole of a stream that a full edge gives.
std::string come_back_later(bool is_chunked) {
  std::string block;
  append_block(block, {.retry_ms = kBusyRetryMs});
  std::string body(Frame(block).bytes(is_chunked));
  if (is_chunked) body += kLastChunk;
  return body;
}

/// Adds headers; of those that are there already only `Vary` grows.
void append(HttpResponse& response, std::vector<std::pair<std::string, std::string>> headers) {
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

class Connection {
 public:
  Connection(Shard& shard, const Services& services, Tcp::socket socket, Lease lease)
      : shard_(shard), services_(services), stream_(std::move(socket)), lease_(std::move(lease)) {}

  asio::awaitable<void> run();

 private:
  asio::awaitable<bool> serve_one();
  asio::awaitable<std::optional<HttpRequest>> read_request(Parser& parser);
  asio::awaitable<bool> respond(const HttpRequest& request, HttpResponse response, bool keep_alive);
  asio::awaitable<void> turn_away(const Problem& problem);
  asio::awaitable<std::optional<HttpResponse>> answer_request(const HttpRequest& request, const Target& target);
  asio::awaitable<std::optional<HttpResponse>> open_stream(const HttpRequest& request, const Target& target,
                                                           const Route& route);
  asio::awaitable<std::optional<HttpResponse>> look_at_task(const StreamRequest& stream, bool& is_known);
  [[nodiscard]] bool is_busy() const { return lease_.refusal().has_value(); }

  Shard& shard_;
  const Services& services_;
  beast::tcp_stream stream_;
  Lease lease_;
  beast::flat_buffer buffer_;
  bool is_first_ = true;
};

asio::awaitable<void> Connection::run() {
  // Not `while (co_await …)`: GCC 12 miscompiles that without a body.
  bool goes_on = true;
  while (goes_on) goes_on = co_await serve_one();
}

asio::awaitable<std::optional<HttpRequest>> Connection::read_request(Parser& parser) {
  parser.header_limit(services_.config.max_header_bytes);
  parser.body_limit(boost::none);  // it depends on the header
  if (buffer_.size() == 0) {
    stream_.expires_after(std::exchange(is_first_, false) ? services_.config.request_timeout
                                                          : services_.config.keep_alive);
    const auto space = buffer_.prepare(kReadAtOnce);
    const auto [gone, got] = co_await stream_.async_read_some(space, kAwait);
    if (gone) co_return std::nullopt;
    buffer_.commit(got);
  }
  stream_.expires_after(services_.config.request_timeout);
  auto [error, size] = co_await http::async_read_header(stream_, buffer_, parser, kAwait);
  const auto limit = error ? 0 : body_limit(parser, services_.config);
  if (!error) {
    if (const auto problem = header_problem(parser, limit)) {
      co_await turn_away(*problem);
      co_return std::nullopt;
    }
  }
  if (!error && !parser.is_done()) {
    parser.body_limit(limit);
    stream_.expires_after(services_.config.request_timeout);
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      const auto buffer = asio::buffer(kContinue);
      co_await asio::async_write(stream_, buffer, kAwait);
    }
    std::tie(error, size) = co_await http::async_read(stream_, buffer_, parser, kAwait);
  }
  if (!error) co_return to_request(parser);
  if (const auto problem = read_problem(error, services_.config.max_header_bytes, limit)) co_await turn_away(*problem);
  co_return std::nullopt;
}

asio::awaitable<void> Connection::turn_away(const Problem& problem) {
  const HttpRequest unread;
  co_await respond(unread, problem_response(problem), false);
  boost::system::error_code ignored;
  stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
  // What is still on its way must be taken in, or the answer is lost to a reset.
  stream_.expires_after(std::chrono::seconds(1));
  std::array<char, 4096> rest;
  const auto buffer = asio::buffer(rest);
  for (;;) {
    const auto [end, got] = co_await stream_.async_read_some(buffer, kAwait);
    if (end) break;
  }
}

asio::awaitable<bool> Connection::serve_one() {
  Parser parser;
  const auto request = co_await read_request(parser);
  if (!request) co_return false;
  const bool keep_alive = parser.get().keep_alive() && !is_busy();
  const auto target = parse_target(request->target);
  if (!target && request->target != "*") {
    const Problem problem{Reason::malformed_target,
                          "The request target is no path, or has a bad percent-encoding. Write / and what follows it."};
    co_return co_await respond(*request, problem_response(problem), keep_alive);
  }
  const Target asterisk;
  const Target& wanted = target ? *target : asterisk;
  if (const auto valid = services_.guard.check_host(*request, wanted.authority, answered_hosts(wanted)); !valid) {
    co_return co_await respond(*request, problem_response(valid.error()), keep_alive);
  }
  auto response = co_await answer_request(*request, wanted);
  if (!response) co_return false;
  co_return co_await respond(*request, std::move(*response), keep_alive && !shard_.is_stopping());
}

/// Nothing where the connection has become a stream.
asio::awaitable<std::optional<HttpResponse>> Connection::answer_request(const HttpRequest& request,
                                                                        const Target& target) {
  const bool is_file = target.segments.size() == 1 && services_.files.has(target.segments[0]);
  const bool is_server = request.target == "*";
  const std::string allowed = is_file     ? "GET, HEAD, OPTIONS"
                              : is_server ? "GET, HEAD, POST, DELETE, OPTIONS"
                                          : allowed_methods(target);
  const Result<Route> route =
      is_file ? tl::unexpected(method_not_allowed(allowed)) : find_route(request.method, target);
  const bool is_event_source = has_token(request.header("Accept").value_or(""), "text/event-stream");
  if (is_busy() && !(route && route->kind == Kind::stream && is_event_source)) {
    co_return problem_response({Reason::too_many_connections,
                                "This edge serves as many connections as it may. Try again later.",
                                kBusyRetryMs / 1000});
  }
  if (request.method == "OPTIONS" && !allowed.empty()) co_return services_.guard.options_response(request, allowed);
  if (is_file && (request.method == "GET" || request.method == "HEAD"))
    co_return services_.files.respond(request, target.segments[0]);
  if (!route) {
    auto response = problem_response(route.error());
    if (route.error().reason == Reason::method_not_allowed) response.headers.emplace_back("Allow", allowed);
    co_return response;
  }
  if (route->kind == Kind::write) {
    if (const auto valid = services_.guard.check_write(request, target.authority); !valid)
      co_return problem_response(valid.error());
  }
  if (route->kind == Kind::stream) co_return co_await open_stream(request, target, *route);
  const ApiCall call{shard_, services_, request, target, *route};
  co_return co_await answer(call);
}

asio::awaitable<std::optional<HttpResponse>> Connection::look_at_task(const StreamRequest& stream, bool& is_known) {
  if (stream.task_id.empty() || !shard_.is_engine_reachable()) co_return std::nullopt;
  const auto get = task_request(stream);
  const auto task = co_await services_.engine.get_task(get, kLookAtTask);
  if (!task && task.error().reason == Reason::task_not_found) co_return problem_response(task.error());
  if (task && is_over(task->task(), stream.start)) co_return HttpResponse{204, {}, {}, nullptr};
  is_known = task.has_value();
  co_return std::nullopt;
}

asio::awaitable<std::optional<HttpResponse>> Connection::open_stream(const HttpRequest& request, const Target& target,
                                                                     const Route& route) {
  auto stream = parse_stream_request(request, target, route);
  if (!stream) co_return problem_response(stream.error());
  bool is_task_known = false;
  if (!is_busy()) {
    if (auto refused = co_await look_at_task(*stream, is_task_known)) co_return refused;
  }
  HttpResponse response = stream_response();
  append(response, services_.guard.cors_headers(request));
  const auto framing = stream->is_http_1_0 ? Framing::close : Framing::chunked;
  std::string head = response_head(response, framing, false, stream->is_http_1_0);
  if (is_busy()) head += come_back_later(framing == Framing::chunked);
  if (request.method == "HEAD" || is_busy()) {
    stream_.expires_after(services_.config.request_timeout);
    const auto buffer = asio::buffer(head);
    co_await asio::async_write(stream_, buffer, kAwait);
    co_return std::nullopt;
  }
  stream_.expires_never();
  std::make_shared<SseStream>(shard_, stream_.release_socket(), std::move(lease_), std::move(*stream), is_task_known)
      ->start(std::move(head));
  co_return std::nullopt;
}

asio::awaitable<bool> Connection::respond(const HttpRequest& request, HttpResponse response, bool keep_alive) {
  append(response, services_.guard.cors_headers(request));
  append(response, {{"X-Content-Type-Options", "nosniff"}});
  // A HEAD that did not do what GET would do knows no length.
  const bool knows_length = request.method != "HEAD" || response.status != 200 || !response.content().empty();
  const std::string head =
      response_head(response, knows_length ? Framing::length : Framing::close, keep_alive, request.is_http_1_0);
  const std::array<asio::const_buffer, 2> buffers = {
      asio::buffer(head), request.method == "HEAD" ? asio::const_buffer() : asio::buffer(response.content())};
  stream_.expires_after(services_.config.stall_timeout);
  const auto [error, size] = co_await asio::async_write(stream_, buffers, kAwait);
  co_return !error && keep_alive;
}

}  // namespace

asio::awaitable<void> serve(Shard& shard, const Services& services, Tcp::socket socket, Lease lease) {
  Connection connection(shard, services, std::move(socket), std::move(lease));
  co_await connection.run();
}

}  // namespace taskwire::edge
