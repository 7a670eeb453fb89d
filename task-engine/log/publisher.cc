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

constexpr std::size_t kEventBytes = 32;     // beside its strings: tags, lengths and the rest
constexpr std::size_t kWaitingBytes = 128;  // of an event, beside what it holds itself

/// What is about to be appended, all or none, and under which key. Its events lie one behind the other.
struct Publication {
  struct Place {
    std::size_t topic, topic_size;
    std::size_t begin, size;
  };

  std::string bytes;
  std::vector<Place> events;
  std::optional<RequestKey> key;

  [[nodiscard]] NewEvent event(const Place& place) const {
    const std::string_view all = bytes;
    return {.topic = all.substr(place.topic, place.topic_size), .bytes = all.substr(place.begin, place.size)};
  }
};

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

Result<Appended> append(Transaction& transaction, const Publication& publication) {
  const auto& events = publication.events;
  const auto& key = publication.key;
  if (key) {
    const auto before = key->recall(transaction);
    if (!before) return tl::make_unexpected(before.error());
    if (*before) return appended_before(transaction, **before, events.size());
  }
  Appended appended{{}, events.size()};
  for (const auto& place : events) {
    auto cursor = transaction.append(publication.event(place));
    if (appended.first.sequence == 0) appended.first = std::move(cursor);
  }
  if (key) key->remember(transaction, answer_of(appended));
  return appended;
}

std::size_t bytes_of(const Publication& publication) {
  return publication.bytes.size() + publication.events.size() * kWaitingBytes;
}

/// One and several share a scope, as one path of the HTTP side takes both.
std::string scope_of(const v1::PublishRequest& request) {
  return "publish/" + request.topic();
}

std::size_t most_bytes_of(const v1::PublishRequest& request) {
  return request.topic().size() + request.type().size() + request.data().size() + kEventBytes;
}

/// Adds it to `to` as a v1::Event would be written down, without one.
void write_event(const v1::PublishRequest& request, std::string& to) {
  add_field(to, v1::Event::kTopicFieldNumber, request.topic());
  if (!request.type().empty()) add_field(to, v1::Event::kTypeFieldNumber, request.type());
  add_field(to, v1::Event::kDataFieldNumber, request.data());
  if (request.retry_ms() == 0) return;
  v1::Event rest;
  rest.set_retry_ms(request.retry_ms());
  rest.AppendToString(&to);
}

void add_event(const v1::PublishRequest& request, Publication& to) {
  const auto begin = to.bytes.size();
  write_event(request, to.bytes);
  const auto size = request.topic().size();
  const auto topic = begin + field_size(v1::Event::kTopicFieldNumber, size) - size;
  to.events.push_back({topic, size, begin, to.bytes.size() - begin});
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

Size size_of(const v1::PublishRequest& event) {
  return {1, event.data().size()};
}

Size size_of(std::span<const AnyPublishRequest> group) {
  Size all;
  for (const auto& request : group) {
    const auto size = std::visit([](const auto* one) { return size_of(*one); }, request);
    all = {all.events + std::max<std::size_t>(size.events, 1), all.data + size.data};
  }
  return all;
}

Result<void> check(const v1::PublishRequest& request, Principal principal) {
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
  return {};
}

Result<Publication> prepare(const v1::PublishRequest& request) {
  if (auto checked = check(request, Principal::anyone); !checked) return tl::make_unexpected(checked.error());
  auto key = RequestKey::make(scope_of(request), request.request_id(), request);
  if (!key) return tl::make_unexpected(key.error());
  Publication what{{}, {}, std::move(*key)};
  what.bytes.reserve(most_bytes_of(request));
  add_event(request, what);
  return what;
}

Result<Publication> prepare(const v1::PublishBatchRequest& request) {
  if (const auto size = size_of(request); size.events == 0 || !size.fits())
    return refuse(Reason::invalid_batch, "a batch is 1 to 1000 events with at most 2 MiB of data");
  std::size_t bytes = 0;
  for (int i = 0; i < request.events_size(); ++i) {
    auto checked = check(request.events(i), Principal::anyone);
    if (checked && !request.events(i).request_id().empty())
      checked = refuse(Reason::invalid_request_id, "the batch has a request_id, its events have none");
    if (!checked) {
      checked.error().message = "event " + std::to_string(i + 1) + ": " + checked.error().message;
      return tl::make_unexpected(checked.error());
    }
    bytes += most_bytes_of(request.events(i));
  }
  auto key = RequestKey::make(scope_of(request.events(0)), request.request_id(), request);
  if (!key) return tl::make_unexpected(key.error());
  Publication what{{}, {}, std::move(*key)};
  what.bytes.reserve(bytes);
  what.events.reserve(static_cast<std::size_t>(request.events_size()));
  for (const auto& event : request.events()) add_event(event, what);
  return what;
}

}  // namespace

std::string PublishBatchAnswer::bytes() const {
  auto cursor = appended.first;
  std::string bytes;
  const auto one = std::string_view(CursorText(cursor)).size() + 1;  // the next numbers may be longer
  bytes.reserve(appended.count * field_size(v1::PublishBatchResponse::kCursorsFieldNumber, one));
  for (std::size_t i = 0; i < appended.count; ++i, ++cursor.sequence)
    add_field(bytes, v1::PublishBatchResponse::kCursorsFieldNumber, CursorText(cursor));
  return bytes;
}

Result<EventDraft> check_publish(const v1::PublishRequest& request, Principal principal) {
  if (auto checked = check(request, principal); !checked) return tl::make_unexpected(checked.error());
  EventDraft draft;
  draft.topic = request.topic();
  write_event(request, draft.bytes);
  return draft;
}

template <class Request>
void Publisher::write(const Request& request, Done<Appended> done) {
  auto what = prepare(request);
  if (!what) return done(tl::make_unexpected(what.error()));
  const auto publication = std::make_shared<const Publication>(std::move(*what));
  log_.write<Appended>(
      EventLog::Writer::publisher, bytes_of(*publication),
      [publication](Transaction& transaction) { return append(transaction, *publication); }, std::move(done));
}

void Publisher::publish(const v1::PublishRequest& request, Done<v1::PublishResponse> done) {
  write(request, [done = std::move(done)](const Result<Appended>& appended) {
    done(appended.map([](const Appended& at) {
      v1::PublishResponse response;
      response.set_cursor(to_string(at.first));
      return response;
    }));
  });
}

void Publisher::publish_batch(const v1::PublishBatchRequest& request, Done<PublishBatchAnswer> done) {
  write(request, [done = std::move(done)](const Result<Appended>& appended) {
    done(appended.map([](const Appended& all) { return PublishBatchAnswer{all}; }));
  });
}

void Publisher::publish_group(std::span<const AnyPublishRequest> requests, Done<std::vector<Result<Appended>>> done) {
  if (const auto size = size_of(requests); size.events == 0 || !size.fits())
    return done(refuse(Reason::invalid_batch, "a group is 1 to 1000 events in all with at most 2 MiB of data"));
  const auto group = std::make_shared<std::vector<Result<Publication>>>();
  std::size_t bytes = 0;
  for (const auto& request : requests) {
    group->push_back(std::visit([](const auto* one) { return prepare(*one); }, request));
    if (group->back()) bytes += bytes_of(*group->back());
  }
  using Outcomes = std::vector<Result<Appended>>;
  log_.write<Outcomes>(
      EventLog::Writer::publisher, bytes,
      [this, group](Transaction& transaction) -> Result<Outcomes> {
        Outcomes outcomes;
        outcomes.reserve(group->size());
        for (auto& what : *group) {
          outcomes.push_back(what ? append(transaction, *what) : tl::make_unexpected(what.error()));
          if (auto failure = transaction.settle()) {
            log_.tell_damage(*failure);
            outcomes.back() = tl::make_unexpected(std::move(*failure));
          }
        }
        return outcomes;
      },
      [count = group->size(), done = std::move(done)](Result<Outcomes> outcomes) {
        done(outcomes ? std::move(outcomes) : Outcomes(count, tl::make_unexpected(outcomes.error())));
      });
}

}  // namespace taskwire::engine
