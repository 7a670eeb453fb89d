#pragma once

#include <cstddef>
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

namespace taskwire::bench {

/// Publishes on channels in turn, by so many callers, each with a connection of its own and one request at a time. Not
/// thread-safe.
class Publisher final : public Activity {
 public:
  struct Plan {
    double per_second = 0;  ///< Of all channels together; 0: as fast as it is answered.
    Nanoseconds time = 0;
    std::uint64_t events = UINT64_MAX;  ///< At most.
    std::uint32_t first_channel = 0;
    std::uint32_t channels = 1;
  };

  Publisher(Loop& loop, const Dialect& dialect, const sockaddr_in& target, Channels& channels, std::size_t callers,
            std::size_t bytes);

  /// Begins at `at`; what the last plan counted is forgotten.
  void start(Plan plan, Nanoseconds at);
  void advance(Nanoseconds at) override;
  [[nodiscard]] Nanoseconds next_due() const override;

  /// Whether all that was due has its answer.
  [[nodiscard]] bool is_done() const { return !has_more() && free_.size() == callers_.size(); }
  [[nodiscard]] std::uint64_t accepted() const { return accepted_; }
  [[nodiscard]] std::uint64_t refused() const { return refused_; }
  /// From when an event was due to the answer.
  [[nodiscard]] const Histogram& answers() const { return answers_; }
  /// What the first refusal said.
  [[nodiscard]] const std::string& first_problem() const { return first_problem_; }

 private:
  struct Caller {
    std::unique_ptr<Exchange> exchange;
    Nanoseconds due = 0;
  };

  [[nodiscard]] bool has_more() const;
  void publish(Caller& caller, Nanoseconds due);
  void take_answer(Caller& caller, Nanoseconds at);

  const Dialect& dialect_;
  Channels& channels_;
  std::size_t bytes_;
  Plan plan_{.events = 0};
  Schedule schedule_;
  Nanoseconds end_ = 0;
  Nanoseconds at_ = 0;
  std::uint64_t asked_ = 0, accepted_ = 0, refused_ = 0;
  std::vector<Caller> callers_;
  std::vector<Caller*> free_;
  Histogram answers_;
  std::string payload_;
  std::string first_problem_;
};

}  // namespace taskwire::bench
