#include "net/output_api.h"

#include <atomic>
#include <chrono>
#include <utility>

#include "http/byte_range.h"
#include "http/output_request.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

constexpr int kMostGatherings = 8;
constexpr std::size_t kMostText = std::size_t{16} << 20;  // it grows while it is read
constexpr std::chrono::milliseconds kLookAtOutput(1000);  // the first bytes of a stream wait no longer

/// What is kept of a task's output, as text, up to the place `through`.
struct Text {
  std::string text;
  std::string through;
  bool has_ended = false;
};

void append(Text& text, const v1::ReadOutputResponse& page) {
  for (const auto& piece : page.pieces()) {
    if (!piece.text().empty()) {
      text.text += piece.text();
      continue;
    }
    if (!text.text.empty() && text.text.back() != '\n') text.text += '\n';
    text.text += "[" + std::to_string(piece.to() - piece.from()) + " bytes were left out]\n";
  }
  text.through = page.through();
  text.has_ended = page.ended();
}

/// One of those who gather text, as long as it lives.
class Gathering {
 public:
  Gathering() : number_(++now_) {}
  ~Gathering() { --now_; }
  Gathering(const Gathering&) = delete;
  Gathering& operator=(const Gathering&) = delete;
  [[nodiscard]] bool is_one_too_many() const { return number_ > kMostGatherings; }

 private:
  static inline std::atomic<int> now_ = 0;
  const int number_;
};

asio::awaitable<Result<Text>> read_text(EngineClient& engine, v1::ReadOutputRequest request) {
  const Gathering gathering;
  if (gathering.is_one_too_many())
    co_return refuse(Reason::too_many_reads, "Output is read as text as often as it may at a time. Try again.");
  Text text;
  bool goes_on = true;
  while (goes_on) {
    const auto page = co_await engine.read_output(request);
    if (!page) co_return tl::unexpected(page.error());
    if (page->has_reset()) text = {};  // the log was replaced meanwhile
    append(text, *page);
    goes_on = !page->caught_up() && text.text.size() < kMostText;
    if (!goes_on && !page->caught_up()) text.text += "[more follows; read it as an event stream]\n";
    request.set_after(page->through());
  }
  co_return text;
}

HttpResponse text_response(const HttpRequest& request, Text text) {
  HttpResponse response;
  response.headers = {{"Content-Type", "text/plain; charset=utf-8"},
                      {"X-Content-Type-Options", "nosniff"},
                      {"Cache-Control", text.has_ended ? "no-cache" : "no-store"}};
  response.body = std::move(text.text);
  if (!text.has_ended) return response;
  // What is kept of it may become less: its length tells.
  const std::string tag = "\"" + text.through + "-" + std::to_string(response.body.size()) + "\"";
  response.headers.emplace_back("ETag", tag);
  response.headers.emplace_back("Accept-Ranges", "bytes");
  if (request.list("If-None-Match").find(tag) != std::string::npos) {
    response.status = 304;
    response.body.clear();
    return response;
  }
  const auto wanted = request.header("Range");
  const auto condition = request.header("If-Range");
  if (!wanted || (condition && *condition != tag)) return response;
  const auto asked = parse_range(*wanted, response.body.size());
  if (!asked.is_range) return response;
  const auto size = std::to_string(response.body.size());
  if (!asked.range) {
    auto refusal =
        problem_response({Reason::range_not_satisfiable, "The output has " + size + " bytes. Ask for some of them."});
    refusal.headers.emplace_back("Content-Range", "bytes */" + size);
    return refusal;
  }
  const auto [begin, end] = *asked.range;
  response.status = 206;
  response.headers.emplace_back("Content-Range",
                                "bytes " + std::to_string(begin) + "-" + std::to_string(end - 1) + "/" + size);
  response.body = response.body.substr(begin, end - begin);
  return response;
}

/// What stream is asked for, and who may not have it.
Result<v1::ReadOutputRequest> read_request(const ApiCall& call) {
  return parse_output_request(call.request, call.target, call.route.names[0], call.route.names[1]);
}

}  // namespace

asio::awaitable<HttpResponse> read_output(const ApiCall& call) {
  auto request = read_request(call);
  if (!request) co_return problem_response(request.error());
  request->clear_after();
  request->clear_from_end();
  if (request->attempt() == 0) {
    v1::GetTaskRequest get;
    get.set_user_id(request->user_id());
    get.set_task_id(request->task_id());
    const auto task = co_await call.services.engine.get_task(get);
    if (!task) co_return problem_response(task.error());
    // Of one that waits for its next attempt, the last one that was.
    const bool waits = task->task().state() == v1::TASK_STATE_QUEUED && task->task().attempt() > 1;
    request->set_attempt(task->task().attempt() - (waits ? 1 : 0));
  }
  auto reading = read_text(call.services.engine, std::move(*request));
  auto text = co_await std::move(reading);
  co_return text ? text_response(call.request, std::move(*text)) : problem_response(text.error());
}

asio::awaitable<tl::expected<v1::ReadOutputRequest, HttpResponse>> prepare_output(const ApiCall& call) {
  auto request = read_request(call);
  if (!request) co_return tl::unexpected(problem_response(request.error()));
  if (!call.shard.is_engine_reachable()) co_return std::move(*request);
  const auto page = co_await call.services.engine.read_output(*request, kLookAtOutput);
  if (!page && page.error().reason == Reason::task_not_found) co_return tl::unexpected(problem_response(page.error()));
  const bool is_over = page && page->ended() && !request->after().empty() && page->through() == request->after();
  if (is_over) co_return tl::unexpected(HttpResponse{204, {}, {}, nullptr});
  co_return std::move(*request);
}

}  // namespace taskwire::edge
