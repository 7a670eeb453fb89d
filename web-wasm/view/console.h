#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "view/event_log.h"
#include "view/feed.h"
#include "view/post_form.h"

namespace taskwire::view {

/// The channels that somebody listens to, and what came on them. Not thread-safe.
class Console {
 public:
  struct Subscription {
    std::string channel;
    Feed feed;
  };

  /// Of an event in the log.
  static constexpr std::size_t kMostBytes = 2'000;

  /// Listens to a channel from now on; false where that was so already.
  bool subscribe(std::string_view channel, int feed_number, std::function<double()> random, Time now);
  void leave(std::string_view channel);
  void received(int feed_number, const StreamEvent& event, Time now);
  /// The server does not let anybody listen: the channel is left.
  void refused(int feed_number, const Answer& answer);
  void refuse(Problem problem) { problem_ = std::move(problem); }

  [[nodiscard]] bool is_subscribed(std::string_view channel) const;
  /// In the order in which they were subscribed to. Valid until the next change.
  [[nodiscard]] const std::vector<std::unique_ptr<Subscription>>& subscriptions() const { return subscriptions_; }
  [[nodiscard]] EventLog& log() { return log_; }
  [[nodiscard]] PostForm& publishing() { return publishing_; }
  /// Why a channel is not listened to, until dismissed.
  [[nodiscard]] const std::optional<Problem>& problem() const { return problem_; }
  void dismiss() { problem_.reset(); }

 private:
  std::vector<std::unique_ptr<Subscription>> subscriptions_;
  EventLog log_;
  PostForm publishing_;
  std::optional<Problem> problem_;
};

}  // namespace taskwire::view
