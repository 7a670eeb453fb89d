#include "log/publisher.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/wire.h"
#include "log/idempotency.h"
#include "log/pulse.h"
#include "resume/limits.h"
#include "resume/topic.h"

namespace taskwire::engine {
namespace {

constexpr std::size_t kEventBytes = 128;  // beside its strings: lengths, place and time

/// What is about to be appended, all or none, and under which key.
struct Append {
  std::vector<NewEvent> events;
  std::optional<RequestKey> key;
};

v1::PublishBatchResponse cursors_of(const Appended& appended) {
  v1::PublishBatchResponse response;
  auto cursor = appended.first;
  for (std::size_t i = 0; i < appended.count; ++i, ++cursor.sequence) response.add_cursors(to_string(cursor));
  return response;
}

/// What a key is kept with: the first cursor, for the same request has as many events. Once it was all of them.
std::string answer_of(const Appended& appended) {
  v1::PublishBatchResponse first;
  first.add_cursors(to_string(appended.first));
  return first.SerializeAsString();
}

/// The log may have another name by now; what was appended has the same places.
Result<Appended> appended_before(const Transaction& transaction, const std::string& answer, std::size_t count) {
  v1::PublishBatchResponse response;
  const bool is_whole = response.ParseFromString(answer) && !response.cursors().empty();
  if (const auto first = is_whole ? parse_cursor(response.cursors(0)) : std::nullopt)
    return Appended{{transaction.epoch(), first->sequence}, count};
  return refuse(Reason::store_failed,
                "what was answered to this key before is damaged in the store; nothing was written, look whether the "
                "events are there");
}

Result<Appended> append(Transaction& transaction, Append& append) {
  if (append.key) {
    const auto before = append.key->recall(transaction);
    if (!before) return tl::make_unexpected(before.error());
    if (*before) return appended_before(transaction, **before, append.events.size());
  }
  Appended appended{{}, append.events.size()};
  for (auto& event : append.events) {
    auto cursor = transaction.append(std::move(event));
    if (appended.first.sequence == 0) appended.first = std::move(cursor);
  }
  if (append.key) append.key->remember(transaction, answer_of(appended));
  return appended;
}

std::size_t bytes_of(const Append& append) {
  std::size_t bytes = 0;
  for (const auto& event : append.events) bytes += kEventBytes + event.bytes.size();
  return bytes;
}

/// One and several share a scope, as one path of the HTTP side takes both.
std::string scope_of(const v1::PublishRequest& request) {
  return "publish/" + request.topic();
}

/// As a v1::Event would be written down, without one.
NewEvent event_of(const v1::PublishRequest& request) {
  NewEvent event;
  event.topic = request.topic();
  event.bytes.reserve(request.topic().size() + request.type().size() + request.data().size() + kEventBytes);
  add_field(event.bytes, v1::Event::kTopicFieldNumber, request.topic());
  if (!request.type().empty()) add_field(event.bytes, v1::Event::kTypeFieldNumber, request.type());
  add_field(event.bytes, v1::Event::kDataFieldNumber, request.data());
  if (request.retry_ms() != 0) {
    v1::Event rest;
    rest.set_retry_ms(request.retry_ms());
    rest.AppendToString(&event.bytes);
  }
  return event;
}

/// How much is to be appended at once.
struct Size {
  std::size_t events = 0, data = 0;
  [[nodiscard]] bool fits() const { return events <= kMostBatchEvents && data <= kMostBatchBytes; }
};

Size size_of(const v1::PublishBatchRequest& batch) {
  Size size{static_cast<std::size_t>(batch.events_size())};
  for (const auto& event : batch.events()) size.data += event.data().size();
  return size;
}

Size size_of(const v1::PublishGroupsRequest& group) {
  Size all;
  for (const auto& publication : group.publications()) {
    const auto size =
        publication.has_batch() ? size_of(publication.batch()) : Size{1, publication.event().data().size()};
    all = {all.events + std::max<std::size_t>(size.events, 1), all.data + size.data};
  }
  return all;
}

}  // namespace

Result<NewEvent> check_publish(const v1::PublishRequest& request, Principal principal) {
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
  return event_of(request);
}

namespace {

Result<Append> prepare(const v1::PublishRequest& request) {
  auto event = check_publish(request, Principal::anyone);
  if (!event) return tl::make_unexpected(event.error());
  auto key = RequestKey::make(scope_of(request), request.request_id(), request);
  if (!key) return tl::make_unexpected(key.error());
  Append what{{}, std::move(*key)};
  what.events.push_back(std::move(*event));
  return what;
}

Result<Append> prepare(const v1::PublishBatchRequest& request) {
  if (const auto size = size_of(request); size.events == 0 || !size.fits())
    return refuse(Reason::invalid_batch, "a batch is 1 to 1000 events with at most 2 MiB of data");
  Append what;
  for (int i = 0; i < request.events_size(); ++i) {
    auto event = check_publish(request.events(i), Principal::anyone);
    if (event && !request.events(i).request_id().empty())
      event = refuse(Reason::invalid_request_id, "the batch has a request_id, its events have none");
    if (!event) {
      event.error().message = "event " + std::to_string(i + 1) + ": " + event.error().message;
      return tl::make_unexpected(event.error());
    }
    what.events.push_back(std::move(*event));
  }
  auto key = RequestKey::make(scope_of(request.events(0)), request.request_id(), request);
  if (!key) return tl::make_unexpected(key.error());
  what.key = std::move(*key);
  return what;
}

}  // namespace

template <class Response, class Append, class Answer>
void Publisher::write(Append append, Answer answer, Done<Response> done) {
  const auto bytes = bytes_of(append);
  const auto shared = std::make_shared<Append>(std::move(append));
  log_.write<Appended>(
      EventLog::Writer::caller, bytes,
      [shared](Transaction& transaction) { return engine::append(transaction, *shared); },
      [this, answer, done = std::move(done)](Result<Appended> appended) {
        give([answer, done, appended = std::move(appended)] { done(appended.map(answer)); });
      });
}

void Publisher::publish(const v1::PublishRequest& request, Done<v1::PublishResponse> done) {
  auto what = prepare(request);
  if (!what) return done(tl::make_unexpected(what.error()));
  write<v1::PublishResponse>(
      std::move(*what),
      [](const Appended& appended) {
        v1::PublishResponse response;
        response.set_cursor(to_string(appended.first));
        return response;
      },
      std::move(done));
}

void Publisher::publish_batch(const v1::PublishBatchRequest& request, Done<v1::PublishBatchResponse> done) {
  auto what = prepare(request);
  if (!what) return done(tl::make_unexpected(what.error()));
  write<v1::PublishBatchResponse>(std::move(*what), cursors_of, std::move(done));
}

void Publisher::publish_group(const v1::PublishGroupsRequest& request, Done<std::vector<Result<Appended>>> done) {
  if (const auto size = size_of(request); size.events == 0 || !size.fits())
    return done(refuse(Reason::invalid_batch, "a group is 1 to 1000 events in all with at most 2 MiB of data"));
  const auto group = std::make_shared<std::vector<Result<Append>>>();
  std::size_t bytes = 0;
  for (const auto& publication : request.publications()) {
    group->push_back(publication.has_batch() ? prepare(publication.batch()) : prepare(publication.event()));
    if (group->back()) bytes += bytes_of(*group->back());
  }
  using Outcomes = std::vector<Result<Appended>>;
  log_.write<Outcomes>(
      EventLog::Writer::caller, bytes,
      [this, group](Transaction& transaction) -> Result<Outcomes> {
        Outcomes outcomes;
        outcomes.reserve(group->size());
        for (auto& what : *group) {
          outcomes.push_back(what ? engine::append(transaction, *what) : tl::make_unexpected(what.error()));
          if (auto failure = transaction.settle()) {
            log_.tell_damage(*failure);
            outcomes.back() = tl::make_unexpected(std::move(*failure));
          }
        }
        return outcomes;
      },
      [this, count = group->size(), done = std::move(done)](Result<Outcomes> outcomes) {
        if (!outcomes) outcomes = Outcomes(count, tl::make_unexpected(outcomes.error()));
        give([done, outcomes = std::move(outcomes)]() mutable { done(std::move(outcomes)); });
      });
}

}  // namespace taskwire::engine
