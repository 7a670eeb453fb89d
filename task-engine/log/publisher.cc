#include "log/publisher.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "log/idempotency.h"
#include "log/pulse.h"
#include "resume/limits.h"
#include "resume/topic.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kEventBytes = 256;

/// What is about to be appended, all or none, and under which key.
struct Append {
  std::vector<v1::Event> events;
  std::optional<RequestKey> key;
};

using Cursors = v1::PublishBatchResponse;

Result<Cursors> append(Transaction& transaction, Append& append) {
  if (append.key) {
    auto before = append.key->recall(transaction);
    if (!before) return tl::make_unexpected(before.error());
    if (*before) {
      Cursors cursors;
      if (!cursors.ParseFromString(**before) || cursors.cursors_size() != static_cast<int>(append.events.size()))
        return refuse(Reason::store_failed,
                      "what was answered to this key before is damaged in the store; nothing was written, look whether "
                      "the events are there");
      return cursors;
    }
  }
  Cursors cursors;
  for (auto& event : append.events) cursors.add_cursors(to_string(transaction.append(std::move(event))));
  if (append.key) append.key->remember(transaction, cursors.SerializeAsString());
  return cursors;
}

void write(EventLog& log, Append what, Done<Cursors> done) {
  std::size_t bytes = 0;
  for (const auto& event : what.events) bytes += kEventBytes + event.data().size();
  const auto shared = std::make_shared<Append>(std::move(what));
  log.write<Cursors>(
      EventLog::Writer::caller, bytes, [shared](Transaction& transaction) { return append(transaction, *shared); },
      std::move(done));
}

/// One and several share a scope, as one path of the HTTP side takes both.
std::string scope_of(const v1::PublishRequest& request) {
  return "publish/" + request.topic();
}

}  // namespace

Result<v1::Event> check_publish(const v1::PublishRequest& request, Principal principal) {
  const auto topic = parse_topic(request.topic());
  if (!topic)
    return refuse(Reason::invalid_topic,
                  "publish to messages/{user} or channels/{name}, names being 1 to 128 of "
                  "A-Z a-z 0-9 . _ ~ @ -");
  if (!may(principal, Action::write, *topic))
    return refuse(Reason::topic_read_only,
                  "the engine alone writes to " + request.topic() + "; write to another channel, or send a message");
  if (!request.type().empty() && !is_event_type(request.type()))
    return refuse(Reason::invalid_event_type,
                  "an event type is [A-Za-z][A-Za-z0-9._-]{0,63} and no name that taskwire sends itself");
  if (request.data().size() > kMostPayloadBytes)
    return refuse(Reason::payload_too_large, "data is at most 61,440 bytes, this is " +
                                                 std::to_string(request.data().size()) + "; send less, or in parts");
  if (!is_utf8(request.data()) || request.data().find('\0') != std::string::npos)
    return refuse(Reason::invalid_data, "data is UTF-8 without NUL");
  if (request.retry_ms() != 0 && (request.retry_ms() < kLeastRetryMs || request.retry_ms() > kMostRetryMs))
    return refuse(Reason::invalid_retry, "retry_ms is 100 to 3600000, or 0 for none");
  if (topic->kind == TopicKind::channels && topic->name == "pulse") {
    if (auto checked = check_pulse(request.type(), request.data()); !checked)
      return tl::make_unexpected(checked.error());
  }
  v1::Event event;
  event.set_topic(request.topic());
  event.set_type(request.type());
  event.set_data(request.data());
  event.set_retry_ms(request.retry_ms());
  return event;
}

void Publisher::publish(const v1::PublishRequest& request, Done<v1::PublishResponse> done) {
  auto event = check_publish(request, Principal::anyone);
  if (!event) return done(tl::make_unexpected(event.error()));
  auto key = RequestKey::make(scope_of(request), request.request_id(), request);
  if (!key) return done(tl::make_unexpected(key.error()));
  Append what{{}, std::move(*key)};
  what.events.push_back(std::move(*event));
  write(log_, std::move(what), [done = std::move(done)](Result<Cursors> cursors) {
    done(std::move(cursors).map([](Cursors&& appended) {
      v1::PublishResponse response;
      response.set_cursor(appended.cursors(0));
      return response;
    }));
  });
}

void Publisher::publish_batch(const v1::PublishBatchRequest& request, Done<v1::PublishBatchResponse> done) {
  std::size_t bytes = 0;
  for (const auto& event : request.events()) bytes += event.data().size();
  if (request.events().empty() || request.events_size() > kMostBatchEvents || bytes > kMostBatchBytes)
    return done(refuse(Reason::invalid_batch, "a batch is 1 to 1000 events with at most 2 MiB of data"));
  Append what;
  for (int i = 0; i < request.events_size(); ++i) {
    auto event = check_publish(request.events(i), Principal::anyone);
    if (event && !request.events(i).request_id().empty())
      event = refuse(Reason::invalid_request_id, "the batch has a request_id, its events have none");
    if (!event) {
      event.error().message = "event " + std::to_string(i + 1) + ": " + event.error().message;
      return done(tl::make_unexpected(event.error()));
    }
    what.events.push_back(std::move(*event));
  }
  auto key = RequestKey::make(scope_of(request.events(0)), request.request_id(), request);
  if (!key) return done(tl::make_unexpected(key.error()));
  what.key = std::move(*key);
  write(log_, std::move(what), std::move(done));
}

}  // namespace taskwire::engine
