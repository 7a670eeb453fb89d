#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "bench/activity.h"
#include "bench/channels.h"
#include "bench/dialect.h"
#include "bench/exit_status.h"
#include "bench/loop.h"
#include "bench/process_usage.h"
#include "bench/publisher.h"
#include "bench/settings.h"
#include "bench/stream_set.h"

namespace taskwire::bench {

/// Why nothing could be measured; the message is for people.
class Failure : public std::runtime_error {
 public:
  Failure(ExitStatus status, const std::string& what) : std::runtime_error(what), status_(status) {}
  [[nodiscard]] ExitStatus status() const { return status_; }

 private:
  ExitStatus status_;
};

/// What was used between two moments.
struct Span {
  Nanoseconds wall = 0;
  Nanoseconds own_cpu = 0;
  std::optional<Nanoseconds> server_cpu;

  /// Of one core.
  [[nodiscard]] double client_share() const { return static_cast<double>(own_cpu) / static_cast<double>(wall); }
  /// Microseconds of the server's processor time for each of `count`.
  [[nodiscard]] std::optional<double> micros_each(std::uint64_t count) const;
};

/// What all scenarios share. Not thread-safe.
class Bench {
 public:
  explicit Bench(const Settings& settings);

  [[nodiscard]] const Settings& settings() const { return settings_; }
  [[nodiscard]] const ProcessUsage& usage() const { return usage_; }
  Channels& make_channels(std::uint32_t count);
  /// The streams are not opened before an activity drives them.
  [[nodiscard]] std::unique_ptr<StreamSet> make_streams(StreamSet::Plan plan);
  [[nodiscard]] std::unique_ptr<Publisher> make_publisher(std::size_t callers);
  [[nodiscard]] std::unique_ptr<Publisher> make_publisher() { return make_publisher(settings_.callers); }
  /// Of events of another size than --bytes.
  [[nodiscard]] std::unique_ptr<Publisher> make_publisher(std::size_t callers, std::size_t bytes);
  [[nodiscard]] Loop& loop() { return loop_; }
  [[nodiscard]] const Dialect& dialect() const { return dialect_; }
  /// Where polls go.
  [[nodiscard]] const sockaddr_in& poll_at() const { return poll_at_; }
  [[nodiscard]] const Channels& channels() const { return *channels_; }

  /// Lets `activities` go on until `is_done`; false where it is not within `time`.
  bool drive(std::initializer_list<Activity*> activities, Nanoseconds time, const std::function<bool()>& is_done);
  void pause(Nanoseconds time);
  /// For what should not come, before it is judged what did.
  void settle();
  /// Opens `streams`, and waits until the server has taken them in. Fails where one cannot be opened.
  void open(StreamSet& streams);
  /// Publishes by `plan` and waits until all was answered and `streams` have it; answers whether they have it all
  /// within `patience`. Fails where something was refused, or not answered within it.
  bool publish(Publisher& publisher, const Publisher::Plan& plan, StreamSet& streams, Nanoseconds patience);
  /// Starts to count what is used.
  void begin_span();
  [[nodiscard]] Span end_span() const;

 private:
  Settings settings_;
  Dialect dialect_;
  sockaddr_in subscribe_at_;
  sockaddr_in publish_at_;
  sockaddr_in poll_at_;
  ProcessUsage usage_;
  Loop loop_;
  std::unique_ptr<Channels> channels_;
  Nanoseconds span_wall_ = 0;
  Nanoseconds span_own_ = 0;
  std::optional<Nanoseconds> span_server_;
};

/// `time` in nanoseconds.
[[nodiscard]] inline Nanoseconds of(std::chrono::milliseconds time) {
  return time.count() * kMillisecond;
}

}  // namespace taskwire::bench
