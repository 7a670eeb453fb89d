#pragma once

#include <cstdint>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <vector>

#include "bench/activity.h"
#include "bench/channels.h"
#include "bench/dialect.h"
#include "bench/exchange.h"
#include "bench/histogram.h"
#include "bench/schedule.h"
#include "bench/sequence_check.h"

namespace taskwire::bench {

/// Users who ask again and again for what is new on a channel, each on a connection of its own. Not thread-safe.
class Poller final : public Activity {
 public:
  /// User n polls channel n. Each asks once in `interval`, spread evenly over it.
  Poller(Loop& loop, const Dialect& dialect, const sockaddr_in& target, const Channels& channels, std::uint32_t users,
         Nanoseconds interval);

  void start(Nanoseconds at);
  void stop() { is_stopped_ = true; }
  void advance(Nanoseconds at) override;
  [[nodiscard]] Nanoseconds next_due() const override { return is_stopped_ ? kNever : schedule_.next(); }

  /// Forgets what was counted.
  void clear();
  /// Whether each user's first question was answered.
  [[nodiscard]] bool is_settled() const { return settled_ == users_.size(); }
  [[nodiscard]] bool has_all() const;
  [[nodiscard]] bool is_idle() const { return waiting_ == 0; }
  [[nodiscard]] Faults faults() const;
  [[nodiscard]] std::uint64_t requests() const { return requests_; }
  /// Questions that the server had no time for (429, 503); they are asked again in the next interval.
  [[nodiscard]] std::uint64_t put_off() const { return put_off_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  /// Questions that were left out, since the one before had no answer yet.
  [[nodiscard]] std::uint64_t skipped() const { return skipped_; }
  [[nodiscard]] std::uint64_t deliveries() const { return deliveries_; }
  /// From when an event was due to when it was read.
  [[nodiscard]] const Histogram& latency() const { return latency_; }
  [[nodiscard]] const std::string& first_problem() const { return first_problem_; }

 private:
  struct User {
    std::unique_ptr<Exchange> exchange;
    std::string after;
    SequenceCheck check;
    bool is_waiting = false;
    bool is_settled = false;
  };

  void ask(std::uint32_t user);
  void take_answer(std::uint32_t user, Nanoseconds at);
  void take_events(std::uint32_t user, Nanoseconds at);

  const Dialect& dialect_;
  const Channels& channels_;
  std::string cursor_key_;
  Nanoseconds interval_;
  Schedule schedule_;
  std::uint64_t turn_ = 0;
  bool is_stopped_ = true;
  std::vector<User> users_;
  std::uint64_t settled_ = 0, waiting_ = 0, requests_ = 0, put_off_ = 0, refused_ = 0, skipped_ = 0, deliveries_ = 0,
                foreign_ = 0;
  Histogram latency_;
  std::string first_problem_;
};

}  // namespace taskwire::bench
