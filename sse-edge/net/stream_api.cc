#include "net/stream_api.h"

#include <chrono>
#include <utility>

#include "http/topic_access.h"
#include "hub/presence.h"
#include "hub/sse.h"
#include "net/answer_writer.h"
#include "net/routing.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::milliseconds kLookAtTask(1000);  // the first bytes of a stream wait no longer

HttpResponse stream_response() {
  HttpResponse response;
  response.headers = {{"Content-Type", "text/event-stream"},
                      {"Cache-Control", "no-cache, no-transform"},
                      {"X-Accel-Buffering", "no"},
                      {"X-Content-Type-Options", "nosniff"}};
  return response;
}

}  // namespace

asio::awaitable<tl::expected<StreamOpening, HttpResponse>> prepare_stream(const ApiCall& call) {
  auto request = parse_stream_request(call.request, call.target, call.route);
  if (!request) {
    if (request.error().reason == Reason::too_many_topics) call.shard.connection_metrics().too_many_topics.add();
    co_return tl::unexpected(problem_response(request.error()));
  }
  if (const auto readable = check_readable(call.principal, request->topics); !readable)
    co_return tl::unexpected(problem_response(readable.error()));
  StreamOpening opening{std::move(*request), false};
  if (opening.request.task_id.empty() || !call.shard.is_engine_reachable()) co_return opening;
  const auto get = task_request(opening.request);
  const auto task = co_await call.services.engine.get_task(get, kLookAtTask);
  if (!task && task.error().reason == Reason::task_not_found) co_return tl::unexpected(problem_response(task.error()));
  if (task && is_over(task->task(), opening.request.start))
    co_return tl::unexpected(HttpResponse{204, {}, {}, nullptr});
  opening.is_task_known = task.has_value();
  co_return opening;
}

std::optional<Reason> join_people(Lease& lease, const StreamRequest& request) {
  for (const auto user : people_of({request.topics.begin(), request.topics.end()})) {
    if (const auto refusal = lease.join(std::string(user))) return refusal;
  }
  return std::nullopt;
}

std::string stream_head(const Services& services, const HttpRequest& header, bool keeps_alive) {
  HttpResponse response = stream_response();
  add_headers(response, services.guard.cors_headers(header));
  const bool is_closed_at_end = header.is_http_1_0;
  return response_head(response, is_closed_at_end ? Framing::close : Framing::chunked, keeps_alive && !is_closed_at_end,
                       header.is_http_1_0);
}

std::string come_back_later(bool is_chunked, std::chrono::milliseconds retry) {
  std::string block;
  append_block(block, {.retry_ms = static_cast<int>(retry.count())});
  std::string body(Frame(block).bytes(is_chunked));
  if (is_chunked) body += kLastChunk;
  return body;
}

}  // namespace taskwire::edge
