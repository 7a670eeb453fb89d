#include "log/watch_message.h"

#include "base/wire.h"

namespace taskwire::engine {

WatchMessage::WatchMessage(const Events& events, const std::string& through) {
  using Response = v1::WatchResponse;
  using Batch = v1::WatchResponse::EventBatch;
  auto size = through.empty() ? 0 : field_size(Batch::kThroughFieldNumber, through.size());
  for (const auto& event : events) size += field_size(Batch::kEventsFieldNumber, event->bytes.size());
  bytes.reserve(field_size(Response::kBatchFieldNumber, size));
  begin_field(bytes, Response::kBatchFieldNumber, size);
  for (const auto& event : events) add_field(bytes, Batch::kEventsFieldNumber, event->bytes);
  if (!through.empty()) add_field(bytes, Batch::kThroughFieldNumber, through);
}

}  // namespace taskwire::engine
