#include "log/reading.h"

#include <algorithm>

#include "base/wire.h"
#include "log/page_budget.h"
#include "resume/topic.h"

namespace taskwire::engine {
namespace {

/// To count further would cost more than the skipped events save.
constexpr std::int64_t kMostLag = 100'000;

std::optional<std::int64_t> max_lag_of(const v1::ReadEventsRequest& request) {
  return request.has_max_lag() ? std::optional(std::min(std::int64_t{request.max_lag()}, kMostLag)) : std::nullopt;
}

/// The topics to ask the store about one by one; it understands an empty one as all.
Topics named(const Topics& topics) {
  return topics.empty() ? Topics{""} : topics;
}

Floors highest_floors(ReadTransaction& reader, const Topics& topics) {
  Floors highest;
  for (const auto& topic : named(topics)) {
    const auto floors = reader.floors(topic);
    highest.lost = std::max(highest.lost, floors.lost);
    highest.trimmed = std::max(highest.trimmed, floors.trimmed);
  }
  return highest;
}

EventPage take_page(ReadTransaction& reader, const std::vector<TopicQuery>& sources, Sequence until, std::size_t most) {
  EventPage page;
  page.events.reserve(most);
  PageBudget budget(most);
  const auto take = [&](const EventPtr& event) {
    if (!budget.take(event->bytes.size())) return false;
    page.events.push_back(event);
    return true;
  };
  const auto visited = reader.rows(sources, until, take);
  page.through = visited.through;
  page.skipped = visited.skipped;
  return page;
}

Result<std::size_t> parse_page_size(std::int32_t size) {
  constexpr auto kMost = static_cast<std::int32_t>(PageBudget::kMostEvents);
  if (size < 0 || size > kMost)
    return refuse(Reason::invalid_page_size, "page_size is 0 to " + std::to_string(kMost) + ", 0 meaning the most");
  return static_cast<std::size_t>(size == 0 ? kMost : size);
}

ReadEventsAnswer answer_of(EventPage&& page, const Cursor& head) {
  ReadEventsAnswer answer;
  answer.events = std::move(page.events);
  answer.response.set_through(to_string(Cursor{head.epoch, page.through}));
  answer.response.set_head(to_string(head));
  answer.response.set_skipped(page.skipped);
  return answer;
}

Result<ReadEventsAnswer> finish(ReadTransaction& reader, EventPage&& page, const Cursor& head) {
  if (const auto error = reader.error()) return tl::make_unexpected(*error);
  return answer_of(std::move(page), head);
}

Result<ReadEventsAnswer> begin_anew(ReadTransaction& reader, v1::ResetReason reason, std::string_view cursor,
                                    const Cursor& head) {
  if (const auto error = reader.error()) return tl::make_unexpected(*error);
  ReadEventsAnswer answer;
  *answer.response.mutable_reset() = reset_for(reason, cursor);
  answer.response.set_head(to_string(head));
  return answer;
}

/// Why a place that the engine gave out for this state counts no longer.
std::optional<v1::ResetReason> judge_place(const Cursor& place, const Cursor& head) {
  if (place.epoch != head.epoch) return v1::RESET_REASON_EPOCH;
  if (place.sequence > head.sequence) return v1::RESET_REASON_AHEAD;
  return std::nullopt;
}

Result<ReadEventsAnswer> read_state_page(ReadTransaction& reader, const Topics& topics,
                                         const v1::ReadEventsRequest& request, std::size_t most) {
  const auto head = reader.head();
  const auto place_or = [&](const std::string& text, Sequence none) {
    return text.empty() ? Cursor{head.epoch, none} : parse_cursor(text).value_or(Cursor{});
  };
  const auto after = place_or(request.after(), 0);
  const auto others_after = place_or(request.others_after(), 0);
  const auto until = place_or(request.until(), request.until().empty() ? state_end(reader, topics) : 0);
  if (after.epoch.empty()) return begin_anew(reader, v1::RESET_REASON_MALFORMED, request.after(), head);
  for (const auto& [name, place] : {std::pair("until", &until), std::pair("others_after", &others_after)}) {
    if (place->epoch.empty())
      return refuse(Reason::invalid_cursor, std::string(name) + " is no cursor; take one as it was answered");
  }
  for (const auto* const place : {&after, &until, &others_after}) {
    if (const auto reason = judge_place(*place, head)) return begin_anew(reader, *reason, to_string(*place), head);
  }
  const auto others = request.has_others_after() ? std::optional(others_after.sequence) : std::nullopt;
  auto answer = finish(reader, read_state(reader, topics, after.sequence, until.sequence, others, most), head);
  if (answer) answer->response.set_until(to_string(until));
  return answer;
}

}  // namespace

std::optional<v1::ResetReason> refusal(ReadTransaction& reader, const Topics& topics, std::string_view cursor) {
  const auto parsed = parse_cursor(cursor);
  if (!parsed) return v1::RESET_REASON_MALFORMED;
  if (const auto reason = judge_place(*parsed, reader.head())) return reason;
  if (parsed->sequence < highest_floors(reader, topics).lost) return v1::RESET_REASON_EXPIRED;
  return std::nullopt;
}

v1::Reset reset_for(v1::ResetReason reason, std::string_view cursor) {
  v1::Reset reset;
  reset.set_reason(reason);
  if (reason != v1::RESET_REASON_START && reason != v1::RESET_REASON_MALFORMED) reset.set_cursor(std::string(cursor));
  return reset;
}

EventPage read(ReadTransaction& reader, const Topics& topics, Sequence after, std::optional<std::int64_t> max_lag,
               std::size_t most) {
  std::vector<TopicQuery> sources;
  bool skipped = false;
  for (const auto& topic : named(topics)) {
    bool latest = after < reader.floors(topic).trimmed;
    if (max_lag && !topic.empty() && is_keyed(topic)) latest = latest || reader.has_more_than(*max_lag, topic, after);
    skipped |= latest;
    // Of every topic each is judged when an event of it is met.
    const bool is_latest = max_lag && (latest || topic.empty());
    sources.push_back({topic, is_latest ? Pick::latest : Pick::all, after, max_lag.value_or(0)});
  }
  auto page = take_page(reader, sources, reader.head().sequence, most);
  page.skipped = page.skipped || skipped;
  return page;
}

Sequence state_end(ReadTransaction& reader, const Topics& topics) {
  return has_keyed(topics) ? reader.head().sequence : highest_floors(reader, topics).trimmed;
}

EventPage read_state(ReadTransaction& reader, const Topics& topics, Sequence after, Sequence until,
                     std::optional<Sequence> others_after, std::size_t most) {
  std::vector<TopicQuery> sources;
  for (const auto& topic : named(topics)) {
    if (topic.empty() || is_keyed(topic)) sources.push_back({topic, Pick::living, after});
    if (others_after && (topic.empty() || !is_keyed(topic)))
      sources.push_back({topic, Pick::keyless, std::max(after, *others_after)});
  }
  return take_page(reader, sources, until, most);
}

std::string ReadEventsAnswer::bytes() const {
  constexpr auto kEvents = v1::ReadEventsResponse::kEventsFieldNumber;
  auto size = response.ByteSizeLong();
  for (const auto& event : events) size += field_size(kEvents, event->bytes.size());
  std::string bytes;
  bytes.reserve(size);
  response.AppendToString(&bytes);
  for (const auto& event : events) add_field(bytes, kEvents, event->bytes);
  return bytes;
}

Result<ReadEventsAnswer> read_events(ReadTransaction& reader, const v1::ReadEventsRequest& request) {
  const auto topics = parse_topics(request.topics());
  if (!topics) return tl::make_unexpected(topics.error());
  const auto most = parse_page_size(request.page_size());
  if (!most) return tl::make_unexpected(most.error());
  if (request.max_lag() < 0) return refuse(Reason::invalid_limit, "max_lag is 0 or more; leave it out to read whole");
  if (request.state()) return read_state_page(reader, *topics, request, *most);

  const auto head = reader.head();
  const auto max_lag = max_lag_of(request);
  if (request.after().empty()) {
    auto page = read(reader, *topics, 0, max_lag, *most);
    // A page must not end where the next one would be refused; then the oldest place is the lowest that would not be.
    const auto lost = highest_floors(reader, *topics).lost;
    if (page.through < lost) page = read(reader, *topics, lost, max_lag, *most);
    page.skipped = highest_floors(reader, *topics).trimmed > 0;
    return finish(reader, std::move(page), head);
  }
  if (const auto reason = refusal(reader, *topics, request.after()))
    return begin_anew(reader, *reason, request.after(), head);
  return finish(reader, read(reader, *topics, parse_cursor(request.after())->sequence, max_lag, *most), head);
}

std::optional<ReadEventsAnswer> read_events(HotTail& tail, const std::string& epoch,
                                            const v1::ReadEventsRequest& request) {
  const auto after = parse_cursor(request.after());
  if (!after || after->epoch != epoch || request.state() || request.max_lag() < 0) return std::nullopt;
  const auto topics = parse_topics(request.topics());
  const auto most = parse_page_size(request.page_size());
  if (!topics || !most || (topics->empty() && request.has_max_lag())) return std::nullopt;
  const auto max_lag = max_lag_of(request).value_or(Log<EventPtr>::kWhole);
  const auto selection = tail.select(*topics);
  std::optional<HotTail::Page> page;
  bool latest = false;
  auto place = after->sequence;
  do {  // A page of named topics has an event if there is one.
    page = tail.read(selection, place, {.max_lag = max_lag, .most = *most});
    if (!page || place > page->head) return std::nullopt;
    latest = latest || page->latest;
    place = page->through;
  } while (page->events.empty() && place < page->head);
  return answer_of({std::move(page->events), page->through, latest}, {epoch, page->head});
}

}  // namespace taskwire::engine
