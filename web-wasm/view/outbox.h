#pragma once

#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "resume/backoff.h"
#include "view/request.h"

namespace taskwire::view {

/// Requests under way. One that got no answer, or one that decides nothing, is sent again as it was, after a random
/// delay that grows. Not thread-safe.
class Outbox {
 public:
  struct Sending {
    int number = 0;
    Request request;
  };

  /// A request that has got its last word.
  struct Settled {
    Request request;
    int tries = 0;  ///< How often it was sent.

    /// Whether this refusal only means that an earlier try, whose answer was lost, has done it.
    [[nodiscard]] bool was_done_before(const Answer& answer) const;
  };

  /// `random` gives numbers in [0, 1).
  explicit Outbox(std::function<double()> random) : random_(std::move(random)) {}

  void post(Request request, Time now);
  /// What has to be sent now. Each must be answered once.
  [[nodiscard]] std::vector<Sending> take_due(Time now);
  /// What came back for a number; the request if that was the last word, nothing if it will be sent again.
  [[nodiscard]] std::optional<Settled> answered(int number, const Answer& answer, Time now);

  /// What a request under way is for.
  [[nodiscard]] std::optional<Purpose> purpose_of(int number) const;
  /// How often such a request has been sent: 0 if it has not, or if there is none.
  [[nodiscard]] int tries(Purpose purpose, std::string_view task_id) const;
  [[nodiscard]] bool is_pending(Purpose purpose, std::string_view task_id) const;
  /// When `take_due` has something, if nothing is posted or answered before.
  [[nodiscard]] std::optional<Time> deadline() const;

 private:
  struct Pending {
    int number;
    Request request;
    Backoff backoff;
    int tries = 0;
    std::optional<Time> due;  // nothing: waits for its answer
  };

  [[nodiscard]] const Pending* find(Purpose purpose, std::string_view task_id) const;

  std::function<double()> random_;
  std::vector<Pending> pending_;
  int posted_ = 0;
};

}  // namespace taskwire::view
