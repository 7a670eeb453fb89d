#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "view/announcer.h"
#include "view/board.h"
#include "view/connection.h"
#include "view/details.h"
#include "view/event_log.h"
#include "view/message.h"
#include "view/notices.h"
#include "view/outbox.h"
#include "view/outputs.h"
#include "view/random.h"
#include "view/start_form.h"

namespace taskwire::view {

/// All that the page knows and decides. What happens goes in by its functions; what has to be done comes out by asking
/// it afterwards: which stream to have open (`stream`), which requests to send (`take_requests`), when to call `tick`
/// (`deadline`), what to draw. It does no I/O and reads no clock. Not thread-safe.
class Dashboard {
 public:
  /// What is known of the stream.
  struct StreamStatus {
    std::string cursor;                ///< The last id; empty: none yet.
    std::optional<Time> heard_at;      ///< When the last event arrived.
    std::optional<Time> heartbeat_at;  ///< When the last heartbeat arrived.
    std::int64_t events = 0;
    int resets = 0;
    std::string last_reset;  ///< Why.
    int skips = 0;
    int repeats = 0;  ///< Events that were no news; always 0 if all is well.
  };

  /// What stands where no task is.
  struct Placeholder {
    std::string title;
    std::string hint;
    bool is_busy = false;
  };

  explicit Dashboard(RandomBits random);

  /// Asks for the catalogue.
  void begin(Time now);
  /// Shows this user's tasks from now on; false where no user can have that name.
  bool choose_user(std::string_view name, Time now);
  void disconnect();
  /// Whether this user's stream is wanted.
  [[nodiscard]] bool is_connected_as(std::string_view name) const;

  /// As those of the page's connection, for the streams of output too.
  void pause();
  void resume(Time now);
  void set_online(bool is_online, Time now);

  /// News of the stream of a task's output.
  void output_opened(int feed, Time now);
  void output_broke(int feed, Time now, Millis least);
  void output_refused(int feed, const Answer& answer, Time now);
  void output_received(int feed, const std::vector<StreamEvent>& events, const std::string& id, Time now);

  void stream_opened(Time now);
  void stream_broke(bool for_good, Time now);
  void received(const StreamEvent& event, Time now);
  void answered(int number, const Answer& answer, Time now);
  /// Time passes. `is_visible`: somebody looks, so that what shows a time has to be drawn again.
  void tick(bool is_visible, Time now);

  /// False where an input is wrong, or no user is chosen.
  bool start(Time now);
  void cancel(const std::string& task_id, Time now);
  void retry(const std::string& task_id, Time now);
  void forget(const std::string& task_id, Time now);
  void toggle_details(const std::string& task_id, Time now);

  /// As `Connection::stream`.
  [[nodiscard]] int stream() const { return connection_.stream(); }
  [[nodiscard]] std::string stream_url() const;
  [[nodiscard]] std::vector<Outbox::Sending> take_requests(Time now) { return outbox_.take_due(now); }
  [[nodiscard]] std::optional<Time> deadline() const;

  [[nodiscard]] const std::string& user() const { return user_; }
  [[nodiscard]] const StreamStatus& status() const { return status_; }
  [[nodiscard]] Time server_time(Time now) const { return clock_.at(now); }
  /// Why and where a queued task waits, as far as that is known.
  [[nodiscard]] Wait wait_of(const Task& task) const;
  /// Nothing where there are tasks to show.
  [[nodiscard]] std::optional<Placeholder> placeholder() const;
  [[nodiscard]] const Outbox& outbox() const { return outbox_; }
  [[nodiscard]] const Details& details() const { return details_; }
  [[nodiscard]] const Outputs& outputs() const { return outputs_; }
  [[nodiscard]] Connection& connection() { return connection_; }
  [[nodiscard]] Board& board() { return board_; }
  [[nodiscard]] EventLog& log() { return log_; }
  [[nodiscard]] StartForm& form() { return form_; }
  [[nodiscard]] Notices& notices() { return notices_; }
  [[nodiscard]] Announcer& announcer() { return announcer_; }

 private:
  void take(Task task, Time now);
  void take(const Reset& reset);
  void take(const Upstream& upstream);
  void close_details(const std::string& task_id, Time now);
  void take_catalogue(const Answer& answer);
  /// Asks again for what no event tells: who is there to work, and why tasks wait.
  void look_again(Time now);
  void take_start(const Answer& answer);
  void take_command(const Outbox::Settled& settled, const Answer& answer);
  void announce_link();

  RandomBits random_;
  std::string user_;
  Connection connection_;
  StreamStatus status_;
  ServerClock clock_;
  Board board_;
  Details details_;
  Outputs outputs_;
  EventLog log_;
  StartForm form_;
  Outbox outbox_;
  Notices notices_;
  Announcer announcer_;
  bool was_live_ = false;
  Time look_at_{};
};

}  // namespace taskwire::view
