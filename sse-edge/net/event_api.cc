#include "net/event_api.h"

#include "http/history.h"
#include "http/json_body.h"
#include "http/publication.h"
#include "http/pulse.h"
#include "http/topic_access.h"

namespace taskwire::edge {
namespace {

namespace asio = boost::asio;

HttpResponse published(const Result<std::string>& first) {
  return first ? json_response(202, published_json(*first)) : problem_response(first.error());
}

}  // namespace

asio::awaitable<HttpResponse> publish(const ApiCall& call, std::string topic) {
  if (topic == kPulseTopic)
    co_return problem_response({Reason::topic_read_only, "Pulses are recorded with POST /pulse."});
  if (const auto writable = check_writable(call.principal, topic); !writable)
    co_return problem_response(writable.error());
  auto publication = parse_publication(call.request, call.target, topic);
  if (!publication) co_return problem_response(publication.error());
  if (!publication->is_batch) {
    auto& event = publication->events.front();
    event.set_request_id(std::move(publication->request_id));
    const auto first = co_await call.services.commands.publish(std::move(event));
    co_return published(first);
  }
  v1::PublishBatchRequest batch;
  batch.set_request_id(std::move(publication->request_id));
  for (auto& event : publication->events) batch.mutable_events()->Add(std::move(event));
  const auto first = co_await call.services.commands.publish(std::move(batch));
  if (!first) co_return problem_response(first.error());
  co_return json_response(202, published_json(*first, publication->events.size()));
}

asio::awaitable<HttpResponse> read_history(const ApiCall& call) {
  const auto request = parse_history_request(call.target);
  if (!request) co_return problem_response(request.error());
  const std::vector<std::string> topics(request->topics().begin(), request->topics().end());
  if (const auto readable = check_readable(call.principal, topics); !readable)
    co_return problem_response(readable.error());
  const auto page = co_await call.services.engine.read_events(*request);
  if (!page) co_return problem_response(page.error());
  auto json = history_json(*page);
  co_return json ? json_response(200, std::move(*json)) : problem_response(json.error());
}

asio::awaitable<HttpResponse> record_pulse(const ApiCall& call) {
  if (auto valid = check_json_type(call.request); !valid) co_return problem_response(valid.error());
  if (auto valid = check_json(call.request.body); !valid) co_return problem_response(valid.error());
  auto key = idempotency_key(call.request);
  if (!key) co_return problem_response(key.error());
  v1::PublishRequest event;
  event.set_topic(kPulseTopic);
  event.set_type(kPulseType);
  event.set_data(call.request.body);
  event.set_request_id(std::move(*key));
  const auto first = co_await call.services.commands.publish(std::move(event));
  co_return published(first);
}

asio::awaitable<HttpResponse> pulse_statistics(const ApiCall& call) {
  PulseStatistics statistics;
  v1::ReadEventsRequest request;
  request.add_topics(kPulseTopic);
  bool goes_on = true;
  while (goes_on) {
    const auto page = co_await call.services.engine.read_events(request);
    if (!page) co_return problem_response(page.error());
    if (page->has_reset()) {  // the log was replaced, or what follows was trimmed meanwhile
      statistics = {};
      request.clear_after();
      continue;
    }
    for (const auto& event : page->events()) statistics.add(event);
    goes_on = page->events_size() > 0;
    request.set_after(page->through());
  }
  co_return json_response(200, statistics.json());
}

}  // namespace taskwire::edge
