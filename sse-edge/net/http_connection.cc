#include "net/http_connection.h"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "net/answer_writer.h"
#include "net/api.h"
#include "net/caller.h"
#include "net/output_api.h"
#include "net/output_stream.h"
#include "net/request_reader.h"
#include "net/routing.h"
#include "net/sse_stream.h"
#include "net/stream_api.h"
#include "net/timed_socket.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;

/// Counts a request that is refused, where that is for a limit.
void count_limit(ConnectionMetrics& metrics, Reason reason) {
  if (reason == Reason::header_too_large) metrics.header_too_large.add();
  if (reason == Reason::body_too_large) metrics.body_too_large.add();
  if (reason == Reason::request_timeout) metrics.too_slow.add();
}

class Connection {
 public:
  Connection(Shard& shard, const Services& services, ConnectionBudgets& budgets, Tcp::socket socket,
             asio::ip::address peer, Lease lease)
      : shard_(shard),
        services_(services),
        socket_(std::move(socket)),
        peer_(std::move(peer)),
        lease_(std::move(lease)),
        reader_(socket_, budgets.bytes, services.config),
        writer_(socket_, budgets.bytes, services.guard, services.config.stall_timeout) {
    if (lease_.refusal()) guest_.emplace(budgets.guests, 1, [this] { socket_.cut(); });
  }

  asio::awaitable<void> run();

 private:
  asio::awaitable<bool> serve_one();
  asio::awaitable<bool> write_answer(HttpRequest& request, HttpResponse response, bool keeps_alive);
  asio::awaitable<bool> answer_with(HttpRequest& request, HttpResponse response, bool keeps_alive);
  asio::awaitable<bool> turn_away(RequestParser& parser, HttpResponse response);
  asio::awaitable<bool> turn_away(RequestParser& parser);
  asio::awaitable<bool> open_stream(const ApiCall& call, HttpRequest& request, bool keeps_alive);
  asio::awaitable<bool> refuse_stream(HttpRequest& request, Refusal refusal, bool keeps_alive);
  asio::awaitable<bool> open_output(const ApiCall& call, HttpRequest& request, bool keeps_alive);
  asio::awaitable<bool> send_later(const HttpRequest& request);
  std::optional<Refusal> refusal_of(const HttpRequest& header);
  std::optional<Refusal> refusal_by(RateLimit& limit, const HttpRequest& header);
  std::optional<Reason> refusal_of_stream(const HttpRequest& header);

  Shard& shard_;
  const Services& services_;
  TimedSocket socket_;
  const asio::ip::address peer_;
  Lease lease_;
  RequestReader reader_;
  AnswerWriter writer_;
  std::optional<Budget::Share> guest_;
};

asio::awaitable<void> Connection::run() {
  // Not `while (co_await …)`: GCC 12 miscompiles that without a body.
  bool goes_on = true;
  while (goes_on) {
    goes_on = co_await serve_one();
    // Others have their turn: who has sent the next request already, and takes its answers, never waits for the socket.
    if (goes_on) co_await asio::post(asio::use_awaitable);
  }
}

/// Whether another request may follow. What is handed to a coroutine has a name, and what it answers too: GCC 12
/// destroys temporaries of such expressions twice, and loses its way in conditions with an await in them.
asio::awaitable<bool> Connection::serve_one() {
  RequestParser parser(services_.config.max_header_bytes);
  const bool has_header = co_await reader_.read_header(parser);
  if (!has_header) co_return false;
  if (parser.problem()) co_return co_await turn_away(parser);
  auto destination = find_destination(services_, parser.request(), [&] { return refusal_of(parser.request()); });
  const bool keeps_alive = parser.keeps_alive() && !lease_.refusal() && !shard_.goes_away();
  if (!destination) {
    HttpResponse problem = std::move(destination.error());
    if (!parser.is_complete()) co_return co_await turn_away(parser, std::move(problem));
    HttpRequest refused = parser.take_request();
    co_return co_await answer_with(refused, std::move(problem), keeps_alive);
  }
  reader_.add(destination->target.held());
  const bool has_body = co_await reader_.read_body(parser, destination->most_body_bytes);
  if (!has_body) co_return false;
  if (parser.problem()) co_return co_await turn_away(parser);
  HttpRequest request = parser.take_request();
  if (destination->is_turned_away) co_return co_await send_later(request);
  Caller caller(socket_);
  const ApiCall call{shard_, services_, request, destination->target, destination->route, destination->principal,
                     caller};
  if (call.route.kind == Kind::stream) co_return co_await open_stream(call, request, keeps_alive);
  auto response = co_await answer(call);
  const bool goes_on = keeps_alive && !shard_.goes_away();
  destination->target = Target();
  co_return co_await answer_with(request, std::move(response), goes_on);
}

/// Whether all of the answer was taken. Nothing is left of the request meanwhile: who takes it may be slow.
asio::awaitable<bool> Connection::write_answer(HttpRequest& request, HttpResponse response, bool keeps_alive) {
  const auto when_lost = std::move(response.when_lost);
  auto writing = writer_.write(request, std::move(response), keeps_alive);
  request = HttpRequest();
  reader_.release();
  const bool is_written = co_await std::move(writing);
  if (!is_written && when_lost) when_lost();
  co_return is_written;
}

/// Whether another request may follow.
asio::awaitable<bool> Connection::answer_with(HttpRequest& request, HttpResponse response, bool keeps_alive) {
  const bool is_written = co_await write_answer(request, std::move(response), keeps_alive);
  co_return is_written&& keeps_alive;
}

/// Answers before the request has come whole.
asio::awaitable<bool> Connection::turn_away(RequestParser& parser, HttpResponse response) {
  HttpRequest request = parser.take_request();
  const bool is_written = co_await write_answer(request, std::move(response), false);
  if (!is_written) co_return false;
  socket_.end_writing();
  co_await reader_.drain();
  co_return false;
}

asio::awaitable<bool> Connection::turn_away(RequestParser& parser) {
  count_limit(shard_.connection_metrics(), parser.problem()->reason);
  HttpResponse response = problem_response(*parser.problem());
  co_return co_await turn_away(parser, std::move(response));
}

/// Whether another request may follow: where there is no stream.
asio::awaitable<bool> Connection::open_stream(const ApiCall& call, HttpRequest& request, bool keeps_alive) {
  // Who only looks for a head opens nothing.
  const auto too_often = request.method == "HEAD" ? std::nullopt : refusal_by(services_.stream_rate, request);
  if (too_often) co_return co_await refuse_stream(request, *too_often, keeps_alive);
  if (call.route.endpoint == Endpoint::task_output) co_return co_await open_output(call, request, keeps_alive);
  auto opening = co_await prepare_stream(call);
  if (!opening) co_return co_await answer_with(request, std::move(opening.error()), keeps_alive);
  if (request.method == "HEAD") {
    const std::string head = stream_head(services_, request, false);
    co_await writer_.write(head);
    co_return false;
  }
  auto refusal = refusal_of_stream(request);
  if (!refusal) refusal = join_people(lease_, opening->request);
  if (refusal) co_return co_await refuse_stream(request, Refusal{*refusal}, false);
  std::string head = stream_head(services_, request, keeps_alive);
  std::make_shared<SseStream>(shard_, socket_.release(), std::move(lease_), std::move(opening->request),
                              opening->is_task_known)
      ->start(std::move(head));
  co_return false;
}

/// The same, of what a task prints.
asio::awaitable<bool> Connection::open_output(const ApiCall& call, HttpRequest& request, bool keeps_alive) {
  auto opening = co_await prepare_output(call);
  if (!opening) co_return co_await answer_with(request, std::move(opening.error()), keeps_alive);
  if (request.method == "HEAD") {
    const std::string head = stream_head(services_, request, false);
    co_await writer_.write(head);
    co_return false;
  }
  const auto refusal = refusal_of_stream(request);
  if (refusal) co_return co_await refuse_stream(request, Refusal{*refusal}, false);
  std::string head = stream_head(services_, request, keeps_alive);
  std::make_shared<OutputStream>(shard_, services_.outputs, socket_.release(), !request.is_http_1_0, std::move(lease_),
                                 std::move(*opening))
      ->start(std::move(head));
  co_return false;
}

/// Why there is no place for a request, if there is none.
std::optional<Refusal> Connection::refusal_of(const HttpRequest& header) {
  if (lease_.refusal()) return Refusal{*lease_.refusal()};
  return refusal_by(services_.request_rate, header);
}

/// Why who asks has to wait, if it has to.
std::optional<Refusal> Connection::refusal_by(RateLimit& limit, const HttpRequest& header) {
  if (!limit.is_bound()) return std::nullopt;
  const auto wait = limit.take(services_.proxies.client(peer_, header), RateLimit::Clock::now());
  if (wait <= RateLimit::Clock::duration(0)) return std::nullopt;
  return Refusal{Reason::too_many_from_address, std::chrono::ceil<std::chrono::seconds>(wait)};
}

/// Why there is none for a stream that would be opened now. Its place is the connection's last.
std::optional<Reason> Connection::refusal_of_stream(const HttpRequest& header) {
  if (shard_.goes_away()) return Reason::shutting_down;
  return lease_.join_address(services_.proxies.client(peer_, header));
}

asio::awaitable<bool> Connection::refuse_stream(HttpRequest& request, Refusal refusal, bool keeps_alive) {
  if (is_event_source(request)) co_return co_await send_later(request);
  HttpResponse response = problem_response(no_place(refusal));
  co_return co_await answer_with(request, std::move(response), keeps_alive);
}

/// A stream that gets no place: a non-200 answer would end a browser's EventSource for good.
asio::awaitable<bool> Connection::send_later(const HttpRequest& request) {
  std::string whole = stream_head(services_, request, false);
  const auto retry = shard_.absence().value_or(kComeBack);
  if (request.method != "HEAD") whole += come_back_later(!request.is_http_1_0, retry);
  co_await writer_.write(whole);
  co_return false;
}

}  // namespace

asio::awaitable<void> serve(Shard& shard, const Services& services, ConnectionBudgets& budgets, Tcp::socket socket,
                            asio::ip::address peer, Lease lease) {
  Connection connection(shard, services, budgets, std::move(socket), std::move(peer), std::move(lease));
  co_await connection.run();
}

}  // namespace taskwire::edge
