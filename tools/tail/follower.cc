#include "tail/follower.h"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>

namespace taskwire::tail {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr seconds kConnect(15);
constexpr seconds kProblem(5);
constexpr seconds kConfirm(2);  // an end that nothing contradicts so long is one
constexpr seconds kUsualHeartbeat(15);
constexpr int kMissedHeartbeats = 3;
constexpr milliseconds kLeastPatience(1000);

/// What a problem (RFC 9457) says, for people; the status where it says nothing.
std::string problem_text(unsigned status, const std::string& body) {
  const auto problem = nlohmann::json::parse(body, nullptr, false);
  for (const auto* key : {"detail", "title"}) {
    if (problem.is_object() && problem.contains(key) && problem[key].is_string()) return problem[key];
  }
  return "answered with status " + std::to_string(status);
}

}  // namespace

Follower::Follower(const asio::any_io_executor& executor, const Settings& settings, Display& display,
                   std::function<double()> random)
    : executor_(executor),
      settings_(settings),
      display_(display),
      course_(settings.target.task_id, settings.retries, Backoff({}, std::move(random))),
      parser_([this](const SseEvent& event) { take(event); }, settings.last_event_id),
      resume_id_(settings.last_event_id),
      left_(settings.count),
      patience_(kUsualHeartbeat * kMissedHeartbeats) {}

asio::awaitable<Ending> Follower::run() {
  for (;;) {
    const Cut cut = co_await follow_once();
    if (ending_) co_return *ending_;
    const auto next = course_.after(cut, parser_.retry().value_or(milliseconds(0)));
    if (next.ending) co_return *next.ending;
    if (next.delay > milliseconds(0)) co_await wait(next.delay, cut.why);
  }
}

asio::awaitable<void> Follower::wait(milliseconds delay, const std::string& why) {
  asio::steady_timer timer(executor_, delay);
  display_.show_link({Link::State::waiting, why, timer.expiry()});
  co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<Cut> Follower::follow_once() {
  const bool asks_outcome = course_.aim() == Course::Aim::outcome;
  const std::string path = asks_outcome ? settings_.target.bare_path() : settings_.target.path;
  const std::string id = asks_outcome ? std::string() : parser_.last_event_id();
  display_.show_link({Link::State::connecting});
  client::HttpStream stream(executor_, settings_.token);
  const auto head = co_await stream.open(settings_.target, path, id, steady_clock::now() + kConnect);
  if (!head) co_return lost(head.error());
  if (!head->is_event_stream()) co_return co_await refusal(stream, *head);
  display_.show_link({Link::State::live});
  if (!asks_outcome) {
    parser_.reconnect();
    co_return co_await read(stream, parser_);
  }
  SseParser unshown([this](const SseEvent& event) {
    course_.saw(view::decode_message({event.type, event.last_event_id, event.data}));
  });
  co_return co_await read(stream, unshown);
}

asio::awaitable<Cut> Follower::read(client::HttpStream& stream, SseParser& parser) {
  const auto aim = course_.aim();
  const auto confirmed_at = steady_clock::now() + kConfirm;
  for (;;) {
    const bool is_confirming = course_.aim() == Course::Aim::confirm;
    const auto silent_at = steady_clock::now() + patience_;
    const auto bytes = co_await stream.read_some(is_confirming ? std::min(silent_at, confirmed_at) : silent_at);
    if (!bytes) co_return lost(bytes.error());
    if (bytes->empty()) {
      Cut ended{Cut::Kind::ended, "the stream ended"};
      co_return ended;
    }
    const std::string id = parser.last_event_id();
    parser.feed(*bytes);
    if (parser.last_event_id() != id) course_.progressed();
    if (&parser == &parser_ && !ending_) resume_id_ = parser.last_event_id();
    const bool outlived_question = aim == Course::Aim::outcome && course_.aim() != aim;
    if (ending_ || outlived_question) co_return Cut();
  }
}

asio::awaitable<Cut> Follower::refusal(client::HttpStream& stream, const client::ResponseHead& head) {
  Cut cut{Cut::Kind::refused, {}, head.status, head.retry_after};
  if (head.status == 200) {
    cut.why = settings_.target.path + " is no event stream, but " +
              (head.content_type.empty() ? "of no type" : head.content_type);
    co_return cut;
  }
  const std::string body = co_await stream.read_rest(steady_clock::now() + kProblem);
  cut.why = problem_text(head.status, body);
  co_return cut;
}

void Follower::take(const SseEvent& event) {
  if (ending_) return;
  const auto message = view::decode_message({event.type, event.last_event_id, event.data});
  course_.saw(message);
  if (const auto* const heartbeat = std::get_if<view::Heartbeat>(&message)) {
    if (heartbeat->interval) patience_ = std::max(*heartbeat->interval * kMissedHeartbeats, kLeastPatience);
    return;
  }
  if (const auto* const upstream = std::get_if<view::Upstream>(&message)) return display_.show_engine(*upstream);
  if (!display_.show(event, message)) {
    ending_ = Ending{};
    return;
  }
  resume_id_ = event.last_event_id;
  const bool is_own = std::holds_alternative<view::Reset>(message) || std::holds_alternative<view::Synced>(message) ||
                      std::holds_alternative<view::Skipped>(message);
  if (left_ && !is_own && --*left_ == 0) ending_ = Ending{};
}

Cut Follower::lost(const std::string& why) const {
  return {Cut::Kind::lost, settings_.target.authority + ": " + why};
}

}  // namespace taskwire::tail
