#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "view/announcer.h"
#include "view/console.h"
#include "view/heart_rate.h"
#include "view/inbox.h"
#include "view/long_run.h"
#include "view/outbox.h"
#include "view/random.h"

namespace taskwire::view {

/// All that the page of channels, heart rates and messages knows and decides, as `Dashboard` does for its page: no I/O,
/// no clock. Not thread-safe.
class Switchboard {
 public:
  /// Streams and long requests at a time. A browser's tabs share six connections to a server: beside these there is
  /// one for the stream of a page of tasks, and one for what is sent.
  static constexpr int kMostConnections = 4;

  explicit Switchboard(RandomBits random);

  void subscribe(std::string_view channel, Time now);
  void leave(std::string_view channel);
  /// `type`: the event's; may be empty.
  void publish(std::string_view channel, std::string_view type, Form form, std::string data, Time now);
  /// Starts a stopped stream where it was, or stops it.
  void toggle(Pattern pattern, Time now);
  /// Shows this person's messages from now on; false where nobody can have that name.
  bool choose_user(std::string_view name, Time now);
  void disconnect();
  /// Whether this person's stream is wanted.
  [[nodiscard]] bool is_connected_as(std::string_view name) const;
  void send(std::string_view to, Form form, std::string text, Time now);
  /// Runs `run_task` or `run_object` for the person chosen, while their stream is wanted.
  void run(Purpose purpose, Time now);
  void reconnect(int feed, Time now);
  /// Takes a problem away: of `console`, `publish`, `heart`, `inbox`, `send`, `task` or `object`.
  void dismiss(std::string_view place);

  void pause();
  void resume(Time now);
  void set_online(bool is_online, Time now);
  /// News of a feed's stream; ignored where there is no such feed any more.
  void stream_opened(int feed, Time now);
  void stream_broke(int feed, bool for_good, Time now, Millis least = {});
  /// The server does not let anybody read it, so asking again is no use.
  void stream_refused(int feed, const Answer& answer, Time now);
  void stream_placed(int feed, const std::string& id, Time now);
  void received(int feed, const StreamEvent& event, Time now);
  void answered(int number, const Answer& answer, Time now);
  /// Time passes. `is_visible`: somebody looks.
  void tick(bool is_visible, Time now);

  /// Those whose streams are to be as their connections say. Valid until the next change.
  [[nodiscard]] std::vector<Feed*> feeds();
  [[nodiscard]] std::vector<Outbox::Sending> take_requests(Time now) { return outbox_.take_due(now); }
  [[nodiscard]] std::optional<Time> deadline();
  /// Whether a time is shown that goes on by itself.
  [[nodiscard]] bool has_clock();

  [[nodiscard]] Console& console() { return console_; }
  [[nodiscard]] std::array<HeartRate, 3>& heart_rates() { return heart_rates_; }
  /// Of the person chosen, if any.
  [[nodiscard]] const std::optional<Inbox>& inbox() const { return inbox_; }
  /// Why a person's messages, or a heart rate, are not shown, until dismissed.
  [[nodiscard]] const std::optional<Problem>& inbox_problem() const { return inbox_problem_; }
  [[nodiscard]] const std::optional<Problem>& heart_problem() const { return heart_problem_; }
  [[nodiscard]] PostForm& sending() { return sending_; }
  /// That of the person chosen; null where they have had none.
  [[nodiscard]] LongRun* run_of(Purpose purpose);
  [[nodiscard]] Announcer& announcer() { return announcer_; }

 private:
  [[nodiscard]] Feed* find(int number);
  [[nodiscard]] std::string name_of(int feed);
  /// Does `news` to a feed, and tells where that makes it live.
  void tell_if_live(Feed& feed, const std::function<void()>& news);
  [[nodiscard]] std::ptrdiff_t busy_runs() const;
  [[nodiscard]] bool has_room();
  /// The form whose requests these are; null: none's.
  [[nodiscard]] PostForm* form_of(Purpose purpose);
  void post(PostForm& form, Request request, Form kind, std::string body, Time now);

  RandomBits random_;
  int feed_count_ = 0;
  Console console_;
  std::array<HeartRate, 3> heart_rates_;
  std::optional<Inbox> inbox_;
  std::optional<Problem> inbox_problem_, heart_problem_;
  PostForm sending_;
  std::map<std::string, LongRun> runs_;  // by the request's path, which says what for whom
  Outbox outbox_;
  Announcer announcer_;
};

}  // namespace taskwire::view
