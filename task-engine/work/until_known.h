#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "base/executor.h"
#include "log/event_log.h"

namespace taskwire::engine {

/// Writes again and again until the store takes a change or the change is refused, as for what cannot be asked for
/// again by anybody. `change` may come to be made twice, where a commit of unknown outcome took place after all. `done`
/// gets the change's answer, or `SHUTTING_DOWN`. `clock` and `timers` must outlive `log`.
template <class T>
void write_until_known(EventLog& log, const Clock& clock, Timers& timers, std::size_t bytes,
                       std::function<Result<T>(Transaction&)> change, Done<T> done) {
  static constexpr std::chrono::seconds kTryAgain{1};
  struct Made {
    Result<T> answer;
  };
  const auto write = [change](Transaction& transaction) -> Result<Made> { return Made{change(transaction)}; };
  log.write<Made>(EventLog::Writer::engine, bytes, write,
                  [&log, &clock, &timers, bytes, change, done = std::move(done)](Result<Made> made) {
                    if (made) return done(std::move(made->answer));
                    if (made.error().reason == Reason::shutting_down) return done(tl::make_unexpected(made.error()));
                    timers.at(clock.steady() + kTryAgain, [&log, &clock, &timers, bytes, change, done] {
                      write_until_known<T>(log, clock, timers, bytes, change, done);
                    });
                  });
}

}  // namespace taskwire::engine
