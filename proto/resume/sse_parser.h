#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace taskwire {

/// An event as an EventSource would dispatch it.
struct SseEvent {
  std::string type;  ///< `message` where the stream named none.
  std::string data;
  std::string last_event_id;  ///< The last id of the stream up to here, this event's own or an earlier one.

  friend bool operator==(const SseEvent&, const SseEvent&) = default;
};

/// Takes an event stream apart (WHATWG HTML, 9.2.6), however its bytes are cut. Input is UTF-8 and not checked. Not
/// thread-safe.
class SseParser {
 public:
  using OnEvent = std::function<void(SseEvent)>;

  /// `last_event_id`: of an earlier stream, which this one goes on with.
  explicit SseParser(OnEvent on_event, std::string last_event_id = {})
      : on_event_(std::move(on_event)), id_(last_event_id), last_event_id_(std::move(last_event_id)) {}

  /// Takes the next bytes; calls back for each event that they complete.
  void feed(std::string_view bytes);

  /// A new connection: what was not completed is discarded, the last id and the reconnection time stay.
  void reconnect();

  /// What the next request sends as `Last-Event-ID`; empty: nothing.
  [[nodiscard]] const std::string& last_event_id() const { return last_event_id_; }
  /// The reconnection time that the stream asked for.
  [[nodiscard]] std::optional<std::chrono::milliseconds> retry() const { return retry_; }

 private:
  void take_line(std::string_view line);
  void take_field(std::string_view name, std::string_view value);
  void dispatch();

  OnEvent on_event_;
  std::string line_;
  bool is_first_line_ = true;
  bool skips_line_feed_ = false;  // the last line ended in CR
  std::string type_, data_, id_;
  bool has_data_ = false;
  std::string last_event_id_;
  std::optional<std::chrono::milliseconds> retry_;
};

}  // namespace taskwire
