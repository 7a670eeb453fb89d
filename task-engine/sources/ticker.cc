#include "sources/ticker.h"

#include <algorithm>
#include <spdlog/spdlog.h>

#include "log/publisher.h"

namespace taskwire::engine {

void Ticker::wait() {
  means_.timers.at(due_, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->tick();
  });
}

void Ticker::tick() {
  auto request = source_->read(means_.clock.now());
  if (!request) return end_tick();
  auto event = check_publish(*request, Principal::engine);
  if (!event) {
    spdlog::error("source {}: {}", source_->name(), event.error().message);
    return end_tick();
  }
  const auto bytes = event->bytes.size();
  means_.log.write<Cursor>(
      EventLog::Writer::engine, bytes,
      [event = std::move(*event)](Transaction& transaction) -> Result<Cursor> { return transaction.append(event); },
      [weak = weak_from_this()](const Result<Cursor>&) {
        if (const auto self = weak.lock()) self->end_tick();
      });
}

void Ticker::end_tick() {
  due_ = std::max(due_ + kInterval, means_.clock.steady());
  wait();
}

}  // namespace taskwire::engine
